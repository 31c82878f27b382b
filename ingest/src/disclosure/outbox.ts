import { createHash } from 'node:crypto';
import { canonicalJson, type JsonValue } from '../custody/canonical-json.ts';
import type { CustodyLog } from '../custody/custody-log.ts';
import { IngestError } from '../errors.ts';
import type { IndexDatabase, Transaction } from '../index-store/index-database.ts';
import { markDue } from '../reckoning/due.ts';
import { assertPublishable } from './project.ts';
import type { DisclosureKind } from './published-columns.ts';

/** By which ways the public is told. */
export const disclosureWays = ['https', 'directory'] as const;
export type DisclosureWay = (typeof disclosureWays)[number];

export type DisclosureAct = 'published' | 'corrected' | 'withdrawn';

/** `superseded`: a newer word on the same subject is sent instead. `dead`: refused for good; a person may try it again. */
export type DeliveryState = 'waiting' | 'delivered' | 'superseded' | 'dead';

/** One word to the public. `eventId` is the same for the same word, however often it is made or sent. */
export interface DisclosureEvent {
  sequence: number;
  eventId: string;
  kind: DisclosureKind;
  subject: string;
  act: DisclosureAct;
  /** The event whose place this one takes. */
  replaces: string | null;
  content: JsonValue;
  at: string;
}

export interface DisclosureDelivery {
  way: DisclosureWay;
  state: DeliveryState;
  attempts: number;
  nextAttemptAt: string;
  lastAttemptAt: string | null;
  lastStatus: number | null;
  lastError: string | null;
  deliveredAt: string | null;
}

/** What came of an attempt. `again` is tried after `afterMs`; `dead` is not tried by itself any more. */
export type DisclosureOutcome =
  | { result: 'delivered'; status: number | null }
  | { result: 'again'; afterMs: number; status: number | null; error: string }
  | { result: 'dead'; status: number | null; error: string };

interface Word {
  kind: DisclosureKind;
  subject: string;
  caseId: string | null;
  content: JsonValue;
}

/**
 * What the public is to be told, in order and each word once. A word is kept in the transaction of what it tells of; it
 * waits for every way until it was delivered there. Only the newest word on a subject is sent.
 */
export class DisclosureOutbox {
  readonly #database: IndexDatabase;
  readonly #custody: CustodyLog;
  readonly #ways: readonly DisclosureWay[];
  #wake: () => void = () => {};

  constructor(database: IndexDatabase, custody: CustodyLog, ways: readonly DisclosureWay[]) {
    this.#database = database;
    this.#custody = custody;
    this.#ways = ways;
  }

  /** Called after each commit that left something to send. */
  onWaiting(listener: () => void): void {
    this.#wake = listener;
  }

  /** Keeps what is now true of a subject to be told; nothing where the public was told just that already. */
  async publish(transaction: Transaction, word: Word): Promise<void> {
    const standing = await this.#standing(transaction, word);
    const isStanding = standing !== null && standing.act !== 'withdrawn';
    if (isStanding && standing.content === canonicalJson(word.content)) return;
    assertPublishable(word.kind, word.content);
    await this.#keep(transaction, word, isStanding ? 'corrected' : 'published', standing?.eventId ?? null);
  }

  /** Keeps it to be told that a subject is no longer public; nothing where it was not. */
  async withdraw(transaction: Transaction, word: Word): Promise<void> {
    const standing = await this.#standing(transaction, word);
    if (standing === null || standing.act === 'withdrawn') return;
    await this.#keep(transaction, word, 'withdrawn', standing.eventId);
  }

