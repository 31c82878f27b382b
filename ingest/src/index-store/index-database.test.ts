import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { isIngestError } from '../errors.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { Connection, type SqlValue } from './connection.ts';
import { IndexDatabase, type Transaction } from './index-database.ts';

async function openIndex(): Promise<{ path: string; database: IndexDatabase }> {
  const path = join(await temporaryFolder(), 'index.sqlite');
  const database = await IndexDatabase.open(path);
  onTestFinished(() => database.close());
  await database.write((transaction) => transaction.run('CREATE TABLE note (id INTEGER PRIMARY KEY, body)'));
  return { path, database };
}

function addNote(transaction: Transaction, id: number): Promise<number> {
  return transaction.run('INSERT INTO note (id) VALUES (?)', [id]);
}

async function noteIds(database: IndexDatabase): Promise<unknown[]> {
  return (await database.read('SELECT id FROM note ORDER BY id')).map((row) => row.id);
}

const indexFailed = (error: unknown) => isIngestError(error, 'INDEX_FAILED');

describe('values', () => {
  test('a BigInt is refused, because the driver would store NULL without a word', async () => {
    const { database } = await openIndex();
    // @ts-expect-error a BigInt is no SqlValue
    const value: SqlValue = 1n;
    const write = database.write((transaction) =>
      transaction.run('INSERT INTO note (body) VALUES (?)', [value]),
    );
    await expect(write).rejects.toSatisfy(indexFailed);
    expect(await noteIds(database)).toEqual([]);
  });

  test.each([2 ** 53, -(2 ** 53), 1e300, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    '%d cannot be stored exactly and is refused',
    async (value) => {
      const { database } = await openIndex();
      const write = database.write((transaction) =>
        transaction.run('INSERT INTO note (body) VALUES (?)', [value]),
      );
      await expect(write).rejects.toSatisfy(indexFailed);
      await expect(database.read('SELECT ?', [value])).rejects.toSatisfy(indexFailed);
      expect(await noteIds(database)).toEqual([]);
    },
  );

  test('what was stored comes back as it was', async () => {
    const { database } = await openIndex();
    const values = [Number.MAX_SAFE_INTEGER, -5, 0.1, '现场\u0000录音', '', null, Buffer.from([0, 0xff])];
    await database.write(async (transaction) => {
      for (const value of values) await transaction.run('INSERT INTO note (body) VALUES (?)', [value]);
    });
    const rows = await database.read('SELECT body FROM note ORDER BY id');
    expect(rows.map((row) => row.body)).toEqual(values);
  });
});

describe('writes', () => {
  test('started together, each stands or falls by itself', async () => {
    const { database } = await openIndex();
    const outcomes = await Promise.allSettled(
      Array.from({ length: 200 }, (_, id) =>
        database.write(async (transaction) => {
          await addNote(transaction, id * 10);
          await transaction.all('SELECT count(*) FROM note');
          if (id % 7 === 3) throw new Error(`note ${id} failed`);
          await addNote(transaction, id * 10 + 1);
          return id;
        }),
      ),
    );
    const expected: number[] = [];
    for (const [id, outcome] of outcomes.entries()) {
      if (id % 7 === 3) {
        expect(outcome).toMatchObject({ status: 'rejected', reason: { message: `note ${id} failed` } });
      } else {
        expect(outcome).toEqual({ status: 'fulfilled', value: id });
        expected.push(id * 10, id * 10 + 1);
      }
    }
    expect(await noteIds(database)).toEqual(expected);
  });

  test('a write refused by the schema does not take its neighbours with it', async () => {
    const { database } = await openIndex();
    const [first, same, other] = await Promise.allSettled([
      database.write((transaction) => addNote(transaction, 1)),
      database.write((transaction) => addNote(transaction, 1)),
      database.write((transaction) => addNote(transaction, 2)),
    ]);
    expect([first?.status, same?.status, other?.status]).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await noteIds(database)).toEqual([1, 2]);
  });

  test('effects run once, after the commit or after the loss, newest loss first', async () => {
    const { database } = await openIndex();
    const seen: string[] = [];
    const observe = (name: string, fails: boolean) =>
      database.write(async (transaction) => {
        await addNote(transaction, name.length);
        transaction.onCommit(() => seen.push(`${name} kept`));
        transaction.onRollback(() => seen.push(`${name} lost first`));
        transaction.onRollback(() => seen.push(`${name} lost second`));
        if (fails) throw new Error(name);
      });
    // The first commits alone, the others together: they were waiting when it had.
    await Promise.allSettled([
      observe('a', false),
      observe('bb', false),
      observe('ccc', true),
      observe('dddd', false),
    ]);
    expect(seen).toEqual(['a kept', 'ccc lost second', 'ccc lost first', 'bb kept', 'dddd kept']);
    expect(await noteIds(database)).toEqual([1, 2, 4]);
  });

  test('what is not committed is not seen by readers', async () => {
    const { database } = await openIndex();
    let seenInside: unknown[] = [];
    let seenOutside: unknown[] = [];
    await database.write(async (transaction) => {
      await addNote(transaction, 1);
      seenInside = await transaction.all('SELECT id FROM note');
      seenOutside = await database.read('SELECT id FROM note');
    });
    expect(seenInside).toHaveLength(1);
    expect(seenOutside).toHaveLength(0);
    expect(await noteIds(database)).toEqual([1]);
  });

  test('a reader cannot write', async () => {
    const { database } = await openIndex();
    await expect(database.read('INSERT INTO note (id) VALUES (1)')).rejects.toSatisfy(indexFailed);
    expect(await noteIds(database)).toEqual([]);
  });

  test('closing waits for writes that were started', async () => {
    const path = join(await temporaryFolder(), 'index.sqlite');
    const database = await IndexDatabase.open(path);
    const write = database.write((transaction) => transaction.run('CREATE TABLE late (id INTEGER)'));
    await Promise.all([write, database.close()]);
    const reopened = await IndexDatabase.open(path);
    onTestFinished(() => reopened.close());
    expect(await reopened.read('SELECT * FROM late')).toEqual([]);
  });

  test('closing is clean after the same new query was asked many times at once', async () => {
    const database = await IndexDatabase.open(join(await temporaryFolder(), 'index.sqlite'));
    await Promise.all(Array.from({ length: 50 }, () => database.read('SELECT count(*) FROM clip')));
    await expect(database.close()).resolves.toBeUndefined();
  });
});

