import type { Transaction } from '../index-store/index-database.ts';
import { markDue } from '../reckoning/due.ts';
import type { OperationPart } from './operation.ts';

/** SQL: the live clip began while its recorder took the part. Both are by the dock's clock. */
export const beganInPart = `clip.live_session_id IS NOT NULL AND clip.recorder_id = part.recorder_id
  AND clip.listed_at >= part.joined_at AND (part.left_at IS NULL OR clip.listed_at < part.left_at)`;

/** Marks every live clip of an operation to be linked anew. */
export async function markLiveClips(transaction: Transaction, operationId: string): Promise<void> {
  const rows = await transaction.all(
    `SELECT clip_id FROM operation_recorder AS part JOIN clip ON ${beganInPart} WHERE part.operation_id = ?`,
    [operationId],
  );
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
