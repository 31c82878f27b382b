import { v7 as uuidv7 } from 'uuid';
import { IngestError } from '../errors.ts';
import type { BookmarkKind } from './operation.ts';
import type { OperationAct } from './operation-act.ts';

export interface NewBookmark {
  kind: BookmarkKind;
  text: string | null;
  /** The moment it marks; `null`: now. */
  at: string | null;
  recorderId: string | null;
}

/** Throws IngestError OPERATION_UNKNOWN, BOOKMARK_OUTSIDE. */
export async function makeBookmark(act: OperationAct, wanted: NewBookmark): Promise<string> {
  const { kind, text, recorderId } = wanted;
  const { openedAt, closedAt } = await act.operation();
  const madeAt = act.instant;
  const at = wanted.at === null ? madeAt : new Date(wanted.at).toISOString();
  // A tap is now, whatever was done to the clock since the operation was opened.
  const isWithin = wanted.at === null ? closedAt === null : openedAt <= at && at <= (closedAt ?? madeAt);
  if (!isWithin) throw new IngestError('BOOKMARK_OUTSIDE', `${at} lies outside the operation`);
  if (recorderId !== null && !(await tookPart(act, recorderId, wanted.at === null ? null : at))) {
    throw new IngestError('BOOKMARK_OUTSIDE', `${recorderId} took no part in the operation at ${at}`);
  }
  const bookmarkId = uuidv7();
  await act.transaction.run(
    `INSERT INTO operation_bookmark (bookmark_id, operation_id, kind, text, at, recorder_id, made_by, made_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    [bookmarkId, act.operationId, kind, text, at, recorderId, act.person, madeAt],
  );
  await act.tell('bookmark-made', { bookmarkId, kind, text, at }, recorderId);
  return bookmarkId;
}

/** Throws IngestError OPERATION_UNKNOWN, BOOKMARK_UNKNOWN, BOOKMARK_STRUCK. */
export async function strikeBookmark(act: OperationAct, bookmarkId: string, reason: string): Promise<void> {
  await act.operation();
  const [row] = await act.transaction.all(
    `SELECT recorder_id, struck_at FROM operation_bookmark LEFT JOIN operation_bookmark_strike USING (bookmark_id)
     WHERE bookmark_id = ? AND operation_id = ?`,
    [bookmarkId, act.operationId],
  );
  if (row === undefined) throw new IngestError('BOOKMARK_UNKNOWN', `it has no bookmark ${bookmarkId}`);
  if (row.struck_at !== null) throw new IngestError('BOOKMARK_STRUCK', `struck out at ${row.struck_at}`);
  await act.transaction.run(
    'INSERT INTO operation_bookmark_strike (bookmark_id, reason, struck_by, struck_at) VALUES (?, ?, ?, ?)',
    [bookmarkId, reason, act.person, act.instant],
  );
  const recorderId = row.recorder_id === null ? null : String(row.recorder_id);
  await act.tell('bookmark-struck', { bookmarkId, reason }, recorderId);
}

/** Whether the recorder took part at a moment; `null`: now. */
async function tookPart(
  { transaction, operationId }: OperationAct,
  recorderId: string,
  at: string | null,
): Promise<boolean> {
  const rows = await transaction.all(
    `SELECT 1 FROM operation_recorder WHERE operation_id = ?1 AND recorder_id = ?2
     AND CASE WHEN ?3 IS NULL THEN left_at IS NULL ELSE joined_at <= ?3 AND (left_at IS NULL OR ?3 <= left_at) END`,
    [operationId, recorderId, at],
  );
  return rows.length > 0;
}
