import type { IndexReader } from '../../index-store/index-database.ts';
import { describeReason, type LiveReason } from '../live-reason.ts';
import type { KeptMatch } from './keep-matches.ts';

/** As much of the alarms about live streams as losses need. */
export interface LossAlarms {
  raise(alarm: {
    kind: 'live-only';
    recorderId: string;
    sessionId: string;
    reason: LiveReason;
  }): Promise<string>;
  end(alarmId: string): Promise<void>;
}

/**
 * Tells that the recorder does not hold what it sent: one alarm a session, for as long as any of it is missing. What a
 * person has seen is not told again unless more or less of it is missing.
 */
export async function raiseLossAlarm(
  index: IndexReader,
  alarms: LossAlarms,
  { sessionId, recorderId }: { sessionId: string; recorderId: string },
  lost: readonly KeptMatch[],
): Promise<void> {
  const seconds = Math.round(lost.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0) / 1_000);
  const first = lost.reduce((earliest, { fromMs }) => Math.min(earliest, fromMs), Number.POSITIVE_INFINITY);
  const reason: LiveReason = { kind: 'footage-missing', seconds, from: new Date(first).toISOString() };
  const [latest] = await index.read(
    `SELECT detail, ended_at, seen_at FROM live_alarm WHERE kind = 'live-only' AND session_id = ?
     ORDER BY alarm_id DESC LIMIT 1`,
    [sessionId],
  );
  const isTold = latest !== undefined && (latest.ended_at === null || latest.seen_at !== null);
  if (isTold && latest.detail === describeReason(reason)) return;
  await endLossAlarm(index, alarms, sessionId);
  await alarms.raise({ kind: 'live-only', recorderId, sessionId, reason });
}

/** All of it was found after all. */
export async function endLossAlarm(index: IndexReader, alarms: LossAlarms, sessionId: string): Promise<void> {
  const rows = await index.read(
    "SELECT alarm_id FROM live_alarm WHERE kind = 'live-only' AND session_id = ? AND ended_at IS NULL",
    [sessionId],
  );
  for (const row of rows) await alarms.end(String(row.alarm_id));
}
