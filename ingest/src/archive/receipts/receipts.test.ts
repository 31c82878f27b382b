import { generateKeyPairSync } from 'node:crypto';
import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { listCustody } from '../../custody/custody-queries.ts';
import { isIngestError } from '../../errors.ts';
import { Ingest } from '../../ingest.ts';
import { filesBelow } from '../../testing/sound-store.ts';
import { ingestOptions, TestDock } from '../../testing/test-dock.ts';
import type { Holding } from '../archive-target.ts';
import { directoryTarget, type TargetSettings } from '../target-settings.ts';
import { readHeadText } from './custody-head.ts';
import { ed25519Signer } from './ed25519.ts';
import type { ReceiptGround } from './receipt.ts';
import type { ReceiptTerms } from './receipt-terms.ts';
import { type ReceiptText, writeReceiptText } from './receipt-text.ts';
import { openNote, readNote, signNote } from './signed-note.ts';
import { takeReceipt } from './take-receipt.ts';
import { readVerifierKey } from './verifier-key.ts';

const archiveKey = ed25519Signer('archive.example', generateKeyPairSync('ed25519').privateKey);
const strangerKey = ed25519Signer('archive.example', generateKeyPairSync('ed25519').privateKey);
const { signal: never } = new AbortController();

interface Bench {
  ingest: Ingest;
  clipId: string;
  ground(change?: Partial<Holding>, note?: string | null): ReceiptGround;
  /** What an honest archive would sign for the ground. */
  text: ReceiptText;
}

/** A dock with one sealed clip, and archives as told. */
async function bench(
  targets: (root: string) => TargetSettings[],
  receipts: Partial<ReceiptTerms> = {},
): Promise<Bench> {
  const dock = await TestDock.open();
  await writeFile(join(dock.card, 'a.mp4'), 'footage');
  await dock.dock();
  const { clipId, sha256, sizeBytes, recordSha256 } = await dock.clip('a.mp4');
  await dock.close();
  const ingest = await reopen(dock, targets(dock.root), receipts);
  const original = { sha256: sha256 ?? '', sizeBytes };
  const holding: Holding = {
    object: { root: 'bwc', key: `clips/${sha256}`, versionId: 'v1', etag: null },
    stored: original,
    retain: { mode: 'COMPLIANCE', until: '2027-06-01T00:00:00Z', isOnHold: false },
    verified: { level: 'readback', by: 'archive', at: '2026-11-22T00:00:00Z' },
    log: null,
  };
  return {
    ingest,
    clipId,
    ground: (change = {}, note = null) => ({
      target: 'main',
      kind: 'http',
      recordSha256: recordSha256 ?? '',
      deposit: {
        clipId,
        original,
        recordSha256: recordSha256 ?? '',
        content: { ...original, file: '', encryption: 'none' },
        retention: { class: 'ordinary', until: '2027-06-01T00:00:00Z', isOnHold: false },
      },
      deposited: { holding: { ...holding, ...change }, note },
    }),
    text: {
      archive: 'archive.example',
      clip: { ...original, sm3: null },
      stored: null,
      recordSha256: recordSha256 ?? '',
      object: { name: `http:bwc/clips/${sha256}`, versionId: 'v1', etag: null },
      retain: holding.retain,
      worm: { state: 'none' },
      verified: holding.verified,
      log: null,
    },
  };
}

async function reopen(
  dock: TestDock,
  targets: TargetSettings[],
  receipts: Partial<ReceiptTerms> = {},
): Promise<Ingest> {
  const { store, archive } = dock;
  const options = ingestOptions({
    store,
    archive,
    releasePolicy: 'never',
    onStatus: () => {},
    onForwardError: () => {},
  });
  const ingest = await Ingest.open({ ...options, archive: { ...options.archive, targets, receipts } });
  onTestFinished(() => ingest.close());
  return ingest;
}

const main = (root: string) => [directoryTarget('main', join(root, 'archive'))];
const pinned = (root: string) => [
  directoryTarget('main', join(root, 'archive'), { receiptKeys: [archiveKey.verifierKey] }),
];
const three = (root: string) =>
  ['main', 'second', 'third'].map((name) => directoryTarget(name, join(root, name)));
