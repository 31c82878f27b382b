import type { IndexReader } from '../../index-store/index-database.ts';

/** Which clips a centre asks for. */
export type DemandedClips =
  | { clipIds: readonly string[] }
  | { caseId: string }
  /** Those that may show some of the time; clips whose time is not known are not among them. */
  | { fromMs: number; toMs: number; recorderId: string | null };

/** Of the clips that are asked for, those that an archive has not signed for: at most so many, oldest first. */
export async function clipsToDemand(
  index: IndexReader,
  wanted: DemandedClips,
  limit: number,
): Promise<{ clipIds: string[]; isComplete: boolean }> {
  const { from, parameters } = selection(wanted);
  const rows = await index.read(
    `SELECT DISTINCT forward.clip_id FROM ${from} ORDER BY forward.clip_id LIMIT ?`,
    [...parameters, limit + 1],
  );
  const clipIds = rows.slice(0, limit).map((row) => String(row.clip_id));
  return { clipIds, isComplete: rows.length <= limit };
}

function selection(wanted: DemandedClips): { from: string; parameters: (string | number | null)[] } {
  if ('clipIds' in wanted) {
    return {
      from: 'forward WHERE forward.clip_id IN (SELECT value FROM json_each(?))',
      parameters: [JSON.stringify(wanted.clipIds)],
    };
  }
  if ('caseId' in wanted) {
    return {
      from: 'clip_link JOIN forward USING (clip_id) WHERE clip_link.case_id = ?',
      parameters: [wanted.caseId],
    };
  }
  return {
    from: `forward JOIN clip_mapping USING (clip_id) JOIN clip USING (clip_id)
      WHERE recorded_from_ms < ? AND recorded_to_ms > ? AND clip.recorder_id = coalesce(?, clip.recorder_id)`,
    parameters: [wanted.toMs, wanted.fromMs, wanted.recorderId],
  };
}
