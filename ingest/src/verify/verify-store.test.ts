import { generateKeyPairSync } from 'node:crypto';
import { appendFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sqlite3 from 'sqlite3';
import { beforeEach, expect, test } from 'vitest';
import { ed25519Signer } from '../archive/receipts/ed25519.ts';
import { signNote } from '../archive/receipts/signed-note.ts';
import { TestDock } from '../testing/test-dock.ts';
import { verifyStore } from './verify-store.ts';

let store: string;
let folders: string[];

/** A closed store with three sealed and archived clips. */
beforeEach(async () => {
  const dock = await TestDock.open();
  await mkdir(join(dock.card, 'DCIM'));
  for (const [name, sizeBytes] of Object.entries({ 'a.mp4': 2_500_000, 'b.mp4': 40_000, 'c.jpg': 1 })) {
    await writeFile(join(dock.card, 'DCIM', name), Buffer.alloc(sizeBytes, name));
  }
  await dock.dock();
  await dock.forward();
  const [target] = dock.ingest.archive.targets;
  if (target !== undefined) await dock.ingest.archive.heads.deposit(target, new AbortController().signal);
  folders = (await dock.clips()).map((clip) => dock.ingest.layout.sealedFolder(clip.clipId));
  store = dock.store;
  await dock.close();
});

async function differenceCodes(): Promise<string[]> {
  return (await verifyStore(store)).differences.map(({ code }) => code).sort();
}

/** Changes the index behind Docket's back. */
function tamperIndex(sql: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const database = new sqlite3.Database(join(store, 'index.sqlite'));
    database.exec(sql, (error) => database.close(() => (error === null ? resolve() : reject(error))));
  });
}

/** The text of the receipt of the first clip. */
function firstReceipt(): Promise<string> {
  return new Promise((resolve, reject) => {
    const database = new sqlite3.Database(join(store, 'index.sqlite'), sqlite3.OPEN_READONLY);
    database.get<{ body: string }>('SELECT body FROM receipt ORDER BY clip_id LIMIT 1', (error, row) =>
      database.close(() => (error === null ? resolve(row.body) : reject(error))),
    );
  });
}

const folder = (position: number) => folders[position] ?? '';

test('a sound store has no difference, and every byte and entry of it was looked at', async () => {
  const report = await verifyStore(store);
  expect(report.differences).toEqual([]);
  expect(report.clipsChecked).toBe(3);
  expect(report.bytesChecked).toBe(2_540_001);
  expect(report.entriesChecked).toBeGreaterThan(18);
  expect(report.receiptsChecked).toBe(3);
  expect(report.headsChecked).toBe(1);
});

test('a flipped bit in the media is named once, with both hashes', async () => {
  const media = join(folder(0), 'media.mp4');
  const bytes = await readFile(media);
  bytes[1_234_567] = (bytes[1_234_567] ?? 0) ^ 1;
  await writeFile(media, bytes);
  const { differences } = await verifyStore(store);
  expect(differences.map(({ code }) => code)).toEqual(['media-differs']);
  expect(differences[0]?.detail).toContain('media.mp4');
});

test.each([
  ['media that is gone', () => rm(join(folder(1), 'media.mp4')), ['media-missing']],
  ['media that grew', () => appendFile(join(folder(2), 'media.jpg'), 'x'), ['media-differs']],
  ['a record that is gone', () => rm(join(folder(1), 'clip.json')), ['record-missing']],
  ['a record with one more space', () => appendFile(join(folder(1), 'clip.json'), ' '), ['record-differs']],
  [
    'a record that is none',
    () => writeFile(join(folder(1), 'clip.json'), 'nothing'),
    ['record-differs', 'record-unreadable'],
  ],
  ['a file beside a clip', () => writeFile(join(folder(1), 'note.txt'), 'x'), ['unexpected-file']],
  ['a folder the index does not know', () => mkdir(join(folder(1), '..', 'stranger')), ['not-in-index']],
])('%s is named', async (_what, tamper, codes) => {
  await tamper();
  expect(await differenceCodes()).toEqual(codes);
});