const mismatch = (error: unknown) => isIngestError(error, 'RECEIPT_MISMATCH');

describe('a receipt by the gateway', () => {
  test('says what the archive was found to hold, signed by the dock', async () => {
    const { ingest, ground, text } = await bench(main);
    const receipt = await ingest.archive.receipts.issue(ground());
    expect(receipt).toMatchObject({ grade: 'gateway-verified', ...{ worm: 'none', verified: 'readback' } });
    expect(openNote(receipt.body, ingest.archive.receipts.keys.dock).text).toBe(
      writeReceiptText({ ...text, archive: 'main' }),
    );
  });

  test('carries an SM2 line where that is switched on', async () => {
    const { ingest, ground } = await bench(main, { isSm2On: true });
    const { body } = await ingest.archive.receipts.issue(ground());
    const { signedBy } = openNote(body, ingest.archive.receipts.keys.dock);
    expect(signedBy.map(({ algorithm }) => algorithm)).toEqual(['ed25519', 'sm2']);
  });

  test.each<[string, (ground: ReceiptGround) => ReceiptGround]>([
    [
      'holds other bytes',
      (ground) => withHolding(ground, { stored: { sha256: '0'.repeat(64), sizeBytes: 7 } }),
    ],
    [
      'holds fewer bytes',
      (ground) => withHolding(ground, { stored: { ...ground.deposit.original, sizeBytes: 6 } }),
    ],
    ['ends its lock early', (ground) => withRetain(ground, { until: '2027-05-31T23:59:59Z' })],
    ['has no end of its lock', (ground) => withRetain(ground, { until: null })],
    ['names a version with a line in it', (ground) => withObject(ground, { versionId: 'v\nrecord' })],
    ['keeps another record', (ground) => ({ ...ground, recordSha256: '0'.repeat(64) })],
    [
      'was sent another clip',
      (ground) => {
        const original = { sha256: '1'.repeat(64), sizeBytes: 7 };
        const deposit = { ...ground.deposit, original, content: { ...ground.deposit.content, ...original } };
        return withHolding({ ...ground, deposit }, { stored: original });
      },
    ],
  ])('is not made where the archive %s', async (_what, spoil) => {
    const { ingest, ground } = await bench(main);
    await expect(ingest.archive.receipts.issue(spoil(ground()))).rejects.toSatisfy(mismatch);
  });
});

function withHolding(ground: ReceiptGround, change: Partial<Holding>): ReceiptGround {
  const { deposited } = ground;
  return { ...ground, deposited: { ...deposited, holding: { ...deposited.holding, ...change } } };
}

const withRetain = (ground: ReceiptGround, change: Partial<Holding['retain']>) =>
  withHolding(ground, { retain: { ...ground.deposited.holding.retain, ...change } });
const withObject = (ground: ReceiptGround, change: Partial<Holding['object']>) =>
  withHolding(ground, { object: { ...ground.deposited.holding.object, ...change } });

