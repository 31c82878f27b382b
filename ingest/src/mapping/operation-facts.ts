import type { CaseStep } from '../cases/case-terms.ts';
import type { ClipFacts, Query } from './clip-facts.ts';

/** The operation in which a live clip began: its recorder took part then. */
export interface OperationOfClip {
  operationId: string;
  caseId: string | null;
  activityId: string | null;
  step: CaseStep | null;
  /** No case system has taken the case or activity back. */
  isKnown: boolean;
  /** Who wore the recorder, by the word of who opened the operation. */
  officerId: string | null;
}

/** By clip: each began in one part at most. */
export async function readOperationsOfClips(
  query: Query,
  clips: readonly ClipFacts[],
): Promise<Map<string, OperationOfClip>> {
  const live = clips.filter(({ isLive }) => isLive).map(({ clipId }) => clipId);
  if (live.length === 0) return new Map();
  const rows = await query(
    `SELECT began.clip_id, operation.operation_id, operation.activity_id, operation.step, part.officer_id,
       coalesce(activity.case_id, operation.case_id) AS case_id,
       CASE WHEN operation.activity_id IS NULL THEN enforcement_case.case_id IS NOT NULL
         ELSE activity.activity_id IS NOT NULL END AS is_known
     FROM json_each(?) AS wanted CROSS JOIN operation_clip AS began ON began.clip_id = wanted.value
     JOIN operation_recorder AS part USING (operation_id, recorder_id, joined_at)
     JOIN operation USING (operation_id)
     LEFT JOIN activity ON activity.activity_id = operation.activity_id AND NOT activity.is_withdrawn
     LEFT JOIN enforcement_case ON enforcement_case.case_id = operation.case_id AND NOT enforcement_case.is_withdrawn`,
    [JSON.stringify(live)],
  );
  return new Map(
    rows.map((row) => [
      String(row.clip_id),
      {
        operationId: String(row.operation_id),
        caseId: row.case_id === null ? null : String(row.case_id),
        activityId: row.activity_id === null ? null : String(row.activity_id),
        step: row.step as CaseStep | null,
        isKnown: row.is_known === 1,
        officerId: row.officer_id === null ? null : String(row.officer_id),
      },
    ]),
  );
}
