import type { SqlRow } from '../index-store/connection.ts';
import type { IndexDatabase, Transaction } from '../index-store/index-database.ts';

/** A row of facts, by its columns. */
export type FactRow = Record<string, string | number | null>;

/** Puts the facts of some things in place of what stood there of them before; of what is in no row nothing stays. */
export function replaceFacts(
  database: IndexDatabase,
  table: { name: string; id: string; columns: readonly string[] },
  ids: readonly string[],
  rows: readonly FactRow[],
): Promise<void> {
  return database.write(async (transaction) => {
    await transaction.run(`DELETE FROM ${table.name} WHERE ${table.id} IN (SELECT value FROM json_each(?))`, [
      JSON.stringify(ids),
    ]);
    await insertFacts(transaction, table, rows);
  });
}

/** All rows by one statement, handed over as one JSON text. */
export async function insertFacts(
  transaction: Transaction,
  { name, columns }: { name: string; columns: readonly string[] },
  rows: readonly FactRow[],
): Promise<void> {
  if (rows.length === 0) return;
  const cells = columns.map((_, position) => `value ->> ${position}`);
  await transaction.run(
    `INSERT INTO ${name} (${columns.join(', ')}) SELECT ${cells.join(', ')} FROM json_each(?)`,
    [JSON.stringify(rows.map((row) => columns.map((column) => row[column] ?? null)))],
  );
}

/** Rows by what one of their columns says. */
export function rowsBy(rows: readonly SqlRow[], column: string): Map<string, SqlRow[]> {
  const found = new Map<string, SqlRow[]>();
  for (const row of rows) {
    const key = String(row[column]);
    const others = found.get(key);
    if (others === undefined) found.set(key, [row]);
    else others.push(row);
  }
  return found;
}
