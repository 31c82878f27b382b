import type { Transaction } from '../index-store/index-database.ts';
import { markDue } from '../reckoning/due.ts';

/** Marks clips that an officer of one of these numbers may have recorded. */
export async function markClipsOfNumbers(
  transaction: Transaction,
  numbers: readonly (string | null)[],
): Promise<void> {
  const named = JSON.stringify(numbers.filter((number) => number !== null));
  const rows = await transaction.all(
    `SELECT clip_id FROM clip WHERE officer_number IN (SELECT value FROM json_each(?1))
     UNION SELECT clip_id FROM clip WHERE recorder_id IN
       (SELECT recorder_id FROM recorder_ledger WHERE officer_number IN (SELECT value FROM json_each(?1)))`,
    [named],
  );
  await markClips(transaction, rows);
}

/** Marks clips that show a code of this case or activity. */
export async function markClipsShowing(transaction: Transaction, namedId: string): Promise<void> {
  await markClips(
    transaction,
    await transaction.all('SELECT clip_id FROM clip_code WHERE named_id = ?', [namedId]),
  );
}

/** Clips that stand in the store only: the others are marked when they are sealed. */
async function markClips(transaction: Transaction, rows: readonly { clip_id?: unknown }[]): Promise<void> {
  await markDue(
    transaction,
    'clip',
    rows.map((row) => String(row.clip_id)),
  );
}
