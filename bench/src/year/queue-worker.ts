import type { CaseWork, IndexDatabase } from '@docket/ingest';
import type { TrueActivity } from './true-year.ts';

const ground = { operator: 'year', reason: 'knows where it belongs' };
const batch = 50;

/** Works through the queue like somebody who was there: links every clip to what it truly shows. */
export async function workThroughQueue(
  database: IndexDatabase,
  caseWork: CaseWork,
  truth: ReadonlyMap<string, readonly TrueActivity[]>,
): Promise<number> {
  const queued = await database.read(`SELECT clip_id FROM clip_mapping WHERE state = 'queued'`);
  const alike = new Map<string, string[]>();
  for (const { clip_id: id } of queued) {
    const clipId = String(id);
    const targets = (truth.get(clipId) ?? []).map(({ activityId }) => activityId);
    const key = JSON.stringify(targets);
    alike.set(key, [...(alike.get(key) ?? []), clipId]);
  }
  for (const [key, clipIds] of alike) {
    const targets = (JSON.parse(key) as string[]).map((activityId) => ({ activityId }));
    for (let from = 0; from < clipIds.length; from += batch) {
      const some = clipIds.slice(from, from + batch);
      if (targets.length === 0) await caseWork.mapping.setAside(some, ground);
      else await caseWork.mapping.link(some, targets, ground);
    }
  }
  return queued.length;
}