describe('a receipt by an archive whose key is pinned', () => {
  test('is taken as it is', async () => {
    const { ingest, ground, text } = await bench(pinned);
    const note = signNote(writeReceiptText(text), [archiveKey]);
    const receipt = await ingest.archive.receipts.issue(ground({}, note));
    expect(receipt).toMatchObject({ grade: 'archive-signed', body: note });
    expect(receipt.issuedBy).toBe(`archive.example+${archiveKey.keyHash}`);
  });

  test.each<[string, Partial<ReceiptText>]>([
    ['another hash', { clip: { sha256: '0'.repeat(64), sizeBytes: 7, sm3: null } }],
    ['another record', { recordSha256: '0'.repeat(64) }],
    ['another object', { object: { name: 'http:bwc/clips/elsewhere', versionId: 'v1', etag: null } }],
    ['another version', { object: { name: 'http:bwc/clips/x', versionId: 'v2', etag: null } }],
    ['a shorter lock', { retain: { mode: 'COMPLIANCE', until: '2027-01-01T00:00:00Z', isOnHold: false } }],
    ['no lock', { retain: { mode: 'NONE', until: null, isOnHold: false } }],
    [
      'a hold that is not there',
      { retain: { mode: 'COMPLIANCE', until: '2027-06-01T00:00:00Z', isOnHold: true } },
    ],
    ['an encryption that was not sent', { stored: { sha256: '2'.repeat(64), sizeBytes: 9 } }],
    ['a lesser proof', { verified: { level: 'stat', by: 'archive', at: '2026-11-22T00:00:00Z' } }],
  ])('that names %s is not taken', async (_what, lie) => {
    const { ingest, ground, text } = await bench(pinned);
    const note = signNote(writeReceiptText({ ...text, ...lie }), [archiveKey]);
    await expect(ingest.archive.receipts.issue(ground({}, note))).rejects.toSatisfy(mismatch);
  });

  test.each<[string, (text: ReceiptText) => string | null]>([
    ['by a stranger of the same name', (text) => signNote(writeReceiptText(text), [strangerKey])],
    ['that is missing', () => null],
    ['that is no note', () => '{"sha256":"0"}'],
    [
      'changed after it was signed',
      (text) => signNote(writeReceiptText(text), [archiveKey]).replace('size 7', 'size 8'),
    ],
  ])('%s is not taken', async (_what, make) => {
    const { ingest, ground, text } = await bench(pinned);
    await expect(ingest.archive.receipts.issue(ground({}, make(text)))).rejects.toSatisfy(mismatch);
  });
});

describe('receipts taken', () => {
  async function takeAll(quorum: ReceiptTerms['quorum']): Promise<string[]> {
    const { ingest, clipId, ground } = await bench(three, { quorum });
    const states: string[] = [];
    for (const target of ['main', 'second', 'third', 'third']) {
      await takeReceipt(
        ingest.archive.receipts.book,
        await ingest.archive.receipts.issue({ ...ground(), target }),
      );
      const [row] = await ingest.database.read('SELECT state FROM clip WHERE clip_id = ?', [clipId]);
      states.push(String(row?.state));
    }
    expect(await ingest.database.read('SELECT * FROM forward')).toEqual([]);
    const { entries } = await listCustody(ingest.database, { clipId, after: null, limit: 100 });
    return [...states, ...entries.map(({ action }) => action).slice(4)];
  }

  test.each<[ReceiptTerms['quorum'], string]>([
    [
      'any',
      'receipted receipted receipted receipted forwarded receipted receipt-taken receipt-taken receipt-taken',
    ],
    [2, 'forwarded receipted receipted receipted forwarded receipted receipt-taken receipt-taken'],
    ['all', 'forwarded forwarded receipted receipted forwarded receipt-taken receipted receipt-taken'],
    [4, 'forwarded forwarded forwarded forwarded forwarded receipt-taken receipt-taken receipt-taken'],
  ])('where %s of three must sign, lead through the states one by one', async (quorum, told) => {
    expect((await takeAll(quorum)).join(' ')).toBe(told);
  });

  test('are enough after a restart where fewer archives are configured', async () => {
    const dock = await TestDock.open();
    await writeFile(join(dock.card, 'a.mp4'), 'footage');
    await dock.dock();
    await dock.close();
    // A file stands where the second archive should be.
    const away = directoryTarget('second', join(dock.card, 'a.mp4'));
    const twice = await reopen(dock, [...main(dock.root), away]);
    const stop = new AbortController();
    twice.archive.forwarder.onReceipted(() => stop.abort());
    await twice.archive.forwarder.run(stop.signal);
    const stateNow = async (ingest: Ingest) =>
      (await ingest.database.read('SELECT state FROM clip'))[0]?.state;
    expect(await stateNow(twice)).toBe('forwarded');
    expect(await stateNow(await reopen(dock, main(dock.root)))).toBe('receipted');
  });

  test.each([
    ['from before they were signed', "grade = 'unsigned', body = '{}'"],
    ['by a key the dock has no more', "issued_by = 'docket/dock-1+00000000'"],
  ])('%s put the clip in the queue again', async (_what, change) => {
    const dock = await TestDock.open();
    await writeFile(join(dock.card, 'a.mp4'), 'footage');
    await dock.dock();
    await dock.forward();
    const waiting = (ingest: Ingest) => ingest.database.read('SELECT target FROM forward');
    expect(await waiting(dock.ingest)).toEqual([]);
    await dock.ingest.database.write((transaction) => transaction.run(`UPDATE receipt SET ${change}`));
    await dock.close();
    const ingest = await reopen(dock, main(dock.root));
    expect(await waiting(ingest)).toEqual([{ target: 'main' }]);
    const stop = new AbortController();
    ingest.archive.forwarder.onReceipted(() => stop.abort());
    await ingest.archive.forwarder.run(stop.signal);
    expect(await waiting(ingest)).toEqual([]);
    const [receipt] = await ingest.database.read('SELECT grade, issued_by FROM receipt');
    expect(receipt).toEqual({ grade: 'gateway-verified', issued_by: ingest.archive.receipts.keys.dockKey });
  });
});

