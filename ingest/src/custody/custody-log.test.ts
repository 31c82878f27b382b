import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { isIngestError } from '../errors.ts';
import { IndexDatabase } from '../index-store/index-database.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { canonicalJson } from './canonical-json.ts';
import { CustodyLog } from './custody-log.ts';
import { type CustodyRecord, listCustody } from './custody-queries.ts';
import { appendLeaf, emptyFrontier, leafHash } from './merkle-tree.ts';

async function openLog(path?: string) {
  const file = path ?? join(await temporaryFolder(), 'index.sqlite');
  const database = await IndexDatabase.open(file);
  onTestFinished(() => database.close());
  return { file, database, log: await CustodyLog.open(database, 'gateway:dock-1') };
}

async function appendAll(database: IndexDatabase, log: CustodyLog, count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    await database.write((transaction) =>
      log.append(transaction, { action: 'listed', clipId: `clip-${index}` }),
    );
  }
}

async function allEntries(database: IndexDatabase): Promise<CustodyRecord[]> {
  return (await listCustody(database, { after: null, limit: 10_000 })).entries;
}

/** Checks what a stranger can check: numbers without a gap, canonical entries, leaf hashes, and every root. */
function expectSound(entries: readonly CustodyRecord[]): void {
  let frontier = emptyFrontier;
  for (const [index, entry] of entries.entries()) {
    const value = JSON.parse(entry.entry);
    expect(entry.sequence).toBe(index);
    expect(value).toMatchObject({ v: 1, sequence: index, at: entry.at, action: entry.action });
    expect(canonicalJson(value)).toBe(entry.entry);
    const leaf = createHash('sha256').update('\0').update(entry.entry).digest('hex');
    expect(entry.leafHash).toBe(leaf);
    const appended = appendLeaf(frontier, leafHash(Buffer.from(entry.entry)));
    expect(entry.rootHash).toBe(appended.rootHash.toString('hex'));
    frontier = appended.frontier;
  }
}

