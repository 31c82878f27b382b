import type { IndexReader } from '../../index-store/index-database.ts';
import type { ClipTime } from '../../time/clip-time.ts';
import type { Alignment } from './align-pictures.ts';
import { type LiveMatchTime, liveMatchTime } from './live-match-time.ts';

/** What live segments that hold pictures of an original tell of when it began. */
export async function readLiveMatchTimes(
  index: IndexReader,
  originalClipId: string,
): Promise<LiveMatchTime[]> {
  const rows = await index.read(
    `SELECT clip.clip_id, clip.time, picture_comparison.alignments FROM picture_comparison JOIN clip USING (clip_id)
     WHERE original_clip_id = ? AND alignments != '[]' AND clip.time IS NOT NULL ORDER BY clip.clip_id`,
    [originalClipId],
  );
  return rows.flatMap((row) => {
    const live = { clipId: String(row.clip_id), time: JSON.parse(String(row.time)) as ClipTime };
    return liveMatchTime(live, JSON.parse(String(row.alignments)) as Alignment[]) ?? [];
  });
}
