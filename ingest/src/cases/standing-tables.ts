import type { SqlValue } from '../index-store/connection.ts';
import type { Transaction } from '../index-store/index-database.ts';
import type { ActivityFacts, CaseFacts, FactsKind, OfficerFacts, UnitFacts } from './case-record.ts';
import type { Standing } from './standing.ts';

/** What stands of one entity, to be put in its table. `facts`: canonical JSON. */
export interface StandingRow extends Standing {
  entityId: string;
  facts: string;
}

interface StandingTable {
  name: string;
  key: string;
  columns(facts: never): Record<string, SqlValue>;
}

/** The table of each kind, and the columns in which its facts are searched. */
const tables: Record<FactsKind, StandingTable> = {
  unit: {
    name: 'unit',
    key: 'unit_id',
    columns: ({ departmentId }: UnitFacts) => ({ department_id: departmentId }),
  },
  officer: {
    name: 'officer',
    key: 'officer_id',
    columns: ({ unitId, certificateNumber, officerNumber }: OfficerFacts) => ({
      unit_id: unitId,
      certificate_number: certificateNumber,
      officer_number: officerNumber,
    }),
  },
  case: {
    name: 'enforcement_case',
    key: 'case_id',
    columns: (facts: CaseFacts) => ({
      case_number: facts.number,
      name: facts.name,
      department_id: facts.departmentId,
      unit_id: facts.unitId,
      category: facts.category,
      opened_on: facts.openedOn,
      closed_on: facts.closedOn,
      decided_on: facts.decision?.decidedOn ?? null,
    }),
  },
  activity: {
    name: 'activity',
    key: 'activity_id',
    columns: (facts: ActivityFacts) => ({
      case_id: facts.caseId,
      kind: facts.kind,
      step: facts.step,
      started_ms: milliseconds(facts.startedAt),
      ended_ms: milliseconds(facts.endedAt),
    }),
  },
};

/** What stands in the table of a kind, by entity id. */
export async function readStanding(
  transaction: Transaction,
  kind: FactsKind,
  entityIds: readonly string[],
): Promise<Map<string, StandingRow>> {
  const { name, key } = tables[kind];
  const rows = await transaction.all(
    `SELECT ${key} AS id, facts, received, is_withdrawn FROM ${name} WHERE ${key} IN (SELECT value FROM json_each(?))`,
    [JSON.stringify(entityIds)],
  );
  return new Map(
    rows.map((row) => {
      const entityId = String(row.id);
      const standing = {
        entityId,
        facts: String(row.facts),
        received: Number(row.received),
        isWithdrawn: row.is_withdrawn === 1,
      };
      return [entityId, standing];
    }),
  );
}

/** Puts what stands now in the table of its kind, with one statement for all rows. */
export async function writeStanding(
  transaction: Transaction,
  kind: FactsKind,
  standings: readonly StandingRow[],
): Promise<void> {
  const { name, key, columns } = tables[kind];
  const rows = standings.map(({ entityId, facts, received, isWithdrawn }) => ({
    [key]: entityId,
    ...columns(JSON.parse(facts) as never),
    facts,
    received,
    is_withdrawn: Number(isWithdrawn),
  }));
  const [first] = rows;
  if (first === undefined) return;
  const names = Object.keys(first);
  await transaction.run(
    `INSERT INTO ${name} (${names.join(', ')})
     SELECT ${names.map((column) => `value ->> '$.${column}'`).join(', ')} FROM json_each(?) WHERE TRUE
     ON CONFLICT (${key}) DO UPDATE SET ${names
       .slice(1)
       .map((column) => `${column} = excluded.${column}`)
       .join(', ')}`,
    [JSON.stringify(rows)],
  );
  if (kind === 'activity') await writeActing(transaction, standings);
}

/** Who acts in which activity; nobody in one that was withdrawn. */
async function writeActing(transaction: Transaction, standings: readonly StandingRow[]): Promise<void> {
  await transaction.run(
    'DELETE FROM activity_officer WHERE activity_id IN (SELECT value FROM json_each(?))',
    [JSON.stringify(standings.map(({ entityId }) => entityId))],
  );
  const acting = standings.flatMap(({ facts, isWithdrawn }) => {
    const { activityId, officerIds, startedAt, endedAt } = JSON.parse(facts) as ActivityFacts;
    const times = [milliseconds(startedAt), milliseconds(endedAt)];
    return isWithdrawn ? [] : [...new Set(officerIds)].map((officerId) => [activityId, officerId, ...times]);
  });
  await transaction.run(
    `INSERT INTO activity_officer (activity_id, officer_id, started_ms, ended_ms)
     SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(?)`,
    [JSON.stringify(acting)],
  );
}

function milliseconds(instant: string | null): number | null {
  return instant === null ? null : Date.parse(instant);
}
