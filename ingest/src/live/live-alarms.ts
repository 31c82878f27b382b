import { v7 as uuidv7 } from 'uuid';
import type { CustodyAction, CustodyLog } from '../custody/custody-log.ts';
import { IngestError } from '../errors.ts';
import type { SqlRow, SqlValue } from '../index-store/connection.ts';
import type { IndexDatabase, IndexReader, Transaction } from '../index-store/index-database.ts';
import { graveAlarmKinds, type LiveAlarm, momentaryAlarmKinds, type RaisedAlarm } from './live-alarm.ts';
import { describeReason, type LiveReason, readReason } from './live-reason.ts';

export interface LiveAlarmFilter {
  /** Those that go on, or that nobody has seen. */
  isOpen?: boolean;
  recorderId?: string;
  operationId?: string;
}

export type LiveAlarmListener = (alarmId: string) => void;

/** A stranger may say what is told here. */
const longestWords = 400;

/** Alarms about live streams: raised, ended and seen, each in one transaction with its custody entry. */
export class LiveAlarms {
  readonly #database: IndexDatabase;
  readonly #custody: CustodyLog;
  readonly #listeners = new Set<LiveAlarmListener>();

  constructor(database: IndexDatabase, custody: CustodyLog) {
    this.#database = database;
    this.#custody = custody;
  }

