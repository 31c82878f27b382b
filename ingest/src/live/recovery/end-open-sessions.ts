import { v7 as uuidv7 } from 'uuid';
import type { CustodyLog } from '../../custody/custody-log.ts';
import type { IndexDatabase } from '../../index-store/index-database.ts';
import { closeGap, endSession, gapOf, insertGap } from '../live-index.ts';

/**
 * Ends the sessions that the last run left open, each with a gap up to now. `lastArrivals`: by session id, when the newest of
 * it that stands had arrived.
 */
export async function endOpenSessions(
  { database, custody }: { database: IndexDatabase; custody: CustodyLog },
  lastArrivals: ReadonlyMap<string, number>,
): Promise<void> {
  const nowMs = Date.now();
  for (const row of await database.read('SELECT * FROM live_session WHERE ended_at IS NULL')) {
    const sessionId = String(row.session_id);
    const recorderId = String(row.recorder_id);
    const open = await database.read('SELECT * FROM live_gap WHERE session_id = ? AND to_ms IS NULL', [
      sessionId,
    ]);
    const lastMs = lastArrivals.get(sessionId);
    await database.write(async (transaction) => {
      for (const gap of open) {
        await closeGap(transaction, custody, { ...gapOf(gap, recorderId), toMs: nowMs });
      }
      if (lastMs !== undefined && open.length === 0) {
        await insertGap(transaction, custody, {
          gapId: uuidv7(),
          sessionId,
          recorderId,
          cause: 'gateway-stopped',
          fromMs: Math.min(lastMs, nowMs),
          toMs: nowMs,
          reason: { kind: 'gateway-stopped' },
        });
      }
      await endSession(transaction, custody, {
        sessionId,
        recorderId,
        cause: 'gateway-stopped',
        endedAt: new Date(nowMs).toISOString(),
        recovered: true,
      });
    });
  }
}
