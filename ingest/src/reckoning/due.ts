import type { Transaction } from '../index-store/index-database.ts';

/** What is reckoned anew when something it rests on has changed. */
export type ReckonedKind = 'docking' | 'clip' | 'live-session' | 'activity' | 'case';

/** Marks things to be reckoned anew, in the transaction of the change itself, so that no change is forgotten. */
export async function markDue(
  transaction: Transaction,
  kind: ReckonedKind,
  ids: Iterable<string>,
): Promise<void> {
  const marked = [...new Set(ids)];
  if (marked.length === 0) return;
  // `WHERE TRUE` keeps SQLite from reading ON CONFLICT as the condition of a join.
  await transaction.run(
    `INSERT INTO reckoning_due (kind, id, marked) SELECT ?, value, 1 FROM json_each(?) WHERE TRUE
     ON CONFLICT (kind, id) DO UPDATE SET marked = marked + 1`,
    [kind, JSON.stringify(marked)],
  );
}

/** Marks the cases that a clip is linked to: what is told of them counts its receipts. */
export async function markCasesOf(transaction: Transaction, clipId: string): Promise<void> {
  const rows = await transaction.all(
    'SELECT DISTINCT case_id FROM clip_link WHERE clip_id = ? AND case_id IS NOT NULL',
    [clipId],
  );
  await markDue(
    transaction,
    'case',
    rows.map((row) => String(row.case_id)),
  );
}