  /**
   * Resolves with the alarm's id. While an alarm of the same kind about the same recorder, operation and session goes on,
   * it is that one, and nothing is written.
   */
  async raise(raised: RaisedAlarm): Promise<string> {
    const { kind, recorderId = null, operationId = null, sessionId = null } = raised;
    const reason = plain(raised.reason);
    const detail = describeReason(reason);
    const { alarmId, isNew } = await this.#database.write(async (transaction) => {
      const [open] = await transaction.all(
        `SELECT alarm_id FROM live_alarm WHERE ended_at IS NULL AND kind = ?
         AND recorder_id IS ? AND operation_id IS ? AND session_id IS ? LIMIT 1`,
        [kind, recorderId, operationId, sessionId],
      );
      if (open !== undefined) return { alarmId: String(open.alarm_id), isNew: false };
      const newId = uuidv7();
      await transaction.run(
        `INSERT INTO live_alarm (alarm_id, kind, recorder_id, operation_id, session_id, detail, reason, raised_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
        [
          newId,
          kind,
          recorderId,
          operationId,
          sessionId,
          detail,
          JSON.stringify(reason),
          new Date().toISOString(),
        ],
      );
      await this.#custody.append(transaction, {
        action: 'alarm-raised',
        ...(recorderId === null ? {} : { recorderId }),
        details: { alarmId: newId, kind, operationId, sessionId, detail },
      });
      return { alarmId: newId, isNew: true };
    });
    if (isNew) this.#told(alarmId);
    return alarmId;
  }

  /** What it told of is over. Nothing happens where it has ended already. Throws IngestError ALARM_UNKNOWN. */
  async end(alarmId: string): Promise<void> {
    const isEnded = await this.#database.write(async (transaction) => {
      const alarm = await requireAlarm(transaction, alarmId);
      if (alarm.endedAt !== null) return false;
      await this.#end(transaction, alarm);
      return true;
    });
    if (isEnded) this.#told(alarmId);
  }

  /**
   * Ends every alarm that goes on of these kinds; what the gateway would end by itself, and that it left behind when it
   * stopped.
   */
  async endAll(kinds: readonly LiveAlarm['kind'][]): Promise<void> {
    const ended = await this.#database.write(async (transaction) => {
      const rows = await transaction.all(
        'SELECT * FROM live_alarm WHERE ended_at IS NULL AND kind IN (SELECT value FROM json_each(?))',
        [JSON.stringify(kinds)],
      );
      for (const alarm of rows.map(alarmOf)) await this.#end(transaction, alarm);
      return rows.map((row) => String(row.alarm_id));
    });
    for (const alarmId of ended) this.#told(alarmId);
  }

  /** A person has seen it; the first one counts. Throws IngestError ALARM_UNKNOWN. */
  async seen(alarmId: string, person: string): Promise<LiveAlarm> {
    const isNew = await this.#database.write(async (transaction) => {
      const alarm = await requireAlarm(transaction, alarmId);
      if (alarm.seenAt !== null) return false;
      await transaction.run('UPDATE live_alarm SET seen_by = ?, seen_at = ? WHERE alarm_id = ?', [
        person,
        new Date().toISOString(),
        alarmId,
      ]);
      await this.#tell(transaction, 'alarm-seen', alarm, `operator:${person}`);
      if (alarm.endedAt === null && momentaryAlarmKinds.includes(alarm.kind)) {
        await this.#end(transaction, alarm);
      }
      return true;
    });
    if (isNew) this.#told(alarmId);
    return (await readLiveAlarm(this.#database, alarmId)) as LiveAlarm;
  }

  /** Newest first. `before` is the alarm the page starts after. */
  async list(
    filter: LiveAlarmFilter,
    page: { before: string | null; limit: number },
  ): Promise<{ alarms: LiveAlarm[]; next: string | null }> {
    const clauses = ['TRUE'];
    const parameters: SqlValue[] = [];
    const add = (clause: string, value: string | null | undefined) => {
      if (value === undefined || value === null) return;
      clauses.push(clause);
      parameters.push(value);
    };
    if (filter.isOpen === true) clauses.push(isOpen);
    if (filter.isOpen === false) clauses.push(`NOT (${isOpen})`);
    add('recorder_id = ?', filter.recorderId);
    add('operation_id = ?', filter.operationId);
    add('alarm_id < ?', page.before);
    const rows = await this.#database.read(
      `SELECT * FROM live_alarm WHERE ${clauses.join(' AND ')} ORDER BY alarm_id DESC LIMIT ?`,
      [...parameters, page.limit + 1],
    );
    const alarms = rows.slice(0, page.limit).map(alarmOf);
    return { alarms, next: rows.length > page.limit ? (alarms.at(-1)?.alarmId ?? null) : null };
  }

  /** Alarms for which the dock is not well: grave ones that go on or that nobody has seen, newest first, a hundred at most. */
  async grave(): Promise<LiveAlarm[]> {
    const rows = await this.#database.read(
      `SELECT * FROM live_alarm WHERE (${isOpen}) AND kind IN (SELECT value FROM json_each(?))
       ORDER BY raised_at DESC, alarm_id DESC LIMIT 100`,
      [JSON.stringify(graveAlarmKinds)],
    );
    return rows.map(alarmOf);
  }

  /** Calls the listener with each alarm that was raised, ended or seen, until the returned function is called. */
  onChange(listener: LiveAlarmListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async #end(transaction: Transaction, alarm: LiveAlarm): Promise<void> {
    await transaction.run('UPDATE live_alarm SET ended_at = ? WHERE alarm_id = ?', [
      new Date().toISOString(),
      alarm.alarmId,
    ]);
    await this.#tell(transaction, 'alarm-ended', alarm);
  }

  async #tell(
    transaction: Transaction,
    action: CustodyAction,
    { alarmId, kind, recorderId }: LiveAlarm,
    actor?: string,
  ): Promise<void> {
    await this.#custody.append(transaction, {
      action,
      ...(actor === undefined ? {} : { actor }),
      ...(recorderId === null ? {} : { recorderId }),
      details: { alarmId, kind },
    });
  }

  #told(alarmId: string): void {
    for (const listener of this.#listeners) listener(alarmId);
  }
}

/** `null` where there is no such alarm. */
export async function readLiveAlarm(index: IndexReader, alarmId: string): Promise<LiveAlarm | null> {
  const [row] = await index.read('SELECT * FROM live_alarm WHERE alarm_id = ?', [alarmId]);
  return row === undefined ? null : alarmOf(row);
}

const isOpen = 'ended_at IS NULL OR seen_at IS NULL';

async function requireAlarm(transaction: Transaction, alarmId: string): Promise<LiveAlarm> {
  const [row] = await transaction.all('SELECT * FROM live_alarm WHERE alarm_id = ?', [alarmId]);
  if (row === undefined) throw new IngestError('ALARM_UNKNOWN', `there is no alarm ${alarmId}`);
  return alarmOf(row);
}

function alarmOf(row: SqlRow): LiveAlarm {
  return {
    alarmId: String(row.alarm_id),
    kind: row.kind as LiveAlarm['kind'],
    recorderId: textOrNull(row.recorder_id),
    operationId: textOrNull(row.operation_id),
    sessionId: textOrNull(row.session_id),
    detail: String(row.detail),
    reason: readReason(row.reason),
    raisedAt: String(row.raised_at),
    endedAt: textOrNull(row.ended_at),
    seenBy: textOrNull(row.seen_by),
    seenAt: textOrNull(row.seen_at),
  };
}

function textOrNull(value: SqlValue | undefined): string | null {
  return value === null || value === undefined ? null : String(value);
}

/** The reason without anything in its words that would not print. */
function plain(reason: LiveReason): LiveReason {
  const told = Object.entries(reason).map(([name, value]) => [
    name,
    typeof value === 'string'
      ? value.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '�').slice(0, longestWords)
      : value,
  ]);
  return Object.fromEntries(told) as LiveReason;
}
