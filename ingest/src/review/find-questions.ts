import { isStored } from '../clip/clip-states.ts';
import type { Judgement } from '../coverage/judgement.ts';
import type { IndexReader } from '../index-store/index-database.ts';
import type { CaseFile, FiledClip } from './case-file.ts';
import { type OpenQuestion, openQuestion } from './open-question.ts';

/** A clip in the queue counts for an activity of its officer this far before and after it. */
const nearMs = 3_600_000;

/** Everything about a case that a reviewer has to look at. */
export async function findQuestions(index: IndexReader, file: CaseFile): Promise<OpenQuestion[]> {
  return [
    ...caseQuestions(file),
    ...(await dueQuestions(index, file)),
    ...activityQuestions(file),
    ...(await exceptionQuestions(index, file)),
    ...(await queueQuestions(index, file)),
    ...file.clips.flatMap(clipQuestions),
    ...personQuestions(file),
  ];
}

function caseQuestions({ facts, isWithdrawn, activities }: CaseFile): OpenQuestion[] {
  return [
    ...(isWithdrawn ? [openQuestion('case-withdrawn')] : []),
    ...(facts.decision === null ? [openQuestion('decision-not-told')] : []),
    ...(activities.length === 0 ? [openQuestion('no-activity')] : []),
  ];
}

/** What is told of the case would change by itself in a moment. */
async function dueQuestions(index: IndexReader, file: CaseFile): Promise<OpenQuestion[]> {
  const [row] = await index.read(
    `SELECT count(*) AS due FROM reckoning_due WHERE (kind = 'case' AND id = ?)
     OR (kind = 'activity' AND id IN (SELECT value FROM json_each(?)))
     OR (kind = 'clip' AND id IN (SELECT value FROM json_each(?)))`,
    [
      file.facts.caseId,
      JSON.stringify(file.activities.map(({ activityId }) => activityId)),
      JSON.stringify(file.clips.map(({ record }) => record.clipId)),
    ],
  );
  return Number(row?.due) > 0 ? [openQuestion('reckoning-due')] : [];
}

function activityQuestions({ activities, judgements }: CaseFile): OpenQuestion[] {
  const judged = new Map(judgements.map((judgement) => [judgement.activityId, judgement]));
  return activities.flatMap(({ activityId }) => {
    const judgement = judged.get(activityId);
    return judgement === undefined
      ? [openQuestion('not-judged', { activityId })]
      : judgementQuestions(judgement);
  });
}

function judgementQuestions(judgement: Judgement): OpenQuestion[] {
  const { activityId, state, unproven } = judgement;
  const questions: OpenQuestion[] = [];
  if (unproven.includes('no-duty-list')) questions.push(openQuestion('no-duty-list', { activityId }));
  if (unproven.includes('list-is-silent')) questions.push(openQuestion('list-is-silent', { activityId }));
  if (unproven.includes('activity-without-times'))
    questions.push(openQuestion('activity-without-times', { activityId }));
  if (judgement.isWholeProcessProposed)
    questions.push(openQuestion('whole-process-undecided', { activityId }));
  if (state === 'unverifiable')
    questions.push(openQuestion('unverifiable', { activityId, detail: unproven.join(' ') || null }));
  if (judgement.isExplained) return questions;
  if (state === 'missing')
    questions.push(openQuestion(judgement.isDue ? 'missing' : 'footage-awaited', { activityId }));
  if (state === 'late') questions.push(openQuestion('late', { activityId }));
  const unexplained = judgement.gaps.filter(({ explanation }) => explanation === null).length;
  if (state === 'partial')
    questions.push(openQuestion('gap-unexplained', { activityId, detail: String(unexplained) }));
  return questions;
}

async function exceptionQuestions(index: IndexReader, file: CaseFile): Promise<OpenQuestion[]> {
  const rows = await index.read(
    `SELECT kind, activity_id FROM coverage_exception WHERE exception_id NOT IN (SELECT exception_id FROM coverage_exception_decision)
     AND (case_id = ? OR activity_id IN (SELECT value FROM json_each(?))) ORDER BY requested_at, exception_id`,
    [file.facts.caseId, JSON.stringify(file.activities.map(({ activityId }) => activityId))],
  );
  return rows.map((row) =>
    openQuestion('exception-waiting', {
      activityId: row.activity_id === null ? null : String(row.activity_id),
      detail: String(row.kind),
    }),
  );
}

/** Clips that nobody has placed yet and that may be of this case: of its officers, near its activities. */
async function queueQuestions(index: IndexReader, { facts }: CaseFile): Promise<OpenQuestion[]> {
  const rows = await index.read(
    `SELECT clip_mapping.clip_id, min(activity_id) AS activity_id, officer_id
     FROM activity JOIN activity_officer USING (activity_id) JOIN clip_mapping USING (officer_id)
     WHERE activity.case_id = ? AND activity.is_withdrawn = 0 AND clip_mapping.state = 'queued'
       AND (recorded_to_ms IS NULL OR activity.started_ms IS NULL OR recorded_to_ms >= activity.started_ms - ?)
       AND (recorded_from_ms IS NULL OR activity.ended_ms IS NULL OR recorded_from_ms <= activity.ended_ms + ?)
     GROUP BY clip_mapping.clip_id ORDER BY clip_mapping.clip_id`,
    [facts.caseId, nearMs, nearMs],
  );
  return rows.map((row) =>
    openQuestion('clip-queued', {
      clipId: String(row.clip_id),
      activityId: String(row.activity_id),
      officerId: String(row.officer_id),
    }),
  );
}

function clipQuestions({ record }: FiledClip): OpenQuestion[] {
  const { clipId, state, quarantine, receipts } = record;
  return [
    ...(quarantine === null ? [] : [openQuestion('clip-quarantined', { clipId, detail: quarantine.reason })]),
    ...(isStored(state) ? [] : [openQuestion('clip-not-stored', { clipId, detail: state })]),
    ...(isStored(state) && receipts.length === 0 ? [openQuestion('clip-without-receipt', { clipId })] : []),
  ];
}

function personQuestions({ judgements }: CaseFile): OpenQuestion[] {
  return judgements.flatMap(({ activityId, people }) =>
    people.map(({ code, officerId }) =>
      openQuestion('person-concern', { activityId, officerId, detail: code }),
    ),
  );
}
