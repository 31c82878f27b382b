import { createHash } from 'node:crypto';
import { canonicalJson, type JsonValue } from '../custody/canonical-json.ts';
import type { CustodyLog } from '../custody/custody-log.ts';
import type { IndexDatabase, Transaction } from '../index-store/index-database.ts';
import { type CaseFactsRecord, type FactsKind, factsKinds, type Withdrawal } from './case-record.ts';
import { markWhatRestsOn, type StandingChange } from './rests-on.ts';
import { type Standing, type Word, WordList } from './standing.ts';
import { readStanding, type StandingRow, writeStanding } from './standing-tables.ts';

/** One typed record with the revision its sender gave it; see `compareRevisions` for their order. */
export interface Delivery {
  record: CaseFactsRecord | Withdrawal;
  revision: string | null;
}

/** `stale`: an older revision than the one that stands; kept in the history only. */
export type DeliveryOutcome = 'created' | 'changed' | 'unchanged' | 'stale';

/** What came of one delivery, in the order of `Delivery`. */
export interface DeliveryResult {
  outcome: DeliveryOutcome;
  /** The revision had come before with other facts; the word that came last stands. */
  isRevisionReused: boolean;
  /** What was taken back had never come. */
  isUnknownWithdrawn: boolean;
}

/** Records of one transaction: more would hold up the dockings that write beside it. */
const recordsPerTransaction = 250;

/**
 * Units, officers, cases and activities as case systems tell them. The same record again changes nothing; every other
 * word stays in the history. The word of the latest revision stands, whatever the order in which words came, and what
 * rests on a change is marked to be reckoned anew.
 */
export class CaseBook {
  readonly #database: IndexDatabase;
  readonly #custody: CustodyLog;

  constructor(database: IndexDatabase, custody: CustodyLog) {
    this.#database = database;
    this.#custody = custody;
  }

  /**
   * Takes records in the order given, some hundred a transaction. Cut off, it may be called again with the same records.
   * Resolves with what came of each.
   */
  async receive(
    sender: string,
    deliveries: readonly Delivery[],
    receivedFrom: string,
  ): Promise<DeliveryOutcome[]> {
    const results = await this.deliver(sender, deliveries, receivedFrom);
    return results.map(({ outcome }) => outcome);
  }

  /** As `receive`, with all that is to be told of each record. */
  async deliver(
    sender: string,
    deliveries: readonly Delivery[],
    receivedFrom: string,
  ): Promise<DeliveryResult[]> {
    const results: DeliveryResult[] = [];
    for (let from = 0; from < deliveries.length; from += recordsPerTransaction) {
      const taken = deliveries.slice(from, from + recordsPerTransaction);
      const told = await this.#database.write((transaction) =>
        this.#take(transaction, sender, taken, receivedFrom),
      );
      results.push(...told);
    }
    return results;
  }

  /** What would come of records, with nothing kept. */
  async rehearse(deliveries: readonly Delivery[]): Promise<DeliveryResult[]> {
    const query: Query = (sql, parameters) => this.#database.read(sql, parameters);
    const page = new Page(0, await readWords(query, deliveries));
    return deliveries.map((delivery) => page.take(delivery));
  }

  async #take(
    transaction: Transaction,
    sender: string,
    deliveries: readonly Delivery[],
    receivedFrom: string,
  ): Promise<DeliveryResult[]> {
    const page = new Page(await nextSequence(transaction), await readWords(transaction.all, deliveries));
    const results = deliveries.map((delivery) => page.take(delivery));
    if (page.words.length === 0) return results;
    await writeWords(transaction, page.words, { sender, receivedFrom });
    for (const kind of factsKinds) await settle(transaction, kind, page.standings(kind));
    await this.#custody.append(transaction, {
      action: 'facts-received',
      actor: receivedFrom,
      details: {
        sender,
        firstSequence: page.words[0]?.sequence ?? 0,
        words: page.words.length,
        sha256: hashOf(page.words),
      },
    });
    return results;
  }
}

type Query = Transaction['all'];

interface WrittenWord extends Word {
  kind: FactsKind;
  entityId: string;
  outcome: 'applied' | 'stale';
}

/** Decides on the records of one transaction, over the words that came before. */
class Page {
  readonly words: WrittenWord[] = [];
  readonly #lists: Map<string, WordList>;
  readonly #touched = new Map<string, { kind: FactsKind; entityId: string }>();
  #next: number;

  constructor(firstSequence: number, lists: Map<string, WordList>) {
    this.#next = firstSequence;
    this.#lists = lists;
  }