test('hashes rewritten in index and record do not fit the bytes, nor the custody log', async () => {
  await tamperIndex(`UPDATE clip SET sha256 = '${'0'.repeat(64)}' WHERE name = 'b.mp4'`);
  expect(await differenceCodes()).toEqual(['index-differs', 'media-differs', 'receipt-differs']);
});

test('a record sealed anew behind the log does not fit what the log says of the seal', async () => {
  await tamperIndex(`UPDATE clip SET record_sha256 = '${'0'.repeat(64)}' WHERE name = 'b.mp4'`);
  expect(await differenceCodes()).toEqual(['custody-seal-differs', 'receipt-differs', 'record-differs']);
});

test('an entry rewritten, taken out or cut off shows in the tree', async () => {
  await tamperIndex(`DROP TRIGGER custody_entry_never_updated;
    UPDATE custody_entry SET entry = replace(entry, 'gateway', 'somebody') WHERE sequence = 3`);
  expect(await differenceCodes()).toContain('custody-entry-differs');
  await tamperIndex('DROP TRIGGER custody_entry_never_deleted; DELETE FROM custody_entry WHERE sequence = 5');
  expect(await differenceCodes()).toContain('custody-gap');
});

test('an entry rewritten together with its leaf hash breaks the root', async () => {
  await tamperIndex(`DROP TRIGGER custody_entry_never_updated;
    UPDATE custody_entry SET entry = (SELECT entry FROM custody_entry WHERE sequence = 2),
      leaf_hash = (SELECT leaf_hash FROM custody_entry WHERE sequence = 2) WHERE sequence = 3`);
  expect(await differenceCodes()).toContain('custody-root-differs');
});

test.each([
  ['changed by one digit', "body = replace(body, 'size 40000', 'size 40001')", ['receipt-not-trusted']],
  ['told otherwise by the index', "object = 'directory:main/elsewhere'", ['receipt-differs']],
  ['said to be better than it is', "grade = 'archive-signed'", ['receipt-differs']],
  ['of another clip', 'body = (SELECT body FROM receipt WHERE size_bytes = 1)', ['receipt-differs']],
])('a receipt that is %s is named', async (_what, change, codes) => {
  await tamperIndex(`UPDATE receipt SET ${change} WHERE size_bytes = 40000`);
  expect(await differenceCodes()).toEqual(expect.arrayContaining(codes));
});

test('a receipt by a key the log does not know is not trusted, though a table says so', async () => {
  const stranger = ed25519Signer('docket/dock-1', generateKeyPairSync('ed25519').privateKey);
  const [text] = (await firstReceipt()).split('\n\n');
  const forged = signNote(`${text}\n`, [stranger]).replaceAll("'", "''");
  await tamperIndex(`INSERT INTO receipt_key VALUES ('${stranger.verifierKey}', '', '2026-01-01T00:00:00Z');
    UPDATE receipt SET body = '${forged}', issued_by = 'docket/dock-1+${stranger.keyHash}' WHERE clip_id = (SELECT min(clip_id) FROM receipt)`);
  expect(await differenceCodes()).toEqual(['receipt-not-trusted']);
});

test('a log that was cut off, or made anew behind its signed head, is not the log of that head', async () => {
  await tamperIndex(`DROP TRIGGER custody_entry_never_deleted;
    DELETE FROM custody_entry WHERE sequence = (SELECT max(sequence) FROM custody_entry)`);
  expect(await differenceCodes()).toContain('custody-head-differs');
});

test('a head with another root does not hold', async () => {
  await tamperIndex(`DROP TRIGGER custody_head_never_updated;
    UPDATE custody_head SET note = replace(note, char(10) || tree_size || char(10), char(10) || (tree_size - 1) || char(10))`);
  expect(await differenceCodes()).toEqual(['custody-head-differs']);
});

test('a folder without an index is no store', async () => {
  await expect(verifyStore(join(store, 'clips'))).rejects.toMatchObject({ code: 'INDEX_FAILED' });
});
