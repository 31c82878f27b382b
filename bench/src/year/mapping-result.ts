import type { IndexDatabase } from '@docket/ingest';
import type { TrueActivity } from './true-year.ts';

export interface MappingResult {
  /** Pairs of a clip and an activity that it truly shows. */
  truePairs: number;
  automaticLinks: number;
  rightLinks: number;
  /** Each as `clip → activity`. */
  wrongLinks: string[];
  precision: number;
  recall: number;
  clips: number;
  queued: number;
  /** Clips that show no activity, and those of them that wait in the queue. */
  idle: number;
  byReason: Record<string, number>;
}

/** Holds the links that the rules made by themselves against the truth. */
export async function mappingResult(
  database: IndexDatabase,
  truth: ReadonlyMap<string, readonly TrueActivity[]>,
): Promise<MappingResult> {
  const links = await database.read(`SELECT clip_id, activity_id FROM clip_link WHERE source != 'manual'`);
  const wrongLinks: string[] = [];
  for (const { clip_id: clipId, activity_id: activityId } of links) {
    const isTrue = truth.get(String(clipId))?.some((activity) => activity.activityId === activityId) ?? false;
    if (!isTrue) wrongLinks.push(`${clipId} → ${activityId}`);
  }
  const reasons = await database.read(
    `SELECT json_each.value AS reason, count(*) AS clips FROM clip_mapping, json_each(clip_mapping.reasons)
     WHERE clip_mapping.state = 'queued' GROUP BY 1 ORDER BY 2 DESC`,
  );
  const [queue] = await database.read(`SELECT count(*) AS queued FROM clip_mapping WHERE state = 'queued'`);
  const pairs = [...truth.values()];
  const truePairs = pairs.reduce((sum, activities) => sum + activities.length, 0);
  const rightLinks = links.length - wrongLinks.length;
  return {
    truePairs,
    automaticLinks: links.length,
    rightLinks,
    wrongLinks,
    precision: links.length === 0 ? 1 : rightLinks / links.length,
    recall: truePairs === 0 ? 1 : rightLinks / truePairs,
    clips: truth.size,
    queued: Number(queue?.queued ?? 0),
    idle: pairs.filter((activities) => activities.length === 0).length,
    byReason: Object.fromEntries(reasons.map(({ reason, clips }) => [String(reason), Number(clips)])),
  };
}
