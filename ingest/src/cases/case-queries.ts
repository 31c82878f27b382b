import type { CoverageState } from '../coverage/judgement.ts';
import type { SqlRow, SqlValue } from '../index-store/connection.ts';
import type { IndexReader } from '../index-store/index-database.ts';
import { unifyCaseNumber } from './case-number.ts';
import type { ActivityFacts, CaseFacts, FactsKind, OfficerFacts, UnitFacts } from './case-record.ts';
import type { CaseCategory } from './case-terms.ts';
import { likePattern } from './search-text.ts';

/** Facts as they stand, and whose word they are. */
export interface Known<Facts> {
  facts: Facts;
  /** The sender has taken it back; what it said last is still here. */
  isWithdrawn: boolean;
  sender: string;
  revision: string | null;
  /** When these facts came, RFC 3339 UTC. */
  receivedAt: string;
}

export type KnownUnit = Known<UnitFacts>;
export type KnownOfficer = Known<OfficerFacts>;
export type KnownCase = Known<CaseFacts>;
export type KnownActivity = Known<ActivityFacts>;

export interface CaseFilter {
  /** Part of the number or the name. */
  text?: string;
  departmentId?: string;
  unitId?: string;
  category?: CaseCategory;
  /** Cases with an activity in this state. */
  coverage?: CoverageState;
  /** First and last day of opening, both included. */
  openedFrom?: string;
  openedTo?: string;
  /** Left out: also what was withdrawn. */
  isWithdrawn?: boolean;
}

/** Where a page begins: after this case. */
export interface CasePosition {
  openedOn: string;
  caseId: string;
}

export interface CaseListing {
  cases: KnownCase[];
  /** Cases that fit the filter, on all pages. */
  total: number;
  /** Pass as `after` for the next page; `null` on the last. */
  next: CasePosition | null;
}

export interface OfficerFilter {
  /** Part of the name, the certificate number or the officer number. */
  text?: string;
  unitId?: string;
  isWithdrawn?: boolean;
}

export interface OfficerListing {
  officers: KnownOfficer[];
  total: number;
  /** The officer id to pass as `after` for the next page; `null` on the last. */
  next: string | null;
}

const known = (table: string) =>
  `SELECT ${table}.facts, ${table}.is_withdrawn, received_facts.sender, received_facts.revision, received_facts.received_at
   FROM ${table} JOIN received_facts ON received_facts.sequence = ${table}.received`;

/** One case, withdrawn or not; `null` where none of that id has come. */
export async function readCase(database: IndexReader, caseId: string): Promise<KnownCase | null> {
  const [row] = await database.read(`${known('enforcement_case')} WHERE case_id = ?`, [caseId]);
  return row === undefined ? null : toKnown(row);
}

/** Cases by id; what has not come is missing from the map. */
export async function readCases(
  database: IndexReader,
  caseIds: readonly string[],
): Promise<Map<string, KnownCase>> {
  const rows = await database.read(
    `${known('enforcement_case')} WHERE case_id IN (SELECT value FROM json_each(?))`,
    [JSON.stringify(caseIds)],
  );
  return new Map(rows.map(toKnown<CaseFacts>).map((found) => [found.facts.caseId, found]));
}

/** Cases that fit the filter, last opened first. */
export async function listCases(
  database: IndexReader,
  filter: CaseFilter,
  page: { after: CasePosition | null; limit: number },
): Promise<CaseListing> {
  const { where, parameters } = caseConditions(filter);
  const [count] = await database.read(
    `SELECT count(*) AS total FROM enforcement_case WHERE ${where}`,
    parameters,
  );
  const { after, limit } = page;
  const paged = after === null ? where : `${where} AND (opened_on, case_id) < (?, ?)`;
  const rows = await database.read(
    `${known('enforcement_case')} WHERE ${paged} ORDER BY opened_on DESC, case_id DESC LIMIT ?`,
    [...parameters, ...(after === null ? [] : [after.openedOn, after.caseId]), limit + 1],
  );
  const cases = rows.slice(0, limit).map(toKnown<CaseFacts>);
  const last = cases.at(-1)?.facts;
  const next =
    rows.length > limit && last !== undefined ? { openedOn: last.openedOn, caseId: last.caseId } : null;
  return { cases, total: Number(count?.total), next };
}