  take({ record, revision }: Delivery): DeliveryResult {
    const { kind, isWithdrawn } = record;
    const entityId = entityIdOf(record);
    const key = keyOf(kind, entityId);
    const list = this.#lists.get(key) ?? new WordList();
    this.#lists.set(key, list);
    const facts = record.facts === null ? null : canonicalJson(record.facts as unknown as JsonValue);
    const told = { revision, isWithdrawn, facts };
    const known = list.knows(told);
    if (known !== null) {
      const outcome = known === 'standing' ? 'unchanged' : 'stale';
      return { outcome, isRevisionReused: false, isUnknownWithdrawn: false };
    }
    const isRevisionReused = revision !== null && list.hasRevision(revision);
    const before = list.standing();
    const word = { kind, entityId, sequence: this.#next++, ...told };
    const stands = list.add(word);
    this.words.push({ ...word, outcome: stands ? 'applied' : 'stale' });
    this.#touched.set(key, { kind, entityId });
    const outcome = stands ? outcomeOf(before, list.standing()) : 'stale';
    return { outcome, isRevisionReused, isUnknownWithdrawn: before === null && facts === null };
  }

  /** What stands now of each entity of a kind on which something was said. What was only taken back has no facts. */
  standings(kind: FactsKind): StandingRow[] {
    const touched = [...this.#touched.values()].filter((entity) => entity.kind === kind);
    return touched.flatMap(({ entityId }) => {
      const standing = this.#lists.get(keyOf(kind, entityId))?.standing();
      return standing == null || standing.facts === null
        ? []
        : [{ ...standing, entityId, facts: standing.facts }];
    });
  }
}

function outcomeOf(before: Standing | null, after: Standing | null): DeliveryOutcome {
  if (before?.facts === after?.facts && before?.isWithdrawn === after?.isWithdrawn) return 'unchanged';
  return before?.facts == null && after?.facts != null ? 'created' : 'changed';
}

/** Writes what stands now; marks what rests on it where that is something else than before. */
async function settle(
  transaction: Transaction,
  kind: FactsKind,
  standings: readonly StandingRow[],
): Promise<void> {
  if (standings.length === 0) return;
  const entityIds = standings.map(({ entityId }) => entityId);
  const standing = await readStanding(transaction, kind, entityIds);
  const changes = standings
    .map((after): StandingChange => {
      return { entityId: after.entityId, before: standing.get(after.entityId) ?? null, after };
    })
    .filter(({ before, after }) => before?.facts !== after.facts || before.isWithdrawn !== after.isWithdrawn);
  // An activity that moves leaves clips behind; what rests on the others is told by ids that do not move.
  if (kind === 'activity') await markWhatRestsOn(transaction, kind, changes);
  await writeStanding(transaction, kind, standings);
  await markWhatRestsOn(transaction, kind, changes);
}

async function nextSequence(transaction: Transaction): Promise<number> {
  const [row] = await transaction.all(
    'SELECT coalesce(max(sequence) + 1, 0) AS sequence FROM received_facts',
  );
  return Number(row?.sequence);
}

/** Every word so far on the entities of these deliveries. */
async function readWords(query: Query, deliveries: readonly Delivery[]): Promise<Map<string, WordList>> {
  const keys = deliveries.map(({ record }) => [record.kind, entityIdOf(record)]);
  const rows = await query(
    `SELECT kind, entity_id, sequence, revision, is_withdrawn, facts FROM received_facts
     WHERE (kind, entity_id) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?)) ORDER BY sequence`,
    [JSON.stringify(keys)],
  );
  const lists = new Map<string, WordList>();
  for (const row of rows) {
    const key = keyOf(row.kind as FactsKind, String(row.entity_id));
    const list = lists.get(key) ?? new WordList();
    lists.set(key, list);
    list.add({
      sequence: Number(row.sequence),
      revision: row.revision === null ? null : String(row.revision),
      isWithdrawn: row.is_withdrawn === 1,
      facts: row.facts === null ? null : String(row.facts),
    });
  }
  return lists;
}

async function writeWords(
  transaction: Transaction,
  words: readonly WrittenWord[],
  { sender, receivedFrom }: { sender: string; receivedFrom: string },
): Promise<void> {
  await transaction.run(
    `INSERT INTO received_facts (sequence, kind, entity_id, sender, revision, received_at, received_from, outcome, is_withdrawn, facts)
     SELECT value ->> '$.sequence', value ->> '$.kind', value ->> '$.entityId', ?, value ->> '$.revision', ?, ?,
       value ->> '$.outcome', value ->> '$.isWithdrawn', value ->> '$.facts' FROM json_each(?)`,
    [sender, new Date().toISOString(), receivedFrom, JSON.stringify(words)],
  );
}

/** Ties the words of one delivery into the custody log. */
function hashOf(words: readonly WrittenWord[]): string {
  return createHash('sha256')
    .update(canonicalJson(words as unknown as JsonValue))
    .digest('hex');
}

export function entityIdOf(record: CaseFactsRecord | Withdrawal): string {
  if (record.facts === null) return record.entityId;
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

function keyOf(kind: FactsKind, entityId: string): string {
  return `${kind} ${entityId}`;
}
