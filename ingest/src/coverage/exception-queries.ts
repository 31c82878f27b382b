import type { SqlRow, SqlValue } from '../index-store/connection.ts';
import type { IndexReader } from '../index-store/index-database.ts';
import type {
  CoverageException,
  ExceptionClaim,
  ExceptionDecision,
  ExceptionVerdict,
} from './exception-record.ts';
import type { ExceptionKind } from './judgement.ts';

export interface ExceptionFilter {
  exceptionId?: string;
  standing?: CoverageException['standing'];
  kind?: ExceptionKind;
  activityId?: string;
  caseId?: string;
  /** Those of the case's activities too. */
  isWithActivities?: boolean;
}

const standing = `coalesce((SELECT verdict FROM coverage_exception_decision AS decided
  WHERE decided.exception_id = coverage_exception.exception_id ORDER BY sequence DESC LIMIT 1), 'requested')`;

/** Exceptions that fit, newest first; `page: null` gives all. Each with its place, to go on from. */
export async function readExceptions(
  index: IndexReader,
  filter: ExceptionFilter,
  page: { before: number | null; limit: number } | null,
): Promise<(CoverageException & { sequence: number })[]> {
  const clauses: string[] = [];
  const parameters: SqlValue[] = [];
  const add = (clause: string, value: SqlValue | undefined) => {
    if (value === undefined) return;
    clauses.push(clause);
    parameters.push(value);
  };
  add('exception_id = ?', filter.exceptionId);
  add('kind = ?', filter.kind);
  add('activity_id = ?', filter.activityId);
  add(`${standing} = ?`, filter.standing);
  add('sequence < ?', page?.before ?? undefined);
  if (filter.caseId !== undefined) {
    const ofActivities = 'activity_id IN (SELECT activity_id FROM activity WHERE case_id = ?)';
    clauses.push(filter.isWithActivities === true ? `(case_id = ? OR ${ofActivities})` : 'case_id = ?');
    parameters.push(filter.caseId, ...(filter.isWithActivities === true ? [filter.caseId] : []));
  }
  const rows = await index.read(
    `SELECT *, ${standing} AS standing, (SELECT json_group_array(json(decision)) FROM (
       SELECT json_object('verdict', verdict, 'at', at, 'by', "by", 'reason', reason) AS decision
       FROM coverage_exception_decision AS decided WHERE decided.exception_id = coverage_exception.exception_id
       ORDER BY sequence)) AS decisions
     FROM coverage_exception ${clauses.length === 0 ? '' : `WHERE ${clauses.join(' AND ')}`}
     ORDER BY sequence DESC LIMIT ?`,
    [...parameters, page?.limit ?? -1],
  );
  return rows.map(exceptionOf);
}

export async function readException(
  index: IndexReader,
  exceptionId: string,
): Promise<CoverageException | null> {
  const [found] = await readExceptions(index, { exceptionId }, { before: null, limit: 1 });
  return found ?? null;
}

function exceptionOf(row: SqlRow): CoverageException & { sequence: number } {
  return {
    sequence: Number(row.sequence),
    exceptionId: String(row.exception_id),
    kind: row.kind as ExceptionKind,
    activityId: textOrNull(row.activity_id),
    caseId: textOrNull(row.case_id),
    recorderId: textOrNull(row.recorder_id),
    from: textOrNull(row.from_at),
    to: textOrNull(row.to_at),
    reasonCode: textOrNull(row.reason_code) as ExceptionClaim['reasonCode'],
    reason: String(row.reason),
    paperRecord: textOrNull(row.paper_record),
    requestedAt: String(row.requested_at),
    requestedBy: String(row.requested_by),
    standing: row.standing as 'requested' | ExceptionVerdict,
    decisions: JSON.parse(String(row.decisions)) as ExceptionDecision[],
  };
}

function textOrNull(value: SqlRow[string] | undefined): string | null {
  return value === null || value === undefined ? null : String(value);
}
