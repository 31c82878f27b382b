import type { ActivityFacts, CaseFacts } from '../cases/case-record.ts';
import type { IndexReader } from '../index-store/index-database.ts';
import type { LinkTarget } from './decision.ts';

/** What people know a case and its activity by. */
export interface TargetFacts {
  caseOf(target: LinkTarget): CaseFacts | null;
  activityOf(target: LinkTarget): ActivityFacts | null;
}

/** The facts of what links and suggestions name, as they stand; withdrawn ones too. */
export async function readTargetFacts(
  index: IndexReader,
  targets: readonly { caseId: string | null; activityId: string | null }[],
): Promise<TargetFacts> {
  const cases = await readFacts<CaseFacts>(
    index,
    'SELECT case_id AS id, facts FROM enforcement_case WHERE case_id IN (SELECT value FROM json_each(?))',
    targets.flatMap(({ caseId }) => caseId ?? []),
  );
  const activities = await readFacts<ActivityFacts>(
    index,
    'SELECT activity_id AS id, facts FROM activity WHERE activity_id IN (SELECT value FROM json_each(?))',
    targets.flatMap(({ activityId }) => activityId ?? []),
  );
  return {
    caseOf: ({ caseId }) => cases.get(caseId) ?? null,
    activityOf: ({ activityId }) => (activityId === null ? null : (activities.get(activityId) ?? null)),
  };
}

async function readFacts<Facts>(
  index: IndexReader,
  sql: string,
  ids: readonly string[],
): Promise<Map<string, Facts>> {
  if (ids.length === 0) return new Map();
  const rows = await index.read(sql, [JSON.stringify([...new Set(ids)])]);
  return new Map(rows.map((row) => [String(row.id), JSON.parse(String(row.facts)) as Facts]));
}
