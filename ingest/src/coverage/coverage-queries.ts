import type { ActivityFacts } from '../cases/case-record.ts';
import { caseSteps } from '../cases/case-terms.ts';
import type { SqlRow, SqlValue } from '../index-store/connection.ts';
import type { IndexReader } from '../index-store/index-database.ts';
import type { ActivityCoverage, CaseCoverage, CoverageLine, JudgementEntry } from './coverage-view.ts';
import { readExceptions } from './exception-queries.ts';
import type { CoverageException } from './exception-record.ts';
import { type CoverageState, readJudgement } from './judgement.ts';
import { rollUp } from './roll-up.ts';

const mostLooseClips = 1000;

/** Coverage of a case: its activities by step, each as it stands judged. `null` where no system has told of the case. */
export async function readCaseCoverage(index: IndexReader, caseId: string): Promise<CaseCoverage | null> {
  const [known] = await index.read('SELECT 1 FROM enforcement_case WHERE case_id = ?', [caseId]);
  if (known === undefined) return null;
  const [rows, exceptions, loose] = await Promise.all([
    index.read(
      `SELECT activity.facts, judgement.judgement, judgement_entry.at FROM activity
       LEFT JOIN judgement USING (activity_id) LEFT JOIN judgement_entry ON judgement_entry.sequence = judgement.sequence
       WHERE activity.case_id = ? AND NOT activity.is_withdrawn ORDER BY activity.started_ms, activity.activity_id`,
      [caseId],
    ),
    readExceptions(index, { caseId, isWithActivities: true }, null),
    index.read(
      `SELECT DISTINCT clip_id FROM clip_link AS link WHERE case_id = ?1 AND activity_id IS NULL AND NOT EXISTS (
         SELECT 1 FROM clip_link AS other WHERE other.clip_id = link.clip_id AND other.case_id = ?1
         AND other.activity_id IS NOT NULL) ORDER BY clip_id LIMIT ${mostLooseClips}`,
      [caseId],
    ),
  ]);
  const lanes = rows.map((row) => laneOf(row, exceptions));
  const steps = caseSteps.flatMap((step) => {
    const activities = lanes.filter((lane) => lane.step === step);
    return activities.length === 0 ? [] : [{ step, rollUp: rollUpOf(activities), activities }];
  });
  const looseClipIds = loose.map((row) => String(row.clip_id));
  return { caseId, rollUp: rollUpOf(lanes), steps, looseClipIds };
}

function rollUpOf(lanes: readonly ActivityCoverage[]) {
  return rollUp(lanes.map(({ judgement }) => judgement));
}

function laneOf(row: SqlRow, exceptions: readonly CoverageException[]): ActivityCoverage {
  const facts = JSON.parse(String(row.facts)) as ActivityFacts;
  const { activityId, kind, step, place, officerIds, isRandomInspection, startedAt, endedAt, timeDoubtMs } =
    facts;
  return {
    ...{ activityId, kind, step, place, officerIds, isRandomInspection, startedAt, endedAt, timeDoubtMs },
    judgedAt: row.at === null ? null : String(row.at),
    judgement: row.judgement === null ? null : readJudgement(row.judgement),
    exceptions: exceptions.filter((one) => one.activityId === activityId || one.caseId !== null),
  };
}

/** Every word on an activity, newest first, before the given place. */
export async function readJudgementHistory(
  index: IndexReader,
  activityId: string,
  { before, limit }: { before: number | null; limit: number },
): Promise<{ judgements: JudgementEntry[]; next: number | null }> {
  const rows = await index.read(
    `SELECT sequence, at, judgement FROM judgement_entry WHERE activity_id = ? AND sequence < ?
     ORDER BY sequence DESC LIMIT ?`,
    [activityId, before ?? Number.MAX_SAFE_INTEGER, limit + 1],
  );
  const judgements = rows.slice(0, limit).map((row) => ({
    sequence: Number(row.sequence),
    at: String(row.at),
    judgement: row.judgement === null ? null : readJudgement(row.judgement),
  }));
  return { judgements, next: rows.length > limit ? (judgements.at(-1)?.sequence ?? null) : null };
}

export interface CoverageFilter {
  state?: CoverageState;
  unitId?: string;
  /** Began at or after, and before; Unix milliseconds. Activities without times are at 1970-01-01. */
  fromMs?: number;
  toMs?: number;
}

/** Where a page of judged activities ends. */
export interface CoveragePlace {
  startedMs: number;
  activityId: string;
}

/** Judged activities that fit, the latest first, after the given place. */
export async function listJudged(
  index: IndexReader,
  filter: CoverageFilter,
  page: { after: CoveragePlace | null; limit: number },
): Promise<{ activities: CoverageLine[]; next: CoveragePlace | null }> {
  const began = 'coalesce(judgement.started_ms, 0)';
  const clauses: string[] = [];
  const parameters: SqlValue[] = [];
  const add = (clause: string, ...values: (SqlValue | undefined)[]) => {
    const known = values.filter((value) => value !== undefined);
    if (known.length < values.length) return;
    clauses.push(clause);
    parameters.push(...known);
  };
  add('judgement.state = ?', filter.state);
  add('enforcement_case.unit_id = ?', filter.unitId);
  add(`${began} >= ?`, filter.fromMs);
  add(`${began} < ?`, filter.toMs);
  add(`(${began}, judgement.activity_id) < (?, ?)`, page.after?.startedMs, page.after?.activityId);
  const rows = await index.read(
    `SELECT judgement.judgement, ${began} AS began, judgement_entry.at, case_number, name, unit_id FROM judgement
     JOIN judgement_entry ON judgement_entry.sequence = judgement.sequence
     LEFT JOIN enforcement_case ON enforcement_case.case_id = judgement.case_id
     ${clauses.length === 0 ? '' : `WHERE ${clauses.join(' AND ')}`}
     ORDER BY ${began} DESC, judgement.activity_id DESC LIMIT ?`,
    [...parameters, page.limit + 1],
  );
  const shown = rows.slice(0, page.limit);
  const last = rows.length > page.limit ? shown.at(-1) : undefined;
  const activities = shown.map(judgedOf);
  const activityId = activities.at(-1)?.activityId;
  const next =
    last === undefined || activityId === undefined ? null : { startedMs: Number(last.began), activityId };
  return { activities, next };
}

function judgedOf(row: SqlRow): CoverageLine {
  const judgement = readJudgement(row.judgement);
  const { activityId, caseId, kind, step, state, coveredMs, gapMs, isDue, isExplained, uploadDueAt } =
    judgement;
  return {
    ...{ activityId, caseId, kind, step, state, coveredMs, gapMs, isDue, isExplained, uploadDueAt },
    caseNumber: textOrNull(row.case_number),
    caseName: textOrNull(row.name),
    unitId: textOrNull(row.unit_id),
    startedAt: instant(judgement.startedMs),
    endedAt: instant(judgement.endedMs),
    judgedAt: String(row.at),
  };
}

function instant(milliseconds: number | null): string | null {
  return milliseconds === null ? null : new Date(milliseconds).toISOString();
}

function textOrNull(value: SqlRow[string] | undefined): string | null {
  return value === null || value === undefined ? null : String(value);
}
