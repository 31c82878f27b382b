import type { ActivityFacts } from '../cases/case-record.ts';
import type { SqlRow } from '../index-store/connection.ts';
import type { Interval } from '../time/interval.ts';
import { type CandidateActivity, longestOpenMs } from './activity-span.ts';
import type { Query } from './clip-facts.ts';

/** Stretches of time in which the activities of an officer are asked for. */
export interface OfficerWindow extends Interval {
  officerId: string;
}

const columns =
  'activity.activity_id, activity.case_id, activity.started_ms, activity.ended_ms, activity.facts';

/** What no sender has taken back, neither the activity nor its case. */
const standing = `NOT activity.is_withdrawn AND NOT EXISTS (SELECT 1 FROM enforcement_case
  WHERE enforcement_case.case_id = activity.case_id AND enforcement_case.is_withdrawn)`;

/** Activities of officers that lie, or may lie, in their windows; those without any time too. */
export async function readActivitiesOf(
  query: Query,
  windows: readonly OfficerWindow[],
): Promise<CandidateActivity[]> {
  const rows = await query(
    `SELECT DISTINCT ${columns} FROM json_each(?1) AS asked
     JOIN activity_officer AS acting ON acting.officer_id = asked.value ->> 'officerId'
       AND (acting.started_ms IS NULL OR acting.started_ms <= asked.value ->> 'toMs')
       AND (acting.ended_ms >= asked.value ->> 'fromMs'
         OR (acting.ended_ms IS NULL AND (acting.started_ms IS NULL OR acting.started_ms + ?2 >= asked.value ->> 'fromMs')))
     JOIN activity USING (activity_id) WHERE ${standing}`,
    [JSON.stringify(windows.map(windowValue)), longestOpenMs],
  );
  return rows.map(candidateOf);
}

/** The activities nearest to an instant, of whomever. */
export async function readActivitiesNear(
  query: Query,
  { lowMs, highMs }: Interval,
  limit: number,
): Promise<CandidateActivity[]> {
  const rows = await query(
    `SELECT ${columns} FROM activity WHERE started_ms BETWEEN ?1 AND ?2 AND ${standing}
     ORDER BY abs(started_ms - ?3) LIMIT ?4`,
    [Math.floor(lowMs), Math.ceil(highMs), Math.round((lowMs + highMs) / 2), limit],
  );
  return rows.map(candidateOf);
}

/** The activities with these ids, and all of these cases, that no sender took back. */
export async function readNamedActivities(
  query: Query,
  activityIds: readonly string[],
  caseIds: readonly string[],
): Promise<CandidateActivity[]> {
  if (activityIds.length === 0 && caseIds.length === 0) return [];
  const rows = await query(
    `SELECT ${columns} FROM activity WHERE ${standing} AND (activity_id IN (SELECT value FROM json_each(?))
     OR case_id IN (SELECT value FROM json_each(?)))`,
    [JSON.stringify(activityIds), JSON.stringify(caseIds)],
  );
  return rows.map(candidateOf);
}

function candidateOf(row: SqlRow): CandidateActivity {
  const { step, officerIds, timeDoubtMs } = JSON.parse(String(row.facts)) as ActivityFacts;
  return {
    activityId: String(row.activity_id),
    caseId: String(row.case_id),
    step,
    officerIds,
    startedMs: row.started_ms === null ? null : Number(row.started_ms),
    endedMs: row.ended_ms === null ? null : Number(row.ended_ms),
    timeDoubtMs,
  };
}

/** JSON has no infinity. */
function windowValue({ officerId, lowMs, highMs }: OfficerWindow): Record<string, string | number> {
  const last = Number.MAX_SAFE_INTEGER;
  return {
    officerId,
    fromMs: Math.floor(Math.max(lowMs, -last)),
    toMs: Math.ceil(Math.min(highMs, last)),
  };
}
