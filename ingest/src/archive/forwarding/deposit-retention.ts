import type { IndexReader } from '../../index-store/index-database.ts';
import { afterMonths } from '../../retention/retention-period.ts';
import type { ArchiveRetention } from '../archive-target.ts';

/** Months from sealing for which a clip is locked at least, whatever is known of it. */
export interface LeastRetention {
  ordinaryMonths: number;
  longMonths: number;
}

/**
 * How long an archive is told to keep a clip, by what was reckoned of it. `sealedAt` is RFC 3339. A lock can be made longer
 * later and never shorter, so that where no day is fixed yet only the least time is asked for.
 */
export async function depositRetention(
  index: IndexReader,
  clipId: string,
  sealedAt: string,
  { ordinaryMonths, longMonths }: LeastRetention,
): Promise<ArchiveRetention> {
  const [row] = await index.read(
    `SELECT clip.marked, clip_retention.class, clip_retention.keep_until,
       EXISTS (SELECT 1 FROM hold WHERE hold.clip_id = clip.clip_id AND lifted_at IS NULL)
         OR EXISTS (SELECT 1 FROM hold JOIN clip_link_entry USING (case_id)
           WHERE clip_link_entry.clip_id = clip.clip_id AND lifted_at IS NULL) AS is_on_hold
     FROM clip LEFT JOIN clip_retention USING (clip_id) WHERE clip.clip_id = ?`,
    [clipId],
  );
  const isOnHold = row?.is_on_hold === 1;
  const isLong = isOnHold || row?.marked === 1 || row?.class === 'linked' || row?.class === 'permanent';
  const least = afterMonths(dayAfter(sealedAt), isLong ? longMonths : ordinaryMonths);
  const until = typeof row?.keep_until === 'string' && row.keep_until > least ? row.keep_until : least;
  return { class: isLong ? 'long' : 'ordinary', until, isOnHold };
}

/** Clocks of dock and archive differ; the least time is met by both. */
function dayAfter(at: string): string {
  return new Date(Date.parse(at) + 86_400_000).toISOString();
}