  /** Makes ways that were set up later, or are new, catch up with the newest word on every subject. */
  async catchUp(): Promise<void> {
    const now = new Date().toISOString();
    await this.#database.write(async (transaction) => {
      for (const way of this.#ways) {
        await transaction.run(
          `INSERT INTO disclosure_delivery (event_sequence, way, state, next_attempt_at)
           SELECT max(sequence), ?1, 'waiting', ?2 FROM disclosure_event GROUP BY kind, subject
           HAVING max(sequence) NOT IN (SELECT event_sequence FROM disclosure_delivery WHERE way = ?1)`,
          [way, now],
        );
      }
    });
  }

  /** The next event that is due on a way, oldest first; `null` where none is. */
  async nextDue(way: DisclosureWay, now: Date): Promise<{ event: DisclosureEvent; attempts: number } | null> {
    const [row] = await this.#database.read(
      `SELECT event.*, attempts FROM disclosure_delivery JOIN disclosure_event AS event ON sequence = event_sequence
       WHERE way = ? AND state = 'waiting' AND next_attempt_at <= ? ORDER BY event_sequence LIMIT 1`,
      [way, now.toISOString()],
    );
    return row === undefined ? null : { event: eventOf(row), attempts: Number(row.attempts) };
  }

  /** When something is due on a way; `null` where nothing waits. */
  async nextAttemptAt(way: DisclosureWay): Promise<Date | null> {
    const [row] = await this.#database.read(
      `SELECT min(next_attempt_at) AS at FROM disclosure_delivery WHERE way = ? AND state = 'waiting'`,
      [way],
    );
    return typeof row?.at === 'string' ? new Date(row.at) : null;
  }

  /** Records what came of sending an event. What was delivered is an entry of the custody log. */
  async settle(way: DisclosureWay, event: DisclosureEvent, outcome: DisclosureOutcome): Promise<void> {
    const now = new Date();
    const [state, error] =
      outcome.result === 'delivered'
        ? (['delivered', null] as const)
        : ([outcome.result === 'dead' ? 'dead' : 'waiting', outcome.error.slice(0, 500)] as const);
    const nextMs = now.getTime() + (outcome.result === 'again' ? outcome.afterMs : 0);
    await this.#database.write(async (transaction) => {
      const changed = await transaction.run(
        `UPDATE disclosure_delivery SET attempts = attempts + 1, last_attempt_at = ?1, last_status = ?2, last_error = ?3,
           next_attempt_at = ?4, delivered_at = CASE WHEN ?5 = 'delivered' THEN ?1 END,
           state = CASE WHEN state = 'superseded' AND ?5 <> 'delivered' THEN state ELSE ?5 END
         WHERE event_sequence = ?6 AND way = ?7 AND state <> 'delivered'`,
        [
          now.toISOString(),
          outcome.status,
          error,
          new Date(nextMs).toISOString(),
          state,
          event.sequence,
          way,
        ],
      );
      if (outcome.result !== 'delivered' || changed === 0) return;
      await markCaseDue(transaction, event.sequence);
      const { eventId, kind, subject, act } = event;
      await this.#custody.append(transaction, {
        action: 'disclosed',
        details: { eventId, kind, subject, act, way, contentSha256: sha256(canonicalJson(event.content)) },
      });
    });
  }

  /** Has a dead letter sent again. Throws IngestError DISCLOSURE_UNKNOWN where the event is none. */
  async retry(eventId: string): Promise<void> {
    await this.#database.write(async (transaction) => {
      const changed = await transaction.run(
        `UPDATE disclosure_delivery SET state = 'waiting', next_attempt_at = ? WHERE state = 'dead'
         AND event_sequence = (SELECT sequence FROM disclosure_event WHERE event_id = ?)`,
        [new Date().toISOString(), eventId],
      );
      if (changed === 0) throw new IngestError('DISCLOSURE_UNKNOWN', 'the event is no dead letter');
      transaction.onCommit(() => this.#wake());
    });
  }

  /** Events with how they fared, newest first, from before `before`. */
  async list(
    filter: { state?: DeliveryState },
    page: { before: number | null; limit: number },
  ): Promise<{ events: (DisclosureEvent & { deliveries: DisclosureDelivery[] })[]; next: number | null }> {
    const rows = await this.#database.read(
      `SELECT * FROM disclosure_event WHERE sequence < ? AND (? IS NULL OR sequence IN
         (SELECT event_sequence FROM disclosure_delivery WHERE state = ?)) ORDER BY sequence DESC LIMIT ?`,
      [page.before ?? Number.MAX_SAFE_INTEGER, filter.state ?? null, filter.state ?? null, page.limit + 1],
    );
    const events = rows.slice(0, page.limit).map(eventOf);
    const deliveries = await this.#database.read(
      'SELECT * FROM disclosure_delivery WHERE event_sequence IN (SELECT value FROM json_each(?)) ORDER BY way',
      [JSON.stringify(events.map(({ sequence }) => sequence))],
    );
    return {
      events: events.map((event) => ({
        ...event,
        deliveries: deliveries.filter((row) => row.event_sequence === event.sequence).map(deliveryOf),
      })),
      next: rows.length > page.limit ? (events.at(-1)?.sequence ?? null) : null,
    };
  }

  /** How many deliveries stand how. */
  async counts(): Promise<Record<DeliveryState, number>> {
    const counts: Record<DeliveryState, number> = { waiting: 0, delivered: 0, superseded: 0, dead: 0 };
    const rows = await this.#database.read(
      'SELECT state, count(*) AS n FROM disclosure_delivery GROUP BY state',
    );
    for (const row of rows) counts[row.state as DeliveryState] = Number(row.n);
    return counts;
  }

  async #standing(transaction: Transaction, { kind, subject }: Word) {
    const [row] = await transaction.all(
      `SELECT event_id, act, content FROM disclosure_event WHERE kind = ? AND subject = ?
       ORDER BY sequence DESC LIMIT 1`,
      [kind, subject],
    );
    if (row === undefined) return null;
    return { eventId: String(row.event_id), act: row.act as DisclosureAct, content: String(row.content) };
  }

  async #keep(
    transaction: Transaction,
    { kind, subject, caseId, content }: Word,
    act: DisclosureAct,
    replaces: string | null,
  ): Promise<void> {
    // What an event replaces is part of what it is: the same content said again after a correction is another word.
    const eventId = sha256(canonicalJson({ kind, subject, act, replaces, content }));
    const now = new Date().toISOString();
    const [next] = await transaction.all(
      'SELECT coalesce(max(sequence) + 1, 0) AS sequence FROM disclosure_event',
    );
    const sequence = Number(next?.sequence);
    await transaction.run(
      `INSERT INTO disclosure_event (sequence, event_id, kind, subject, act, replaces, case_id, content, at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      [sequence, eventId, kind, subject, act, replaces, caseId, canonicalJson(content), now],
    );
    await transaction.run(
      `UPDATE disclosure_delivery SET state = 'superseded' WHERE state IN ('waiting', 'dead') AND event_sequence IN
         (SELECT sequence FROM disclosure_event WHERE kind = ? AND subject = ? AND sequence < ?)`,
      [kind, subject, sequence],
    );
    for (const way of this.#ways) {
      await transaction.run(
        `INSERT INTO disclosure_delivery (event_sequence, way, state, next_attempt_at) VALUES (?, ?, 'waiting', ?)`,
        [sequence, way, now],
      );
    }
    transaction.onCommit(() => this.#wake());
  }
}

/** What became public, or is no longer so, is what deadlines of its case wait for. */
async function markCaseDue(transaction: Transaction, sequence: number): Promise<void> {
  const [row] = await transaction.all('SELECT case_id FROM disclosure_event WHERE sequence = ?', [sequence]);
  if (typeof row?.case_id === 'string') await markDue(transaction, 'case', [row.case_id]);
}

function eventOf(row: Record<string, unknown>): DisclosureEvent {
  return {
    sequence: Number(row.sequence),
    eventId: String(row.event_id),
    kind: row.kind as DisclosureKind,
    subject: String(row.subject),
    act: row.act as DisclosureAct,
    replaces: row.replaces === null ? null : String(row.replaces),
    content: JSON.parse(String(row.content)) as JsonValue,
    at: String(row.at),
  };
}

function deliveryOf(row: Record<string, unknown>): DisclosureDelivery {
  const textOf = (value: unknown) => (typeof value === 'string' ? value : null);
  return {
    way: row.way as DisclosureWay,
    state: row.state as DeliveryState,
    attempts: Number(row.attempts),
    nextAttemptAt: String(row.next_attempt_at),
    lastAttemptAt: textOf(row.last_attempt_at),
    lastStatus: typeof row.last_status === 'number' ? row.last_status : null,
    lastError: textOf(row.last_error),
    deliveredAt: textOf(row.delivered_at),
  };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
