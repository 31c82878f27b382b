import type { ActivityFacts, CaseFacts, OfficerFacts } from '../cases/case-record.ts';
import type { IndexReader } from '../index-store/index-database.ts';
import type { BearingException } from './approved-exceptions.ts';
import type { ApprovedException, ExceptionKind } from './judgement.ts';

/** An activity to be judged with its case; `null` where no system has told of the case yet. */
export interface ToldActivity {
  activity: ActivityFacts;
  ofCase: CaseFacts | null;
  /** The sender has taken the activity or its case back. */
  isWithdrawn: boolean;
}

export async function readActivities(
  index: IndexReader,
  activityIds: readonly string[],
): Promise<ToldActivity[]> {
  const rows = await index.read(
    `SELECT activity.facts, activity.is_withdrawn OR coalesce(enforcement_case.is_withdrawn, 0) AS is_withdrawn,
     enforcement_case.facts AS case_facts
     FROM json_each(?) AS wanted CROSS JOIN activity ON activity.activity_id = wanted.value
     LEFT JOIN enforcement_case ON enforcement_case.case_id = activity.case_id`,
    [JSON.stringify(activityIds)],
  );
  return rows.map((row) => ({
    activity: JSON.parse(String(row.facts)) as ActivityFacts,
    ofCase: row.case_facts === null ? null : (JSON.parse(String(row.case_facts)) as CaseFacts),
    isWithdrawn: row.is_withdrawn === 1,
  }));
}

/** Officers that stand told of, by id. */
export async function readOfficers(
  index: IndexReader,
  officerIds: Iterable<string>,
): Promise<Map<string, OfficerFacts>> {
  const rows = await index.read(
    `SELECT officer.facts FROM json_each(?) AS wanted CROSS JOIN officer ON officer.officer_id = wanted.value
     WHERE NOT officer.is_withdrawn`,
    [JSON.stringify([...new Set(officerIds)])],
  );
  const officers = rows.map((row) => JSON.parse(String(row.facts)) as OfficerFacts);
  return new Map(officers.map((officer) => [officer.officerId, officer]));
}

const approvedColumns = `exception_id, kind, reason_code, from_at, to_at, activity_id, case_id, approval.by AS approved_by, approval.at AS approved_at`;
const stillApproved = `JOIN coverage_exception_decision AS approval USING (exception_id)
  WHERE approval.verdict = 'approved' AND NOT EXISTS (SELECT 1 FROM coverage_exception_decision AS later
    WHERE later.exception_id = approval.exception_id AND later.verdict = 'withdrawn')`;

/** What stands approved and bears on each activity, by itself or by its case; oldest first. */
export async function readApprovedExceptions(
  index: IndexReader,
  told: readonly ToldActivity[],
): Promise<Map<string, BearingException[]>> {
  const activityIds = JSON.stringify(told.map(({ activity }) => activity.activityId));
  const caseIds = JSON.stringify([...new Set(told.map(({ activity }) => activity.caseId))]);
  const rows = await index.read(
    `SELECT ${approvedColumns} FROM json_each(?1) AS wanted
       CROSS JOIN coverage_exception ON activity_id = wanted.value ${stillApproved}
     UNION ALL SELECT ${approvedColumns} FROM json_each(?2) AS wanted
       CROSS JOIN coverage_exception ON case_id = wanted.value ${stillApproved}
     ORDER BY exception_id`,
    [activityIds, caseIds],
  );
  const found = new Map<string, BearingException[]>();
  for (const { activity } of told) {
    const bearing = rows.filter(
      (row) => row.activity_id === activity.activityId || row.case_id === activity.caseId,
    );
    if (bearing.length === 0) continue;
    found.set(
      activity.activityId,
      bearing.map((row) => ({
        exceptionId: String(row.exception_id),
        kind: row.kind as ExceptionKind,
        reasonCode: row.reason_code as ApprovedException['reasonCode'],
        approvedBy: String(row.approved_by),
        approvedAt: String(row.approved_at),
        fromMs: typeof row.from_at === 'string' ? Date.parse(row.from_at) : null,
        toMs: typeof row.to_at === 'string' ? Date.parse(row.to_at) : null,
      })),
    );
  }
  return found;
}
