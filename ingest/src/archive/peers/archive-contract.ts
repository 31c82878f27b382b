import { appendFile, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { describe, expect, onTestFinished, test } from 'vitest';
import { sha256Hex } from '../../store/sealed-record.ts';
import { receiptDocument, sealedRecordDocument } from '../archive-layout.ts';
import { type ArchiveRefusalCode, isArchiveRefusal } from '../archive-refusal.ts';
import { type ArchiveDeposit, type ArchiveTarget, type DepositLine, YieldLine } from '../archive-target.ts';

/** One archive under test, and a look behind its back. */
export interface ArchiveUnderTest {
  target: ArchiveTarget;
  /** Every object and document kept, by its key in the archive's layout, but for what is under way. */
  objects(): Promise<Map<string, Buffer>>;
  /** Names of what lies there and is neither: deposits under way. */
  unfinished(): Promise<string[]>;
  /** Changes a byte of the object under a key, past the archive; `null` where nobody can. */
  corrupt: ((key: string) => Promise<void>) | null;
  /** Leaves behind what a deposit of this dock leaves that is cut off. */
  leaveUnfinished(): Promise<void>;
}

const { signal: never } = new AbortController();

/** A line without limit that remembers the session; `takes` counts the pieces. */
export class FreeLine implements DepositLine {
  session: string | null = null;
  takenBytes = 0;
  heldBytes = 0;
  takes = 0;
  /** Asked before each piece; throws what a test wants. */
  readonly onTake: (takes: number) => void;

  constructor(onTake: (takes: number) => void = () => {}) {
    this.onTake = onTake;
  }

  async keepSession(session: string | null): Promise<void> {
    this.session = session;
  }

  async take(sizeBytes: number): Promise<void> {
    this.takes += 1;
    this.onTake(this.takes);
    this.takenBytes += sizeBytes;
  }

  progress(heldBytes: number): void {
    this.heldBytes = heldBytes;
  }
}

/** A stored clip as the forwarder hands it over. */
export async function depositOf(
  content: Buffer | string,
  change: Partial<ArchiveDeposit> = {},
): Promise<ArchiveDeposit> {
  const folder = await mkdtemp(join(tmpdir(), 'docket-deposit-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'media.mp4');
  await writeFile(file, content);
  const digest = { sha256: sha256Hex(content), sizeBytes: Buffer.byteLength(content) };
  return {
    clipId: uuidv7(),
    original: digest,
    content: { ...digest, file, encryption: 'none' },
    recordSha256: sha256Hex('the sealed record of this clip'),
    retention: { class: 'ordinary', until: null, isOnHold: false },
    ...change,
  };
}

export const footage = (size: number, seed: number) =>
  Buffer.from(Uint8Array.from({ length: size }, (_, index) => (index * 17 + (index >> 8) + seed) % 251));

const refusedAs = (code: ArchiveRefusalCode) => (error: unknown) => isArchiveRefusal(error, code);

const countOf = async (archive: ArchiveUnderTest, bytes: Buffer) =>
  [...(await archive.objects()).values()].filter((kept) => kept.equals(bytes)).length;

/** What every archive target must do, whatever it is made of. Call it in a test file of the target. */
export function archiveContract(kind: string, open: () => Promise<ArchiveUnderTest>): void {
  describe(`an archive of kind ${kind}`, () => {
    test('answers when asked whether it is there', async () => {
      const { target } = await open();
      await target.reach(never);
    });

    test.each([0, 1, 4096, 1_048_577, 12_000_000])('keeps %i bytes and tells what it holds', async (size) => {
      const archive = await open();
      const sent = await depositOf(footage(size, 1));
      const line = new FreeLine();
      const { holding } = await archive.target.deposit(sent, line, never);
      expect(holding.stored).toEqual(sent.original);
      expect(new Date(holding.verified.at).getTime()).not.toBeNaN();
      const objects = await archive.objects();
      expect(objects.get(holding.object.key)?.equals(footage(size, 1))).toBe(true);
      expect(await archive.unfinished()).toEqual([]);
      expect(line.session).toBeNull();
      expect(line.heldBytes).toBe(size);
    });

    test('asked again after a lost answer holds the same and keeps one object', async () => {
      const archive = await open();
      const sent = await depositOf(footage(5000, 1));
      const first = await archive.target.deposit(sent, new FreeLine(), never);
      const before = await archive.objects();
      const again = await archive.target.deposit(sent, new FreeLine(), never);
      expect(again.holding.object.key).toBe(first.holding.object.key);
      expect(again.holding.stored).toEqual(first.holding.stored);
      expect(await archive.objects()).toEqual(before);
    });

    test('keeps the same content of two clips once', async () => {
      const archive = await open();
      const keys = new Set<string>();
      for (const one of [await depositOf(footage(5000, 1)), await depositOf(footage(5000, 1))]) {
        keys.add((await archive.target.deposit(one, new FreeLine(), never)).holding.object.key);
      }
      expect(keys.size).toBe(1);
      expect(await countOf(archive, footage(5000, 1))).toBe(1);
    });

    test('sent the same content many times at once keeps it once', async () => {
      const archive = await open();
      const sent = await Promise.all(Array.from({ length: 6 }, () => depositOf(footage(2_000_000, 3))));
      const deposited = await Promise.all(
        sent.map((one) => archive.target.deposit(one, new FreeLine(), never)),
      );
      expect(new Set(deposited.map(({ holding }) => holding.object.key)).size).toBe(1);
      expect(await countOf(archive, footage(2_000_000, 3))).toBe(1);
      expect(await archive.unfinished()).toEqual([]);
    });

    test.each([
      ['has another byte', (path: string) => writeFile(path, footage(5000, 2))],
      ['is longer', (path: string) => appendFile(path, 'x')],
      ['is shorter', (path: string) => truncate(path, 4999)],
    ])('does not keep media that %s than was pulled', async (_what, change) => {
      const archive = await open();
      const sent = await depositOf(footage(5000, 1));
      await change(sent.content.file);
      const depositing = archive.target.deposit(sent, new FreeLine(), never);
      await expect(depositing).rejects.toSatisfy(refusedAs('clip-damaged'));
      expect((await archive.objects()).size).toBe(0);
      expect(await archive.unfinished()).toEqual([]);
    });

    test('notices an object that went bad when the same content comes again', async (context) => {
      const archive = await open();
      if (archive.corrupt === null) return context.skip('nobody can change what lies in this archive');
      const { holding } = await archive.target.deposit(
        await depositOf(footage(5000, 1)),
        new FreeLine(),
        never,
      );
      await archive.corrupt(holding.object.key);
      const depositing = archive.target.deposit(await depositOf(footage(5000, 1)), new FreeLine(), never);
      await expect(depositing).rejects.toSatisfy(refusedAs('holds-other-bytes'));
    });

    test('keeps documents, and gives them back as they are now', async () => {
      const archive = await open();
      const clipId = uuidv7();
      for (const body of ['{"v":1}', '{"v":1,"name":"张三"}', '{"v":1}']) {
        const document = sealedRecordDocument(clipId, body);
        expect(await archive.target.putDocument(document, never)).toBe(sha256Hex(body));
        expect(await archive.target.readDocument(document.key, never)).toBe(body);
      }
      const note = receiptDocument(clipId, 'a\n\n— b c\n');
      await archive.target.putDocument(note, never);
      expect(await archive.target.readDocument(note.key, never)).toBe(note.body);
      expect(await archive.target.readDocument(receiptDocument(uuidv7(), '').key, never)).toBeNull();
    });

    test('stopped on the way leaves nothing that lasts, and takes the clip at the next try', async () => {
      const archive = await open();
      const sent = await depositOf(footage(12_000_000, 1));
      const stop = new AbortController();
      const line = new FreeLine(() => stop.abort(new Error('stopped')));
      await expect(archive.target.deposit(sent, line, stop.signal)).rejects.toThrow();
      expect((await archive.objects()).size).toBe(0);
      await archive.target.deposit(sent, new FreeLine(), never);
      await archive.target.sweep(new Set(), never);
      expect(await archive.unfinished()).toEqual([]);
      expect(await countOf(archive, footage(12_000_000, 1))).toBe(1);
    });

    test('whose line is yielded in the middle goes on where the archive says it is', async () => {
      const archive = await open();
      const sent = await depositOf(footage(12_000_000, 7));
      const first = new FreeLine((takes) => {
        if (takes === 2) throw new YieldLine();
      });
      await expect(archive.target.deposit(sent, first, never)).rejects.toBeInstanceOf(YieldLine);
      const second = new FreeLine();
      second.session = first.session;
      const { holding } = await archive.target.deposit(sent, second, never);
      expect(holding.stored).toEqual(sent.original);
      expect(first.takenBytes + second.takenBytes).toBeLessThanOrEqual(12_000_000 * 1.1);
      expect(await archive.unfinished()).toEqual([]);
    });

    test('that no longer knows the upload takes the clip anew', async () => {
      const archive = await open();
      const sent = await depositOf(footage(12_000_000, 8));
      const first = new FreeLine((takes) => {
        if (takes === 2) throw new YieldLine();
      });
      await expect(archive.target.deposit(sent, first, never)).rejects.toBeInstanceOf(YieldLine);
      await archive.target.sweep(new Set(), never);
      const second = new FreeLine();
      second.session = first.session;
      expect((await archive.target.deposit(sent, second, never)).holding.stored).toEqual(sent.original);
      expect(await archive.unfinished()).toEqual([]);
    });

    test('whose clip is missing in the store says that the clip is at fault', async () => {
      const archive = await open();
      const sent = await depositOf(footage(5000, 1));
      await rm(sent.content.file);
      const depositing = archive.target.deposit(sent, new FreeLine(), never);
      await expect(depositing).rejects.toSatisfy(refusedAs('clip-damaged'));
      expect((await archive.objects()).size).toBe(0);
    });

    test('sweeps away what was cut off, and nothing that was kept', async () => {
      const archive = await open();
      await archive.target.sweep(new Set(), never);
      await archive.target.deposit(await depositOf(footage(5000, 1)), new FreeLine(), never);
      const before = await archive.objects();
      await archive.leaveUnfinished();
      expect(await archive.unfinished()).not.toEqual([]);
      await archive.target.sweep(new Set(), never);
      expect(await archive.unfinished()).toEqual([]);
      expect(await archive.objects()).toEqual(before);
    });
  });
}