/** The activities of a case in the order in which they began; those of unknown beginning last. */
export async function readActivities(
  database: IndexReader,
  caseId: string,
  { withWithdrawn = false }: { withWithdrawn?: boolean } = {},
): Promise<KnownActivity[]> {
  const rows = await database.read(
    `${known('activity')} WHERE case_id = ? ${withWithdrawn ? '' : 'AND activity.is_withdrawn = 0'}
     ORDER BY started_ms NULLS LAST, activity_id`,
    [caseId],
  );
  return rows.map(toKnown<ActivityFacts>);
}

/** One activity, withdrawn or not; `null` where none of that id has come. */
export async function readActivity(database: IndexReader, activityId: string): Promise<KnownActivity | null> {
  const [row] = await database.read(`${known('activity')} WHERE activity_id = ?`, [activityId]);
  return row === undefined ? null : toKnown(row);
}

/** One officer, withdrawn or not; `null` where none of that id has come. */
export async function readOfficer(database: IndexReader, officerId: string): Promise<KnownOfficer | null> {
  return (await readOfficers(database, [officerId])).get(officerId) ?? null;
}

/** Officers by id; who has not come is missing from the map. */
export async function readOfficers(
  database: IndexReader,
  officerIds: readonly string[],
): Promise<Map<string, KnownOfficer>> {
  const rows = await database.read(
    `${known('officer')} WHERE officer_id IN (SELECT value FROM json_each(?))`,
    [JSON.stringify(officerIds)],
  );
  return new Map(rows.map(toKnown<OfficerFacts>).map((found) => [found.facts.officerId, found]));
}

/** Officers that fit the filter, by id. */
export async function listOfficers(
  database: IndexReader,
  filter: OfficerFilter,
  page: { after: string | null; limit: number },
): Promise<OfficerListing> {
  const { where, parameters } = officerConditions(filter);
  const [count] = await database.read(`SELECT count(*) AS total FROM officer WHERE ${where}`, parameters);
  const rows = await database.read(
    `${known('officer')} WHERE ${where} AND officer_id > ? ORDER BY officer_id LIMIT ?`,
    [...parameters, page.after ?? '', page.limit + 1],
  );
  const officers = rows.slice(0, page.limit).map(toKnown<OfficerFacts>);
  const next = rows.length > page.limit ? (officers.at(-1)?.facts.officerId ?? null) : null;
  return { officers, total: Number(count?.total), next };
}

/** Every unit that is not withdrawn, by id. */
export async function listUnits(database: IndexReader): Promise<KnownUnit[]> {
  const rows = await database.read(`${known('unit')} WHERE unit.is_withdrawn = 0 ORDER BY unit_id`);
  return rows.map(toKnown<UnitFacts>);
}

/** One unit, withdrawn or not; `null` where none of that id has come. */
export async function readUnit(database: IndexReader, unitId: string): Promise<KnownUnit | null> {
  const [row] = await database.read(`${known('unit')} WHERE unit_id = ?`, [unitId]);
  return row === undefined ? null : toKnown(row);
}

const idColumns: Record<FactsKind, string> = {
  unit: 'unit_id AS id FROM unit',
  officer: 'officer_id AS id FROM officer',
  case: 'case_id AS id FROM enforcement_case',
  activity: 'activity_id AS id FROM activity',
};

/** Which of these ids have come. */
export async function readKnownIds(
  database: IndexReader,
  kind: FactsKind,
  ids: readonly string[],
): Promise<Set<string>> {
  const rows = await database.read(`SELECT ${idColumns[kind]} WHERE id IN (SELECT value FROM json_each(?))`, [
    JSON.stringify(ids),
  ]);
  return new Set(rows.map((row) => String(row.id)));
}

