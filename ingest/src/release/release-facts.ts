import type { ClipRecord } from '../clip/clip-record.ts';
import type { IndexReader } from '../index-store/index-database.ts';
import { readRetentionFacts } from '../retention/retention-facts.ts';
import { afterMonths } from '../retention/retention-period.ts';
import type { ReleaseFacts, ReleaseRule } from './release-policy.ts';

/** Reads from the index what the release of a clip is decided by. */
export async function readReleaseFacts(
  index: IndexReader,
  clip: ClipRecord,
  { lockedMonths }: Pick<ReleaseRule, 'lockedMonths'>,
): Promise<ReleaseFacts> {
  const { clipId } = clip;
  const kept = (await readRetentionFacts(index, [clipId])).get(clipId);
  const receipts = await index.read('SELECT target, body FROM receipt WHERE clip_id = ? ORDER BY target', [
    clipId,
  ]);
  const probes = await index.read(
    `SELECT target, is_sound, is_worm_proven FROM archive_probe AS latest WHERE rowid =
       (SELECT rowid FROM archive_probe WHERE target = latest.target ORDER BY started_at DESC, rowid DESC LIMIT 1)`,
  );
  return {
    clip,
    isOnHold: kept === undefined || kept.holdIds.length > 0,
    lockedUntilAtLeast: typeof kept?.sealedAt === 'string' ? afterMonths(kept.sealedAt, lockedMonths) : null,
    receipts: receipts.map((row) => ({ target: String(row.target), body: String(row.body) })),
    probes: probes.map((row) => ({
      target: String(row.target),
      isSound: row.is_sound === 1,
      isWormProven: row.is_worm_proven === 1,
    })),
  };
}
