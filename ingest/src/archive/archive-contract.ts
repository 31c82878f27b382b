import { appendFile, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { describe, expect, onTestFinished, test } from 'vitest';
import { canonicalJson } from '../custody/canonical-json.ts';
import { isIngestError } from '../errors.ts';
import { sha256Hex } from '../store/sealed-record.ts';
import type { ArchiveDeposit, ArchiveTarget } from './archive-target.ts';

/** One archive under test, and a look behind its back. */
export interface ArchiveUnderTest {
  target: ArchiveTarget;
  /** Every object kept, by name, but for what is under way. */
  objects(): Promise<Map<string, Buffer>>;
  /** Names of what lies there and is no object: deposits under way. */
  unfinished(): Promise<string[]>;
  /** Changes a byte of the object a receipt names, past the archive. */
  corrupt(object: string): Promise<void>;
  /** Leaves behind what a deposit leaves that is cut off. */
  leaveUnfinished(): Promise<void>;
}

const { signal: never } = new AbortController();

/** A stored clip as the forwarder hands it over. */
async function deposit(
  content: Buffer | string,
  change: Partial<ArchiveDeposit> = {},
): Promise<ArchiveDeposit> {
  const folder = await mkdtemp(join(tmpdir(), 'docket-deposit-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const mediaFile = join(folder, 'media.mp4');
  await writeFile(mediaFile, content);
  const clipId = change.clipId ?? uuidv7();
  return {
    clipId,
    mediaFile,
    sizeBytes: Buffer.byteLength(content),
    sha256: sha256Hex(content),
    record: canonicalJson({ v: 1, clipId }),
    ...change,
  };
}

const footage = (size: number, seed: number) =>
  Buffer.from(Uint8Array.from({ length: size }, (_, index) => (index * 17 + seed) % 251));

/** What every archive target must do, whatever it is made of. Call it in a test file of the target. */
export function archiveContract(kind: string, open: () => Promise<ArchiveUnderTest>): void {
  describe(`an archive of kind ${kind}`, () => {
    test.each([0, 1, 4096, 1_048_577, 3_000_000])(
      'keeps %i bytes and signs for their hash and length',
      async (size) => {
        const archive = await open();
        const sent = await deposit(footage(size, 1));
        const receipt = await archive.target.deposit(sent, never);
        expect(receipt).toMatchObject({
          target: archive.target.name,
          clipId: sent.clipId,
          sha256: sent.sha256,
          sizeBytes: size,
          recordSha256: sha256Hex(sent.record),
        });
        const { body, ...facts } = receipt;
        expect(JSON.parse(body)).toMatchObject(facts);
        expect(canonicalJson(JSON.parse(body))).toBe(body);
        expect(new Date(receipt.storedAt).toISOString()).toBe(receipt.storedAt);
        const kept = [...(await archive.objects()).values()];
        expect(kept.filter((bytes) => bytes.equals(footage(size, 1)))).toHaveLength(1);
        expect(kept.filter((bytes) => bytes.toString() === sent.record)).toHaveLength(1);
        expect(await archive.unfinished()).toEqual([]);
      },
    );

    test('asked again after a lost answer gives the same receipt and keeps one object', async () => {
      const archive = await open();
      const sent = await deposit(footage(5000, 1));
      const first = await archive.target.deposit(sent, never);
      const before = await archive.objects();
      expect(await archive.target.deposit(sent, never)).toEqual(first);
      expect(await archive.objects()).toEqual(before);
    });

    test('keeps the same content of two clips once, with a receipt for each', async () => {
      const archive = await open();
      const sent = [await deposit(footage(5000, 1)), await deposit(footage(5000, 1))];
      const receipts = [];
      for (const one of sent) receipts.push(await archive.target.deposit(one, never));
      expect(receipts.map((receipt) => receipt.clipId)).toEqual(sent.map((one) => one.clipId));
      expect(new Set(receipts.map((receipt) => receipt.object)).size).toBe(1);
      const kept = [...(await archive.objects()).values()];
      expect(kept.filter((bytes) => bytes.equals(footage(5000, 1)))).toHaveLength(1);
    });

    test('sent the same content many times at once keeps it once and signs for each', async () => {
      const archive = await open();
      const sent = await Promise.all(Array.from({ length: 8 }, () => deposit(footage(2_000_000, 3))));
      const receipts = await Promise.all(sent.map((one) => archive.target.deposit(one, never)));
      expect(new Set(receipts.map((receipt) => receipt.object)).size).toBe(1);
      expect(new Set(receipts.map((receipt) => receipt.clipId)).size).toBe(8);
      const kept = [...(await archive.objects()).values()];
      expect(kept.filter((bytes) => bytes.equals(footage(2_000_000, 3)))).toHaveLength(1);
      expect(await archive.unfinished()).toEqual([]);
    });

    test.each([
      ['has another byte', (path: string) => writeFile(path, footage(5000, 2))],
      ['is longer', (path: string) => appendFile(path, 'x')],
      ['is shorter', (path: string) => truncate(path, 4999)],
    ])('does not keep or sign for media that %s than was pulled', async (_what, change) => {
      const archive = await open();
      const sent = await deposit(footage(5000, 1));
      await change(sent.mediaFile);
      const depositing = archive.target.deposit(sent, never);
      await expect(depositing).rejects.toSatisfy((error) => isIngestError(error, 'ARCHIVE_MISMATCH'));
      expect((await archive.objects()).size).toBe(0);
      expect(await archive.unfinished()).toEqual([]);
      expect(await archive.target.receiptOf(sent.clipId, sent.sha256)).toBeNull();
    });

    test('notices an object that went bad when the same content comes again, and does not sign for it', async () => {
      const archive = await open();
      const receipt = await archive.target.deposit(await deposit(footage(5000, 1)), never);
      await archive.corrupt(receipt.object);
      const again = await deposit(footage(5000, 1));
      const depositing = archive.target.deposit(again, never);
      await expect(depositing).rejects.toSatisfy((error) => isIngestError(error, 'ARCHIVE_MISMATCH'));
      expect(await archive.target.receiptOf(again.clipId, again.sha256)).toBeNull();
    });

    test('signs for the record as it keeps it now, not as it once was', async () => {
      const archive = await open();
      const sent = await deposit(footage(5000, 1));
      await archive.target.deposit(sent, never);
      const mended = { ...sent, record: canonicalJson({ v: 1, clipId: sent.clipId, mended: true }) };
      const receipt = await archive.target.deposit(mended, never);
      expect(receipt.recordSha256).toBe(sha256Hex(mended.record));
      const kept = [...(await archive.objects()).values()].map(sha256Hex);
      expect(kept).toContain(receipt.recordSha256);
    });

    test('given up on the way leaves nothing, and takes the clip at the next try', async () => {
      const archive = await open();
      const sent = await deposit(footage(3_000_000, 1));
      await expect(archive.target.deposit(sent, AbortSignal.abort(new Error('stopped')))).rejects.toThrow();
      expect((await archive.objects()).size).toBe(0);
      expect(await archive.unfinished()).toEqual([]);
      expect((await archive.target.deposit(sent, never)).sha256).toBe(sent.sha256);
    });

    test('whose clip is missing in the store fails in a way that is tried again', async () => {
      const archive = await open();
      const sent = await deposit(footage(5000, 1));
      await rm(sent.mediaFile);
      const depositing = archive.target.deposit(sent, never);
      await expect(depositing).rejects.toSatisfy((error) => isIngestError(error, 'ARCHIVE_FAILED'));
      expect((await archive.objects()).size).toBe(0);
    });

    test('tells the receipt of a clip by its id and hash, and no other', async () => {
      const archive = await open();
      const sent = await deposit(footage(5000, 1));
      expect(await archive.target.receiptOf(sent.clipId, sent.sha256)).toBeNull();
      const receipt = await archive.target.deposit(sent, never);
      expect(await archive.target.receiptOf(sent.clipId, sent.sha256)).toEqual(receipt);
      expect(await archive.target.receiptOf(sent.clipId, 'f'.repeat(64))).toBeNull();
      expect(await archive.target.receiptOf(uuidv7(), sent.sha256)).toBeNull();
    });

    test('sweeps away what was cut off, and nothing that was kept', async () => {
      const archive = await open();
      await archive.target.sweep();
      await archive.target.deposit(await deposit(footage(5000, 1)), never);
      const before = await archive.objects();
      await archive.leaveUnfinished();
      expect(await archive.unfinished()).not.toEqual([]);
      await archive.target.sweep();
      expect(await archive.unfinished()).toEqual([]);
      expect(await archive.objects()).toEqual(before);
    });
  });
}
