import type { Transaction } from '../index-store/index-database.ts';
import { markDue } from '../reckoning/due.ts';
import type { OperationPart } from './operation.ts';

/** A live clip begins: it belongs to the part that its recorder takes now, if any, whatever clocks say. */
export async function beginInPart(
  transaction: Transaction,
  clipId: string,
  recorderId: string,
): Promise<void> {
  await transaction.run(
    `INSERT INTO operation_clip (clip_id, operation_id, recorder_id, joined_at)
     SELECT ?, operation_id, recorder_id, joined_at FROM operation_recorder WHERE recorder_id = ? AND left_at IS NULL`,
    [clipId, recorderId],
  );
}

/** Marks every live clip of an operation to be linked anew. */
export async function markLiveClips(transaction: Transaction, operationId: string): Promise<void> {
  const rows = await transaction.all('SELECT clip_id FROM operation_clip WHERE operation_id = ?', [
    operationId,
  ]);
  await markFound(transaction, rows);
}

/** Marks live clips of the recorder that began in its part or went on into it. */
export async function markClipsOfPart(transaction: Transaction, part: OperationPart): Promise<void> {
  const rows = await transaction.all(
    `SELECT clip_id FROM clip WHERE recorder_id = ?1 AND live_session_id IS NOT NULL
     AND listed_at >= coalesce((SELECT max(listed_at) FROM clip AS before WHERE before.recorder_id = ?1
       AND before.live_session_id IS NOT NULL AND before.listed_at < ?2), ?2)
     AND listed_at <= coalesce(?3, listed_at)`,
    [part.recorderId, part.joinedAt, part.leftAt],
  );
  await markFound(transaction, rows);
}

async function markFound(
  transaction: Transaction,
  rows: readonly { [column: string]: unknown }[],
): Promise<void> {
  await markDue(
    transaction,
    'clip',
    rows.map((row) => String(row.clip_id)),
  );
}
