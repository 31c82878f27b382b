import { moveClip } from '../clip/clip-moves.ts';
import type { CustodyLog } from '../custody/custody-log.ts';
import type { IndexDatabase } from '../index-store/index-database.ts';
import type { ClipInstant, ClipTime, TimeDoubt } from '../time/clip-time.ts';

/** When a clip was recorded, as a test wants it understood: start and length, and by how much both may be wrong. */
export interface ExampleTime {
  startMs: number;
  durationMs: number;
  halfWidthMs: number;
  /** What stands against a proof; without any, the times are bounded. */
  doubts?: TimeDoubt[];
}

export function exampleTime({ startMs, durationMs, halfWidthMs, doubts = [] }: ExampleTime): ClipTime {
  const instant = (atMs: number): ClipInstant => {
    const guess = { value: new Date(atMs).toISOString(), halfWidthMs };
    if (doubts.length > 0) return { kind: 'unbounded', ...guess, notBefore: null, notAfter: null };
    const at = (milliseconds: number) => new Date(milliseconds).toISOString();
    return { kind: 'bounded', ...guess, notBefore: at(atMs - halfWidthMs), notAfter: at(atMs + halfWidthMs) };
  };
  return { start: instant(startMs), end: instant(startMs + durationMs), sources: [], conflicts: [], doubts };
}

/** Seals a listed clip with the time it is understood to have, as taking it from a recorder does. */
export async function sealExample(
  database: IndexDatabase,
  custody: CustodyLog,
  clipId: string,
  time: ExampleTime,
): Promise<void> {
  const media = { durationMs: time.durationMs };
  await database.write(async (transaction) => {
    for (const to of ['pulled', 'verified'] as const) await moveClip(transaction, custody, { clipId, to });
    await moveClip(transaction, custody, {
      clipId,
      to: 'sealed',
      columns: {
        time: JSON.stringify(exampleTime(time)),
        sha256: clipId.replaceAll('-', '').padEnd(64, '0'),
      },
    });
    await transaction.run('UPDATE clip SET media = ? WHERE clip_id = ?', [JSON.stringify(media), clipId]);
  });
}
