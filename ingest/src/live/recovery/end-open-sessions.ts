import { v7 as uuidv7 } from 'uuid';
import type { CustodyLog } from '../../custody/custody-log.ts';
import type { IndexDatabase, IndexReader } from '../../index-store/index-database.ts';
import { closeGap, endSession, gapOf, insertGap } from '../live-index.ts';

/** Ends the sessions that the last run left open, each with a gap up to now. */
export async function endOpenSessions({
  database,
  custody,
}: {
  database: IndexDatabase;
  custody: CustodyLog;
}): Promise<void> {
  const nowMs = Date.now();
  for (const row of await database.read('SELECT * FROM live_session WHERE ended_at IS NULL')) {
    const sessionId = String(row.session_id);
    const recorderId = String(row.recorder_id);
    const open = await database.read('SELECT * FROM live_gap WHERE session_id = ? AND to_ms IS NULL', [
      sessionId,
    ]);
    const lastMs = await lastArrivedMs(database, sessionId);
    await database.write(async (transaction) => {
      for (const gap of open) {
        await closeGap(transaction, custody, { ...gapOf(gap, recorderId), toMs: nowMs });
      }
      if (lastMs !== null && open.length === 0) {
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

/**
 * When the newest of a session arrived that stands: as its segments were told when they were closed, in this start or one before
 * it; of one that nothing is left of, or that could not be looked at, when it began. `null` where none was begun.
 */
async function lastArrivedMs(index: IndexReader, sessionId: string): Promise<number | null> {
  const rows = await index.read(
    `SELECT live_start ->> '$.firstArrivedMs' AS begun, (SELECT max(entry ->> '$.details.live.arrivedTo')
       FROM custody_entry WHERE custody_entry.clip_id = clip.clip_id AND action = 'pulled') AS told
     FROM clip WHERE live_session_id = ?`,
    [sessionId],
  );
  const arrivedMs = rows.map(({ begun, told }) => (told === null ? Number(begun) : Date.parse(String(told))));
  return arrivedMs.length === 0 ? null : Math.max(...arrivedMs);
}
