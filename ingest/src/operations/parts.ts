import { IngestError } from '../errors.ts';
import { writeLiveSession } from '../mapping/live-session-case.ts';
import { requireRecorder } from './check-subject.ts';
import { markClipsOfPart } from './mark-clips.ts';
import type { OperationPart } from './operation.ts';
import type { OperationAct } from './operation-act.ts';
import { partOf } from './operation-queries.ts';

/** A recorder that shall take part, and who wears it. */
export interface JoiningRecorder {
  recorderId: string;
  officerId: string | null;
}

/** How far the moment of a tap may be from what it is about: operations name originals only beyond this. */
const tapDoubtMs = 1_000;

/** Throws IngestError RECORDER_UNKNOWN, RECORDER_ANONYMOUS, RECORDER_IN_OPERATION. */
export async function beginPart(
  act: OperationAct,
  { recorderId, officerId }: JoiningRecorder,
): Promise<void> {
  const { transaction, operationId } = act;
  await requireRecorder(transaction, recorderId);
  const [other] = await transaction.all(
    'SELECT operation_id FROM operation_recorder WHERE recorder_id = ? AND left_at IS NULL',
    [recorderId],
  );
  if (other !== undefined) {
    throw new IngestError('RECORDER_IN_OPERATION', `${recorderId} takes part in ${other.operation_id}`);
  }
  await transaction.run(
    'INSERT INTO operation_recorder (operation_id, recorder_id, officer_id, joined_at) VALUES (?, ?, ?, ?)',
    [operationId, recorderId, officerId, await afterLastPart(act, recorderId)],
  );
  await act.tell('operation-joined', { officerId }, recorderId);
}

/** A recorder that leaves and joins again in the same millisecond joins in the next: parts do not share a moment. */
async function afterLastPart(
  { transaction, operationId, nowMs }: OperationAct,
  recorderId: string,
): Promise<string> {
  const [last] = await transaction.all(
    'SELECT max(left_at) AS left_at FROM operation_recorder WHERE operation_id = ? AND recorder_id = ?',
    [operationId, recorderId],
  );
  const leftMs = typeof last?.left_at === 'string' ? Date.parse(last.left_at) : Number.NEGATIVE_INFINITY;
  return new Date(Math.max(nowMs, leftMs + 1)).toISOString();
}

export async function endPart(act: OperationAct, part: OperationPart): Promise<void> {
  // Should the clock have been set back meanwhile, it left when it came.
  const leftAt = [act.instant, part.joinedAt].sort().at(-1) as string;
  await act.transaction.run(
    'UPDATE operation_recorder SET left_at = ? WHERE operation_id = ? AND recorder_id = ? AND left_at IS NULL',
    [leftAt, part.operationId, part.recorderId],
  );
  await act.tell('operation-left', {}, part.recorderId);
  await nameOriginals(act, { ...part, leftAt });
}

/** What the recorder recorded meanwhile on its own card belongs here too; it shows when the recorder is docked. */
export async function nameOriginals(act: OperationAct, part: OperationPart): Promise<void> {
  const { operationId, recorderId, joinedAt, leftAt } = part;
  const { caseId, activityId } = await act.operation();
  await writeLiveSession(act.transaction, {
    sessionId: `${operationId} ${recorderId} ${joinedAt}`,
    recorderId,
    caseId: activityId === null ? caseId : null,
    activityId,
    fromMs: Date.parse(joinedAt),
    toMs: Date.parse(leftAt ?? joinedAt),
    doubtMs: tapDoubtMs,
  });
  await markClipsOfPart(act.transaction, part);
}

/** Every part in the operation, in the order in which recorders joined. */
export async function partsOf({ transaction, operationId }: OperationAct): Promise<OperationPart[]> {
  const rows = await transaction.all(
    'SELECT * FROM operation_recorder WHERE operation_id = ? ORDER BY joined_at, recorder_id',
    [operationId],
  );
  return rows.map(partOf);
}
