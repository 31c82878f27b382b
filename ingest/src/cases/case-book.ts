import { canonicalJson, type JsonValue } from '../custody/canonical-json.ts';
import type { CustodyLog } from '../custody/custody-log.ts';
import type { SqlValue } from '../index-store/connection.ts';
import type { IndexDatabase, Transaction } from '../index-store/index-database.ts';
import { markDue } from '../reckoning/due.ts';
import type { ActivityFacts, CaseFactsRecord } from './case-record.ts';

/** One typed record with the revision its sender gave it; revisions of one entity order as text. */
export interface Delivery {
  record: CaseFactsRecord;
  revision: string | null;
}

/** `stale`: an older revision than the one that stands; kept in the history only. */
export type DeliveryOutcome = 'created' | 'changed' | 'unchanged' | 'stale';

/**
 * Units, officers, cases and activities as case systems tell them. The same record again changes nothing; every other
 * word stays in the history, and what rests on it is marked to be reckoned anew.
 */
export class CaseBook {
  readonly #database: IndexDatabase;
  readonly #custody: CustodyLog;

  constructor(database: IndexDatabase, custody: CustodyLog) {
    this.#database = database;
    this.#custody = custody;
  }

  /** Takes records in the order given, in one transaction. Resolves with what came of each. */
  async receive(
    sender: string,
    deliveries: readonly Delivery[],
    receivedFrom: string,
  ): Promise<DeliveryOutcome[]> {
    return this.#database.write(async (transaction) => {
      const outcomes: DeliveryOutcome[] = [];
      for (const delivery of deliveries) {
        outcomes.push(await this.#take(transaction, sender, delivery, receivedFrom));
      }
      const changed = outcomes.filter((outcome) => outcome !== 'unchanged').length;
      if (changed > 0) {
        await this.#custody.append(transaction, {
          action: 'facts-received',
          actor: receivedFrom,
          details: { sender, records: deliveries.length, changed },
        });
      }
      return outcomes;
    });
  }

  async #take(
    transaction: Transaction,
    sender: string,
    { record, revision }: Delivery,
    receivedFrom: string,
  ): Promise<DeliveryOutcome> {
    const entityId = entityIdOf(record);
    const facts = canonicalJson(record.facts as unknown as JsonValue);
    const [standing] = await transaction.all(
      `SELECT facts, is_withdrawn, revision FROM received_facts
       WHERE kind = ? AND entity_id = ? AND outcome = 'applied' ORDER BY sequence DESC LIMIT 1`,
      [record.kind, entityId],
    );
    const isSame = standing?.facts === facts && Boolean(standing.is_withdrawn) === record.isWithdrawn;
    if (isSame) return 'unchanged';
    const isStale =
      typeof standing?.revision === 'string' && revision !== null && revision < standing.revision;
    const [next] = await transaction.all(
      'SELECT coalesce(max(sequence) + 1, 0) AS sequence FROM received_facts',
    );
    const sequence = Number(next?.sequence);
    await transaction.run(
      `INSERT INTO received_facts (sequence, kind, entity_id, sender, revision, received_at, received_from, outcome, is_withdrawn, facts)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      [
        sequence,
        record.kind,
        entityId,
        sender,
        revision,
        new Date().toISOString(),
        receivedFrom,
        isStale ? 'stale' : 'applied',
        Number(record.isWithdrawn),
        facts,
      ],
    );
    if (isStale) return 'stale';
    await apply(transaction, record, { facts, received: sequence, isWithdrawn: record.isWithdrawn });
    return standing === undefined ? 'created' : 'changed';
  }
}

interface Applied {
  facts: string;
  received: number;
  isWithdrawn: boolean;
}

export function entityIdOf(record: CaseFactsRecord): string {
  switch (record.kind) {
    case 'unit':
      return record.facts.unitId;
    case 'officer':
      return record.facts.officerId;
    case 'case':
      return record.facts.caseId;
    case 'activity':
      return record.facts.activityId;
  }
}

/** Puts a record in its table, and marks all that rests on what stood there before and stands there now. */
async function apply(transaction: Transaction, record: CaseFactsRecord, applied: Applied): Promise<void> {
  switch (record.kind) {
    case 'unit': {
      const { unitId, departmentId } = record.facts;
      await upsert(transaction, 'unit', { unit_id: unitId, department_id: departmentId }, applied);
      return markRows(
        transaction,
        'case',
        'SELECT case_id AS id FROM enforcement_case WHERE unit_id = ?',
        unitId,
      );
    }
    case 'officer': {
      const { officerId, unitId, certificateNumber, officerNumber } = record.facts;
      await upsert(
        transaction,
        'officer',
        {
          officer_id: officerId,
          unit_id: unitId,
          certificate_number: certificateNumber,
          officer_number: officerNumber,
        },
        applied,
      );
      return markOfficer(transaction, officerId);
    }
    case 'case': {
      const { facts } = record;
      await upsert(
        transaction,
        'enforcement_case',
        {
          case_id: facts.caseId,
          case_number: facts.number,
          name: facts.name,
          department_id: facts.departmentId,
          unit_id: facts.unitId,
          category: facts.category,
          opened_on: facts.openedOn,
          closed_on: facts.closedOn,
          decided_on: facts.decision?.decidedOn ?? null,
        },
        applied,
      );
      await markDue(transaction, 'case', [facts.caseId]);
      await markRows(
        transaction,
        'activity',
        'SELECT activity_id AS id FROM activity WHERE case_id = ?',
        facts.caseId,
      );
      return markRows(
        transaction,
        'clip',
        'SELECT clip_id AS id FROM clip_link WHERE case_id = ?',
        facts.caseId,
      );
    }
    case 'activity':
      return applyActivity(transaction, record.facts, applied);
  }
}

async function applyActivity(
  transaction: Transaction,
  facts: ActivityFacts,
  applied: Applied,
): Promise<void> {
  const { activityId, caseId } = facts;
  await markActivityClips(transaction, activityId);
  const startedMs = milliseconds(facts.startedAt);
  const endedMs = milliseconds(facts.endedAt);
  await upsert(
    transaction,
    'activity',
    {
      activity_id: activityId,
      case_id: caseId,
      kind: facts.kind,
      step: facts.step,
      started_ms: startedMs,
      ended_ms: endedMs,
    },
    applied,
  );
  await transaction.run('DELETE FROM activity_officer WHERE activity_id = ?', [activityId]);
  const officerIds = applied.isWithdrawn ? [] : [...new Set(facts.officerIds)];
  for (const officerId of officerIds) {
    await transaction.run(
      'INSERT INTO activity_officer (activity_id, officer_id, started_ms, ended_ms) VALUES (?, ?, ?, ?)',
      [activityId, officerId, startedMs, endedMs],
    );
  }
  await markActivityClips(transaction, activityId);
  await markDue(transaction, 'activity', [activityId]);
  await markDue(transaction, 'case', [caseId]);
}

/** Clips that are linked to an activity, and those of its officers that were recorded about its time. */
async function markActivityClips(transaction: Transaction, activityId: string): Promise<void> {
  await markRows(
    transaction,
    'clip',
    'SELECT clip_id AS id FROM clip_link WHERE activity_id = ?',
    activityId,
  );
  await markRows(
    transaction,
    'clip',
    `SELECT clip_mapping.clip_id AS id FROM activity_officer AS acting JOIN clip_mapping USING (officer_id)
     WHERE acting.activity_id = ? AND (clip_mapping.recorded_to_ms IS NULL OR acting.started_ms IS NULL
       OR clip_mapping.recorded_to_ms >= acting.started_ms - 86400000)
       AND (clip_mapping.recorded_from_ms IS NULL OR acting.ended_ms IS NULL
       OR clip_mapping.recorded_from_ms <= acting.ended_ms + 86400000)`,
    activityId,
  );
}

async function markOfficer(transaction: Transaction, officerId: string): Promise<void> {
  await markRows(
    transaction,
    'activity',
    'SELECT activity_id AS id FROM activity_officer WHERE officer_id = ?',
    officerId,
  );
  await markRows(
    transaction,
    'clip',
    'SELECT clip_id AS id FROM clip_mapping WHERE officer_id = ?',
    officerId,
  );
}

async function markRows(
  transaction: Transaction,
  kind: 'clip' | 'activity' | 'case',
  sql: string,
  id: string,
): Promise<void> {
  const rows = await transaction.all(sql, [id]);
  await markDue(
    transaction,
    kind,
    rows.map((row) => String(row.id)),
  );
}

/** The first column is the key. */
async function upsert(
  transaction: Transaction,
  table: string,
  columns: Record<string, SqlValue>,
  { facts, received, isWithdrawn }: Applied,
): Promise<void> {
  const row = { ...columns, facts, received, is_withdrawn: Number(isWithdrawn) };
  const names = Object.keys(row);
  const [key, ...others] = names;
  await transaction.run(
    `INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})
     ON CONFLICT (${key}) DO UPDATE SET ${others.map((name) => `${name} = excluded.${name}`).join(', ')}`,
    Object.values(row),
  );
}

function milliseconds(instant: string | null): number | null {
  return instant === null ? null : Date.parse(instant);
}