/** One word of a case system on one entity, as it was taken. */
export interface ReceivedFacts {
  sequence: number;
  kind: FactsKind;
  entityId: string;
  sender: string;
  revision: string | null;
  receivedAt: string;
  receivedFrom: string;
  /** `stale`: older than what stood when it came; changed nothing. */
  outcome: 'applied' | 'stale';
  isWithdrawn: boolean;
  /** `null`: taken back without being told again. */
  facts: UnitFacts | OfficerFacts | CaseFacts | ActivityFacts | null;
}

const longestHistory = 1_000;

/** Every word ever received on one entity, newest first, at most a thousand. */
export async function readFactsHistory(
  database: IndexReader,
  kind: FactsKind,
  entityId: string,
): Promise<ReceivedFacts[]> {
  const rows = await database.read(
    'SELECT * FROM received_facts WHERE kind = ? AND entity_id = ? ORDER BY sequence DESC LIMIT ?',
    [kind, entityId, longestHistory],
  );
  return rows.map((row) => ({
    sequence: Number(row.sequence),
    kind,
    entityId,
    sender: String(row.sender),
    revision: row.revision === null ? null : String(row.revision),
    receivedAt: String(row.received_at),
    receivedFrom: String(row.received_from),
    outcome: row.outcome as ReceivedFacts['outcome'],
    isWithdrawn: row.is_withdrawn === 1,
    facts: row.facts === null ? null : (JSON.parse(String(row.facts)) as ReceivedFacts['facts']),
  }));
}

interface Conditions {
  where: string;
  parameters: SqlValue[];
}

function caseConditions(filter: CaseFilter): Conditions {
  const conditions = new ConditionList();
  conditions.add('enforcement_case.department_id = ?', filter.departmentId);
  conditions.add('enforcement_case.unit_id = ?', filter.unitId);
  conditions.add('enforcement_case.category = ?', filter.category);
  conditions.add(
    `EXISTS (SELECT 1 FROM judgement WHERE judgement.case_id = enforcement_case.case_id AND judgement.state = ?)`,
    filter.coverage,
  );
  conditions.add('enforcement_case.opened_on >= ?', filter.openedFrom);
  conditions.add('enforcement_case.opened_on <= ?', filter.openedTo);
  conditions.add('enforcement_case.is_withdrawn = ?', filter.isWithdrawn);
  if (filter.text !== undefined) {
    const pattern = likePattern(filter.text);
    conditions.add(
      `(enforcement_case.case_number LIKE ? ESCAPE '!' OR enforcement_case.case_number LIKE ? ESCAPE '!'
        OR enforcement_case.name LIKE ? ESCAPE '!')`,
      likePattern(unifyCaseNumber(filter.text)),
      pattern,
      pattern,
    );
  }
  return conditions;
}

function officerConditions(filter: OfficerFilter): Conditions {
  const conditions = new ConditionList();
  conditions.add('officer.unit_id = ?', filter.unitId);
  conditions.add('officer.is_withdrawn = ?', filter.isWithdrawn);
  if (filter.text !== undefined) {
    const pattern = likePattern(filter.text);
    conditions.add(
      `(officer.facts ->> '$.name' LIKE ? ESCAPE '!' OR officer.certificate_number LIKE ? ESCAPE '!'
        OR officer.officer_number LIKE ? ESCAPE '!')`,
      pattern,
      pattern,
      pattern,
    );
  }
  return conditions;
}

/** Clauses that all must hold; one whose value is left out asks nothing. */
class ConditionList implements Conditions {
  readonly parameters: SqlValue[] = [];
  readonly #clauses: string[] = [];

  add(clause: string, ...values: (SqlValue | undefined)[]): void {
    const given = values.filter((value) => value !== undefined);
    if (given.length < values.length) return;
    this.#clauses.push(clause);
    this.parameters.push(...given);
  }

  get where(): string {
    return this.#clauses.length === 0 ? 'TRUE' : this.#clauses.join(' AND ');
  }
}

function toKnown<Facts>(row: SqlRow): Known<Facts> {
  return {
    facts: JSON.parse(String(row.facts)) as Facts,
    isWithdrawn: row.is_withdrawn === 1,
    sender: String(row.sender),
    revision: row.revision === null ? null : String(row.revision),
    receivedAt: String(row.received_at),
  };
}
