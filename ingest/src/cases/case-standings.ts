import { type CoverageState, coverageStates } from '../coverage/judgement.ts';
import type { DeadlineKind } from '../deadlines/deadline.ts';
import type { IndexReader } from '../index-store/index-database.ts';

/** How a case stands, as far as one line of a list tells it. */
export interface CaseStanding {
  coverage: {
    activities: number;
    /** Received, and not judged yet. */
    unjudged: number;
    counts: Record<CoverageState, number>;
  };
  /** The first deadline that is not met, passed or not; `null`: none is running. */
  nextDeadline: { kind: DeadlineKind; dueAt: string } | null;
  /** The newest act of legal review. */
  review: 'none' | 'submitted' | 'passed' | 'failed' | 'returned';
}

/** How many cases stand, in three queries whatever their number; one of which nothing is known stands at nothing. */
export async function readCaseStandings(
  index: IndexReader,
  caseIds: readonly string[],
): Promise<Map<string, CaseStanding>> {
  const asked = [JSON.stringify(caseIds)];
  const among = 'case_id IN (SELECT value FROM json_each(?))';
  const [activities, deadlines, reviews] = await Promise.all([
    index.read(
      `SELECT activity.case_id, judgement.state, count(*) AS activities FROM activity LEFT JOIN judgement USING (activity_id)
       WHERE activity.${among} AND activity.is_withdrawn = 0 GROUP BY activity.case_id, judgement.state`,
      asked,
    ),
    // With min() the other columns are of the row that has it.
    index.read(
      `SELECT case_id, kind, min(due_at) AS due_at FROM deadline WHERE ${among} AND met_at IS NULL GROUP BY case_id`,
      asked,
    ),
    index.read(`SELECT case_id, act FROM standing_review WHERE ${among}`, asked),
  ]);
  const standings = new Map(caseIds.map((caseId) => [caseId, nothingKnown()]));
  const standingOf = (caseId: unknown) => standings.get(String(caseId)) ?? nothingKnown();
  for (const row of activities) {
    const { coverage } = standingOf(row.case_id);
    const count = Number(row.activities);
    coverage.activities += count;
    if (row.state === null) coverage.unjudged += count;
    else coverage.counts[row.state as CoverageState] = count;
  }
  for (const row of deadlines) {
    standingOf(row.case_id).nextDeadline = { kind: row.kind as DeadlineKind, dueAt: String(row.due_at) };
  }
  for (const row of reviews) standingOf(row.case_id).review = row.act as CaseStanding['review'];
  return standings;
}

function nothingKnown(): CaseStanding {
  return {
    coverage: {
      activities: 0,
      unjudged: 0,
      counts: Object.fromEntries(coverageStates.map((state) => [state, 0])) as Record<CoverageState, number>,
    },
    nextDeadline: null,
    review: 'none',
  };
}
