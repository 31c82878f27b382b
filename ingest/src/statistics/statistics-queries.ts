import type { ActivityKind, CaseCategory, CaseStep } from '../cases/case-terms.ts';
import { IngestError } from '../errors.ts';
import type { SqlRow, SqlValue } from '../index-store/connection.ts';
import type { IndexReader } from '../index-store/index-database.ts';
import { groupNames } from './group-names.ts';
import { type FactTable, type Grouping, groupingColumns } from './groupings.ts';
import { type FigureUnit, type Measure, type MeasureName, measures } from './measures.ts';

/** What figures are narrowed to. */
export interface StatisticsFilter {
  category?: CaseCategory;
  step?: CaseStep;
  activityKind?: ActivityKind;
  unitId?: string;
  officerId?: string;
  recorderId?: string;
  isRandomInspection?: boolean;
}

/** One question: a measure over the days `from` to `to`, both with, by at most two groupings. */
export interface StatisticsQuestion {
  measure: MeasureName;
  by: readonly Grouping[];
  from: string;
  to: string;
  filter: StatisticsFilter;
}

export interface Figure {
  numerator: number;
  /** `null` where the measure is no share. */
  denominator: number | null;
  /** `null` where there is nothing to take a share of. */
  value: number | null;
  parts: Record<string, number>;
}

/** `key`: `null` where what is counted has none; `several` where a clip belongs to more than one. */
export interface GroupKey {
  by: Grouping;
  key: string | null;
  /** Name of the unit or officer, serial number of the recorder; `null` for other keys, and where it is not known. */
  name: string | null;
}

export interface StatisticsAnswer {
  measure: MeasureName;
  unit: FigureUnit;
  from: string;
  to: string;
  by: Grouping[];
  /** Everything of the period once, whatever the groups. */
  total: Figure;
  groups: (Figure & { keys: GroupKey[] })[];
}

/** More groups than anybody reads, and as many as an answer may take. */
export const mostGroups = 10_000;

/**
 * Answers a question from the facts of its period. Throws IngestError STATISTICS_UNANSWERABLE where the measure cannot be
 * asked so, or the answer has too many groups.
 */
export async function askStatistics(
  index: IndexReader,
  question: StatisticsQuestion,
): Promise<StatisticsAnswer> {
  const measure: Measure = measures[question.measure];
  const columns = question.by.map((grouping) => columnOf(measure.facts, grouping));
  const [totals] = await rowsOf(index, measure, question, []);
  const rows = columns.length === 0 ? [] : await rowsOf(index, measure, question, columns);
  if (rows.length > mostGroups) {
    throw new IngestError('STATISTICS_UNANSWERABLE', `more than ${mostGroups} groups: ask a shorter period`);
  }
  const groups = rows.map((row) => ({
    keys: question.by.map((by, position) => ({ by, key: textOrNull(row[`key${position}`]), name: null })),
    ...figureOf(measure, row),
  }));
  const { measure: name, from, to, by } = question;
  return {
    measure: name,
    unit: measure.unit,
    from,
    to,
    by: [...by],
    total: figureOf(measure, totals ?? {}),
    groups: await withNames(index, groups),
  };
}

/** The SQL of a question, and what it binds. */
export function statementOf(
  measure: Measure,
  { from, to, filter }: Pick<StatisticsQuestion, 'from' | 'to' | 'filter'>,
  columns: readonly string[],
): { sql: string; parameters: SqlValue[] } {
  const { clauses, parameters } = conditions(measure.facts, filter);
  const keys = columns.map((column, position) => `${column} AS key${position}`);
  const parts = Object.entries(measure.parts).map(([name, sql]) => `${sql} AS "part ${name}"`);
  const figures = [`${measure.numerator} AS numerator`, `${measure.denominator ?? 'NULL'} AS denominator`];
  const marks = columns.map((_, position) => position + 1).join(', ');
  const grouped = columns.length === 0 ? '' : ` GROUP BY ${marks} ORDER BY ${marks} LIMIT ${mostGroups + 1}`;
  return {
    sql: `SELECT ${[...keys, ...figures, ...parts].join(', ')} FROM ${measure.facts} AS fact${partiesIn(columns)}
     WHERE ${['fact.day BETWEEN ? AND ?', ...clauses].join(' AND ')}${grouped}`,
    parameters: [from, to, ...parameters],
  };
}

function rowsOf(
  index: IndexReader,
  measure: Measure,
  question: StatisticsQuestion,
  columns: readonly string[],
): Promise<SqlRow[]> {
  const { sql, parameters } = statementOf(measure, question, columns);
  return index.read(sql, parameters);
}

function columnOf(facts: FactTable, grouping: Grouping): string {
  const column = groupingColumns[facts][grouping];
  if (column === undefined) {
    throw new IngestError('STATISTICS_UNANSWERABLE', `this figure cannot be asked by ${grouping}`);
  }
  return column;
}

/** Officers and recorders of an activity are rows beside it. */
function partiesIn(columns: readonly string[]): string {
  return (['officer', 'recorder'] as const)
    .filter((role) => columns.includes(`${role}_party.party_id`))
    .map(
      (role) => ` LEFT JOIN activity_fact_party AS ${role}_party ON ${role}_party.day = fact.day
       AND ${role}_party.activity_id = fact.activity_id AND ${role}_party.role = '${role}'`,
    )
    .join('');
}

function conditions(
  facts: FactTable,
  filter: StatisticsFilter,
): { clauses: string[]; parameters: SqlValue[] } {
  const clauses: string[] = [];
  const parameters: SqlValue[] = [];
  const add = (grouping: Grouping, value: SqlValue | undefined) => {
    if (value === undefined) return;
    clauses.push(conditionOn(facts, grouping));
    parameters.push(value);
  };
  add('category', filter.category);
  add('step', filter.step);
  add('activity-kind', filter.activityKind);
  add('unit', filter.unitId);
  add('officer', filter.officerId);
  add('recorder', filter.recorderId);
  if (filter.isRandomInspection !== undefined) {
    add('random-inspection', filter.isRandomInspection ? 'yes' : 'no');
  }
  return { clauses, parameters };
}

function conditionOn(facts: FactTable, grouping: Grouping): string {
  const column = columnOf(facts, grouping);
  if (!column.includes('_party.')) return `${column} = ?`;
  return `EXISTS (SELECT 1 FROM activity_fact_party AS party WHERE party.day = fact.day
    AND party.activity_id = fact.activity_id AND party.role = '${grouping}' AND party.party_id = ?)`;
}

function figureOf(measure: Measure, row: SqlRow): Figure {
  const numerator = Number(row.numerator ?? 0);
  const denominator = measure.denominator === null ? null : Number(row.denominator ?? 0);
  const parts = Object.keys(measure.parts).map((name) => [name, Number(row[`part ${name}`] ?? 0)]);
  return {
    numerator,
    denominator,
    value: denominator === null ? numerator : denominator === 0 ? null : numerator / denominator,
    parts: Object.fromEntries(parts) as Record<string, number>,
  };
}

async function withNames(
  index: IndexReader,
  groups: StatisticsAnswer['groups'],
): Promise<StatisticsAnswer['groups']> {
  const names = await groupNames(
    index,
    groups.flatMap(({ keys }) => keys),
  );
  return groups.map(({ keys, ...figure }) => ({
    keys: keys.map((one) => ({ ...one, name: names.get(`${one.by} ${one.key}`) ?? null })),
    ...figure,
  }));
}

function textOrNull(value: SqlRow[string] | undefined): string | null {
  return value === null || value === undefined ? null : String(value);
}
