import { createHash } from 'node:crypto';
import sqlite3 from 'sqlite3';
import { expect } from 'vitest';

type Row = Record<string, string | number | Buffer | null>;

export interface ReadOnlyIndex {
  all(sql: string, parameters?: readonly (string | number)[]): Promise<Row[]>;
  close(): Promise<void>;
}

/** Opens an index the way a stranger would: read-only, with none of Docket's code. */
export function openIndexReadOnly(file: string): Promise<ReadOnlyIndex> {
  return new Promise((resolve, reject) => {
    const database = new sqlite3.Database(file, sqlite3.OPEN_READONLY, (error) => {
      if (error !== null) return reject(error);
      resolve({
        all: (sql, parameters = []) =>
          new Promise((done, failed) =>
            database.all<Row>(sql, parameters, (problem, rows) =>
              problem === null ? done(rows) : failed(problem),
            ),
          ),
        close: () => new Promise((done) => database.close(() => done())),
      });
    });
  });
}

const hash = (...parts: Uint8Array[]) => {
  const digest = createHash('sha256');
  for (const part of parts) digest.update(part);
  return digest.digest();
};

/** RFC 9162 §2.1.1, written afresh: split at the largest power of two below the size. */
function treeHash(leaves: readonly Buffer[]): Buffer {
  if (leaves.length === 0) return hash();
  const [only] = leaves;
  if (leaves.length === 1 && only !== undefined) return only;
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return hash(Buffer.of(1), treeHash(leaves.slice(0, split)), treeHash(leaves.slice(split)));
}

/** Every entry is there, hashes to its leaf, and the stored roots are those of the tree. */
export async function assertCustodyHolds(index: ReadOnlyIndex): Promise<void> {
  const rows = await index.all(
    'SELECT sequence, entry, leaf_hash, root_hash FROM custody_entry ORDER BY sequence',
  );
  const leaves: Buffer[] = [];
  for (const [position, row] of rows.entries()) {
    expect(row.sequence).toBe(position);
    const leaf = hash(Buffer.of(0), Buffer.from(String(row.entry)));
    expect(leaf.equals(row.leaf_hash as Buffer)).toBe(true);
    leaves.push(leaf);
    const isChecked = position % 97 === 0 || position === rows.length - 1;
    if (isChecked) expect(treeHash(leaves).equals(row.root_hash as Buffer)).toBe(true);
  }
  expect(rows.length).toBeGreaterThan(0);
}