describe('the file', () => {
  test('is in WAL mode, synchronous FULL, with foreign keys, on the connection that writes', async () => {
    const { database } = await openIndex();
    const pragmas = await database.write(async (transaction) => [
      await transaction.all('PRAGMA journal_mode'),
      await transaction.all('PRAGMA synchronous'),
      await transaction.all('PRAGMA foreign_keys'),
    ]);
    expect(pragmas).toEqual([[{ journal_mode: 'wal' }], [{ synchronous: 2 }], [{ foreign_keys: 1 }]]);
    const orphan = database.write((transaction) =>
      transaction.run(
        "INSERT INTO forward (clip_id, target, queued_at, size_bytes) VALUES ('no such clip', 'main', 'now', 1)",
      ),
    );
    await expect(orphan).rejects.toThrow('FOREIGN KEY');
  });

  test('written by a newer Docket is refused and left as it is', async () => {
    const { path, database } = await openIndex();
    await database.write((transaction) => transaction.run('PRAGMA user_version = 9999'));
    await expect(IndexDatabase.open(path)).rejects.toSatisfy(indexFailed);
    expect(await database.read('PRAGMA user_version')).toEqual([{ user_version: 9999 }]);
  });

  test('that is no database is refused', async () => {
    const path = join(await temporaryFolder(), 'index.sqlite');
    await copyFile(import.meta.filename, path);
    await expect(IndexDatabase.open(path)).rejects.toSatisfy(indexFailed);
  });

  test('as it stood after each commit holds every write that had resolved, even if the process died there', async () => {
    const { path, database } = await openIndex();
    const copy = `${path}.copy`;
    for (let id = 0; id < 5; id += 1) {
      await database.write((transaction) => addNote(transaction, id));
      await copyFile(path, copy);
      await copyFile(`${path}-wal`, `${copy}-wal`);
      const survivor = await IndexDatabase.open(copy);
      expect(await noteIds(survivor)).toEqual(Array.from({ length: id + 1 }, (_, index) => index));
      await survivor.close();
    }
  });

  test('as it stood in the middle of a write holds nothing of that write', async () => {
    const { path, database } = await openIndex();
    const copy = `${path}.copy`;
    await database.write((transaction) => addNote(transaction, 1));
    await database.write(async (transaction) => {
      await addNote(transaction, 2);
      await copyFile(path, copy);
      await copyFile(`${path}-wal`, `${copy}-wal`);
    });
    const survivor = await IndexDatabase.open(copy);
    onTestFinished(() => survivor.close());
    expect(await noteIds(survivor)).toEqual([1]);
  });

  test('opening a connection where no file can be names the reason', async () => {
    const path = join(await temporaryFolder(), 'missing', 'index.sqlite');
    await expect(Connection.open(path, 'read-write')).rejects.toSatisfy(indexFailed);
  });
});
