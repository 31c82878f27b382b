import type { Transaction } from '../index-store/index-database.ts';
import { markDue } from '../reckoning/due.ts';

/** A live session of a recorder that was held for a case. Instants are Unix milliseconds. */
export interface LiveSessionCase {
  sessionId: string;
  recorderId: string;
  caseId: string | null;
  activityId: string | null;
  fromMs: number;
  toMs: number;
  /** By how much the two instants may be wrong. */
  doubtMs: number;
}

/** Keeps for which case a live session was held, in the caller's transaction, and marks clips of its recorder about that time. */
export async function writeLiveSession(transaction: Transaction, session: LiveSessionCase): Promise<void> {
  const { sessionId, recorderId, caseId, activityId, fromMs, toMs, doubtMs } = session;
  await transaction.run(
    `INSERT INTO live_session_case (session_id, recorder_id, case_id, activity_id, from_ms, to_ms, doubt_ms, told_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (session_id) DO UPDATE SET case_id = excluded.case_id, activity_id = excluded.activity_id,
       from_ms = excluded.from_ms, to_ms = excluded.to_ms, doubt_ms = excluded.doubt_ms, told_at = excluded.told_at`,
    [
      sessionId,
      recorderId,
      caseId,
      activityId,
      Math.floor(fromMs),
      Math.ceil(toMs),
      Math.ceil(doubtMs),
      new Date().toISOString(),
    ],
  );
  const rows = await transaction.all(
    `SELECT clip_id FROM clip JOIN clip_mapping USING (clip_id) WHERE recorder_id = ?1
     AND (recorded_to_ms IS NULL OR recorded_to_ms >= ?2) AND (recorded_from_ms IS NULL OR recorded_from_ms <= ?3)`,
    [recorderId, Math.floor(fromMs - doubtMs), Math.ceil(toMs + doubtMs)],
  );
  await markDue(
    transaction,
    'clip',
    rows.map((row) => String(row.clip_id)),
  );
}
