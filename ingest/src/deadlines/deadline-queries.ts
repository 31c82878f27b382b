import type { ActivityKind } from '../cases/case-terms.ts';
import type { SqlParameters, SqlRow, SqlValue } from '../index-store/connection.ts';
import type { IndexReader } from '../index-store/index-database.ts';
import {
  type Deadline,
  type DeadlineKind,
  type DeadlinePeriod,
  type DeadlineState,
  deadlineState,
} from './deadline.ts';

/** A deadline with what people call its case, as it stands at the hour of asking. */
export interface DeadlineRecord extends Deadline {
  caseNumber: string | null;
  caseName: string;
  activityKind: ActivityKind | null;
  state: DeadlineState;
}

export interface DeadlineFilter {
  state?: DeadlineState;
  kind?: DeadlineKind;
  dueBefore?: string;
  dueAfter?: string;
}

/** Where a page begins: after the deadline with this key, in order of due time. */
export type DeadlinePosition = [dueAt: string, caseId: string, kind: string, activityId: string];

export interface DeadlineListing {
  deadlines: DeadlineRecord[];
  next: DeadlinePosition | null;
}

const columns = `deadline.*, enforcement_case.case_number, enforcement_case.name AS case_name, activity.kind AS activity_kind`;
const tables = `deadline JOIN enforcement_case USING (case_id) LEFT JOIN activity ON activity.activity_id = deadline.activity_id`;

/** Deadlines that fit the filter, the first due first. */
export async function listDeadlines(
  index: IndexReader,
  filter: DeadlineFilter,
  page: { after: DeadlinePosition | null; limit: number },
  now: string,
): Promise<DeadlineListing> {
  const { where, parameters } = conditions(filter, page.after, now);
  const rows = await index.read(
    `SELECT ${columns} FROM ${tables} WHERE ${where}
     ORDER BY deadline.due_at, deadline.case_id, deadline.kind, deadline.activity_id LIMIT ?`,
    [...parameters, page.limit + 1],
  );
  const deadlines = rows.slice(0, page.limit).map((row) => recordOf(row, now));
  const last = rows.length > page.limit ? deadlines.at(-1) : undefined;
  const next: DeadlinePosition | null =
    last === undefined ? null : [last.dueAt, last.caseId, last.kind, last.activityId ?? ''];
  return { deadlines, next };
}

/** Deadlines of one case, the first due first. */
export async function readDeadlines(
  index: IndexReader,
  caseId: string,
  now: string,
): Promise<DeadlineRecord[]> {
  const rows = await index.read(
    `SELECT ${columns} FROM ${tables} WHERE deadline.case_id = ?
     ORDER BY deadline.due_at, deadline.kind, deadline.activity_id`,
    [caseId],
  );
  return rows.map((row) => recordOf(row, now));
}

/** How many deadlines not met yet end before `soon`, and how many ended in the time from `since`. */
export async function countPressing(
  index: IndexReader,
  { since, now, soon }: { since: string; now: string; soon: string },
): Promise<{ dueSoon: number; missedLately: number }> {
  const [row] = await index.read(
    `SELECT coalesce(sum(due_at > ?), 0) AS due_soon, coalesce(sum(due_at <= ? AND is_provisional = 0), 0) AS missed
     FROM deadline INDEXED BY deadline_unmet WHERE met_at IS NULL AND due_at > ? AND due_at <= ?`,
    [now, now, since, soon],
  );
  return { dueSoon: Number(row?.due_soon ?? 0), missedLately: Number(row?.missed ?? 0) };
}

/** The same words as `deadlineState`, for the index; a test holds the two together. */
const stateConditions: Record<DeadlineState, { where: string; asksNow: boolean }> = {
  met: { where: 'deadline.met_at < deadline.due_at', asksNow: false },
  provisional: {
    where: 'deadline.is_provisional = 1 AND (deadline.met_at IS NULL OR deadline.met_at >= deadline.due_at)',
    asksNow: false,
  },
  open: {
    where:
      'deadline.is_provisional = 0 AND deadline.due_at > ? AND (deadline.met_at IS NULL OR deadline.met_at >= deadline.due_at)',
    asksNow: true,
  },
  missed: {
    where:
      'deadline.is_provisional = 0 AND deadline.due_at <= ? AND (deadline.met_at IS NULL OR deadline.met_at >= deadline.due_at)',
    asksNow: true,
  },
};

function conditions(
  filter: DeadlineFilter,
  after: DeadlinePosition | null,
  now: string,
): { where: string; parameters: SqlParameters } {
  const clauses: string[] = ['TRUE'];
  const parameters: SqlValue[] = [];
  const add = (clause: string, ...values: SqlValue[]) => {
    clauses.push(clause);
    parameters.push(...values);
  };
  if (filter.state !== undefined) {
    const { where, asksNow } = stateConditions[filter.state];
    add(where, ...(asksNow ? [now] : []));
  }
  if (filter.kind !== undefined) add('deadline.kind = ?', filter.kind);
  if (filter.dueBefore !== undefined) add('deadline.due_at < ?', filter.dueBefore);
  if (filter.dueAfter !== undefined) add('deadline.due_at >= ?', filter.dueAfter);
  if (after !== null) {
    add('deadline.due_at >= ?', after[0]);
    add('(deadline.due_at, deadline.case_id, deadline.kind, deadline.activity_id) > (?, ?, ?, ?)', ...after);
  }
  return { where: clauses.join(' AND '), parameters };
}

function recordOf(row: SqlRow, now: string): DeadlineRecord {
  const deadline: Deadline = {
    kind: row.kind as DeadlineKind,
    caseId: String(row.case_id),
    activityId: row.activity_id === '' ? null : String(row.activity_id),
    runsFrom: String(row.runs_from),
    dueOn: textOrNull(row.due_on),
    dueAt: String(row.due_at),
    metAt: textOrNull(row.met_at),
    metBy: row.met_by as Deadline['metBy'],
    isProvisional: row.is_provisional === 1,
    period: JSON.parse(String(row.rule)) as DeadlinePeriod,
  };
  return {
    ...deadline,
    caseNumber: textOrNull(row.case_number),
    caseName: String(row.case_name),
    activityKind: row.activity_kind as ActivityKind | null,
    state: deadlineState(deadline, now),
  };
}

function textOrNull(value: SqlRow[string] | undefined): string | null {
  return value === null || value === undefined ? null : String(value);
}