describe('the custody log', () => {
  test('keeps canonical entries whose leaf hashes and roots anyone can work out again', async () => {
    const { database, log } = await openLog();
    await database.write((transaction) =>
      log.append(transaction, {
        action: 'quarantined',
        clipId: 'clip-1',
        dockingId: 'docking-1',
        recorderId: 'sn:1',
        details: { zebra: 1, alpha: '现场\u202e', nested: { b: [1, 2], a: null } },
      }),
    );
    await appendAll(database, log, 20);
    const entries = await allEntries(database);
    expect(entries).toHaveLength(21);
    expect(log.size).toBe(21);
    expectSound(entries);
    expect(JSON.parse(entries[0]?.entry ?? '')).toEqual({
      v: 1,
      sequence: 0,
      at: entries[0]?.at,
      actor: 'gateway:dock-1',
      action: 'quarantined',
      clipId: 'clip-1',
      dockingId: 'docking-1',
      recorderId: 'sn:1',
      details: { zebra: 1, alpha: '现场\u202e', nested: { b: [1, 2], a: null } },
    });
  });

  test.each([0, 1, 2, 3, 7, 8, 13])(
    'reopened after %i entries, goes on with the same tree',
    async (count) => {
      const { file, database, log } = await openLog();
      await appendAll(database, log, count);
      const reopened = await openLog(file);
      expect(reopened.log.size).toBe(count);
      await appendAll(reopened.database, reopened.log, 3);
      const entries = await allEntries(reopened.database);
      expect(entries).toHaveLength(count + 3);
      expectSound(entries);
    },
  );

  test('a write that fails leaves no gap, and the next entry takes its number', async () => {
    const { database, log } = await openLog();
    await appendAll(database, log, 3);
    const failing = database.write(async (transaction) => {
      await log.append(transaction, { action: 'listed' });
      await log.append(transaction, { action: 'pulled' });
      throw new Error('the work failed');
    });
    await expect(failing).rejects.toThrow('the work failed');
    expect(log.size).toBe(3);
    await appendAll(database, log, 2);
    const entries = await allEntries(database);
    expect(entries).toHaveLength(5);
    expectSound(entries);
  });

  test('a write that fails inside a shared commit leaves no gap between its neighbours', async () => {
    const { database, log } = await openLog();
    const outcomes = await Promise.allSettled(
      Array.from({ length: 40 }, (_, index) =>
        database.write(async (transaction) => {
          await log.append(transaction, { action: 'listed', clipId: `clip-${index}` });
          if (index % 3 === 1) throw new Error('the work failed');
          await log.append(transaction, { action: 'pulled', clipId: `clip-${index}` });
        }),
      ),
    );
    expect(outcomes.filter((outcome) => outcome.status === 'rejected')).toHaveLength(13);
    const entries = await allEntries(database);
    expectSound(entries);
    const kept = Array.from({ length: 40 }, (_, index) => index).filter((index) => index % 3 !== 1);
    expect(entries.map((entry) => `${entry.action} ${entry.clipId}`)).toEqual(
      kept.flatMap((index) => [`listed clip-${index}`, `pulled clip-${index}`]),
    );
    expect(log.size).toBe(entries.length);
  });

  test('an entry cannot be changed or taken out through the index', async () => {
    const { database, log } = await openLog();
    await appendAll(database, log, 2);
    const before = await allEntries(database);
    const attempts = [
      "UPDATE custody_entry SET actor = 'nobody' WHERE sequence = 0",
      'DELETE FROM custody_entry WHERE sequence = 1',
      'DELETE FROM custody_entry',
    ];
    for (const sql of attempts) {
      const attempt = database.write((transaction) => transaction.run(sql));
      await expect(attempt).rejects.toThrow('custody entries are append-only');
    }
    const skipping = database.write((transaction) =>
      transaction.run(
        'INSERT INTO custody_entry SELECT 7, at, actor, action, clip_id, docking_id, recorder_id, entry, leaf_hash, subtree_hashes, root_hash FROM custody_entry WHERE sequence = 1',
      ),
    );
    await expect(skipping).rejects.toThrow('custody entries are append-only');
    const replacing = database.write((transaction) =>
      transaction.run(
        "INSERT OR REPLACE INTO custody_entry SELECT sequence, at, 'nobody', action, clip_id, docking_id, recorder_id, entry, leaf_hash, subtree_hashes, root_hash FROM custody_entry WHERE sequence = 0",
      ),
    );
    await expect(replacing).rejects.toSatisfy((error) => isIngestError(error, 'INDEX_FAILED'));
    expect(await allEntries(database)).toEqual(before);
  });

  test('a log with an entry torn out is not opened as if it were whole', async () => {
    const { file, database, log } = await openLog();
    await appendAll(database, log, 4);
    await database.write(async (transaction) => {
      await transaction.run('DROP TRIGGER custody_entry_never_deleted');
      await transaction.run('DROP TRIGGER custody_entry_only_appended');
      await transaction.run('DELETE FROM custody_entry WHERE sequence = 3');
      await transaction.run(
        'INSERT INTO custody_entry SELECT 4, at, actor, action, clip_id, docking_id, recorder_id, entry, leaf_hash, subtree_hashes, root_hash FROM custody_entry WHERE sequence = 2',
      );
    });
    await expect(openLog(file)).rejects.toThrow('the custody log has a gap');
  });

  test('entries of one clip are listed in order and page by page', async () => {
    const { database, log } = await openLog();
    for (let round = 0; round < 3; round += 1) await appendAll(database, log, 2);
    const first = await listCustody(database, { clipId: 'clip-1', after: null, limit: 2 });
    expect(first.entries.map((entry) => entry.sequence)).toEqual([1, 3]);
    expect(first.next).toBe(3);
    const second = await listCustody(database, { clipId: 'clip-1', after: first.next, limit: 2 });
    expect(second.entries.map((entry) => entry.sequence)).toEqual([5]);
    expect(second.next).toBeNull();
  });
});