describe('the key of a dock', () => {
  test('is made once, for its owner alone, and stands in the custody log', async () => {
    const dock = await TestDock.open();
    const file = join(dock.store, 'receipt-key.pem');
    const pem = await readFile(file, 'utf8');
    const { verifierKey } = dock.ingest.archive.receipts.keys.dock[0] ?? {};
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    await chmod(file, 0o644);
    await dock.close();
    const ingest = await reopen(dock, main(dock.root));
    expect(await readFile(file, 'utf8')).toBe(pem);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(ingest.archive.receipts.keys.dock[0]?.verifierKey).toBe(verifierKey);
    const logged = await ingest.database.read(
      "SELECT entry FROM custody_entry WHERE action = 'receipt-key-trusted'",
    );
    expect(logged.map(({ entry }) => JSON.parse(String(entry)).details)).toEqual([
      { verifierKey, target: null },
    ]);
  });

  test('that is no key stops the dock, and nothing of it is told', async () => {
    const dock = await TestDock.open();
    await dock.close();
    await writeFile(join(dock.store, 'receipt-key.pem'), 'my secret');
    const opening = reopen(dock, main(dock.root));
    await expect(opening).rejects.toMatchObject({ code: 'STORE_FAILED' });
    await expect(opening).rejects.not.toThrow('my secret');
  });
});

describe('heads of the custody log', () => {
  test('are signed for the log’s own name, kept once, and not again before it is time', async () => {
    const dock = await TestDock.open();
    await writeFile(join(dock.card, 'a.mp4'), 'footage');
    await dock.dock();
    const { archive, custody } = dock.ingest;
    const [target] = archive.targets;
    if (target === undefined) throw new Error('the dock has no archive');
    const before = custody.head;
    await archive.heads.deposit(target, never);
    const [file, ...more] = (await filesBelow(dock.archive)).filter((name) => name.startsWith('heads/'));
    expect(more).toEqual([]);
    const note = await readFile(join(dock.archive, file ?? ''), 'utf8');
    const [signature] = readNote(note).signatures;
    expect(signature?.name).toBe('docket/dock-1/custody');
    expect(readHeadText(readNote(note).text)).toEqual({
      origin: 'docket/dock-1/custody',
      treeSize: before.size,
      rootHash: before.rootHash,
    });
    await dock.forward();
    expect(custody.head.size).toBeGreaterThan(before.size);
    expect(await archive.heads.due('main')).toBeNull();
  });

  test('are never written over another of the same size', async () => {
    const dock = await TestDock.open();
    const [target] = dock.ingest.archive.targets;
    const due = await dock.ingest.archive.heads.due('main');
    if (target === undefined || due === null) throw new Error('no head is due');
    const forged = due.body.replace(/^[^\n]+\n/u, 'docket/dock-1/other\n');
    await target.putDocument({ ...due, body: forged }, never);
    await expect(dock.ingest.archive.heads.deposit(target, never)).rejects.toMatchObject({ code: 'exists' });
    expect(await target.readDocument(due.key, never)).toBe(forged);
  });
});

test('a pinned key that is none is refused at the start', async () => {
  expect(() => readVerifierKey('archive.example+0+x')).toThrow();
  const dock = await TestDock.open();
  await dock.close();
  const targets = [directoryTarget('main', dock.archive, { receiptKeys: ['archive.example+0+x'] })];
  await expect(reopen(dock, targets)).rejects.toThrow('no verifier key');
});
