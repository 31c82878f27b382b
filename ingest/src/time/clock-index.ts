import type { ClockReading } from '@docket/device-protocol';
import type { JsonValue } from '../custody/canonical-json.ts';
import type { CustodyLog } from '../custody/custody-log.ts';
import type { SqlRow } from '../index-store/connection.ts';
import type { IndexDatabase, IndexReader, Transaction } from '../index-store/index-database.ts';
import { markDue } from '../reckoning/due.ts';
import { announceStep } from '../step-channel.ts';
import type { ClockDrift, ClockEntry, ClockSet } from './clock-history.ts';
import type { ClockStatement } from './clock-statement.ts';
import type { ClockVerdict } from './clock-verdict.ts';
import type { HostClock } from './host-clock/host-clock.ts';

/** One entry of a recorder's clock history, as people are shown it. */
export interface ClockHistoryRecord extends ClockEntry {
  readings: ClockReading[];
  /** Against the last reading before, where the clock was not set in between. */
  drift: ClockDrift | null;
  verdict: ClockVerdict;
}

/** A clock as one docking found it. */
export interface FoundClock {
  dockingId: string;
  recorderId: string;
  host: HostClock;
  readings: readonly ClockReading[];
  found: ClockStatement;
  drift: ClockDrift | null;
  verdict: ClockVerdict;
}

/** Changes to the clock history, each with its custody entry. */
export class ClockIndex {
  readonly #database: IndexDatabase;
  readonly #custody: CustodyLog;

  constructor(database: IndexDatabase, custody: CustodyLog) {
    this.#database = database;
    this.#custody = custody;
  }

  /** Keeps a clock as found, before anything sets it. */
  async found({ dockingId, recorderId, host, readings, found, drift, verdict }: FoundClock): Promise<void> {
    await this.#database.write(async (transaction) => {
      const statement = JSON.stringify(found);
      await transaction.run('UPDATE docking SET clock = ? WHERE docking_id = ?', [statement, dockingId]);
      await transaction.run(
        `INSERT INTO clock_history (docking_id, recorder_id, host, found, readings, drift, verdict)
         VALUES (?, ?, ?, ?, ?, ?, ?)`,
        [
          dockingId,
          recorderId,
          JSON.stringify(host),
          statement,
          JSON.stringify(readings),
          drift === null ? null : JSON.stringify(drift),
          JSON.stringify(verdict),
        ],
      );
      await markDue(transaction, 'docking', [dockingId]);
      await this.#custody.append(transaction, {
        action: 'clock-read',
        dockingId,
        recorderId,
        details: {
          ...json(found),
          host: json(host),
          verdict: json(verdict),
          ...(drift === null ? {} : { drift: json(drift) }),
        },
      });
    });
    announceStep('docking.clock-read', dockingId);
  }

  /** Keeps that a clock was set: how it stood before, what was sent, and how it stood after. */
  async set(
    { dockingId, recorderId, found }: Pick<FoundClock, 'dockingId' | 'recorderId' | 'found'>,
    setting: ClockSet,
    after: { statement: ClockStatement; readings: readonly ClockReading[] },
  ): Promise<void> {
    await this.#database.write(async (transaction) => {
      await transaction.run(
        'UPDATE clock_history SET setting = ?, after_set = ?, readings_after_set = ? WHERE docking_id = ?',
        [JSON.stringify(setting), JSON.stringify(after.statement), JSON.stringify(after.readings), dockingId],
      );
      await this.#custody.append(transaction, {
        action: 'clock-set',
        dockingId,
        recorderId,
        details: { before: json(found), setting: json(setting), after: json(after.statement) },
      });
    });
    announceStep('docking.clock-set', dockingId);
  }

  /** The reference was moved while a recorder was docked: nothing that was measured in that docking may be used. */
  async hostJumped(
    dockingId: string,
    jumpMs: number,
  ): Promise<{ statement: ClockStatement; verdict: ClockVerdict }> {
    const statement: ClockStatement = { state: 'unreadable', reason: 'host-clock-jumped' };
    const verdict: ClockVerdict = { state: 'unknown', reasons: ['clock-unreadable'] };
    await this.#database.write(async (transaction) => {
      await invalidate(transaction, dockingId, statement, verdict);
      await markDue(transaction, 'docking', [dockingId]);
      await this.#custody.append(transaction, {
        action: 'clock-read',
        dockingId,
        details: { ...json(statement), hostJumpMs: jumpMs },
      });
    });
    return { statement, verdict };
  }
}

async function invalidate(
  transaction: Transaction,
  dockingId: string,
  unusable: ClockStatement,
  verdict: ClockVerdict,
): Promise<void> {
  const statement = JSON.stringify(unusable);
  await transaction.run('UPDATE docking SET clock = ? WHERE docking_id = ?', [statement, dockingId]);
  await transaction.run(
    `UPDATE clock_history SET host = json_set(host, '$.state', 'unsynchronised', '$.boundMs', NULL), found = ?1, after_set = CASE WHEN after_set IS NULL THEN NULL ELSE ?1 END, drift = NULL,
     verdict = ?2 WHERE docking_id = ?3`,
    [statement, JSON.stringify(verdict), dockingId],
  );
}

const columns = `clock_history.*, docking.slot, docking.attached_at, docking.safe_at`;

/**
 * What dockings told of a recorder's clock, oldest first, in the order they happened: `latest` of them, up to and
 * with `upTo` where given. Readings themselves are kept with each entry.
 */
export async function readClockHistory(
  database: IndexReader,
  recorderId: string,
  { latest, upTo }: { latest: number; upTo?: string },
): Promise<ClockHistoryRecord[]> {
  const rows = await database.read(
    `SELECT ${columns} FROM clock_history JOIN docking USING (docking_id)
     WHERE clock_history.recorder_id = ?1
     AND (?2 IS NULL OR clock_history.position <= (SELECT position FROM clock_history WHERE docking_id = ?2))
     ORDER BY position DESC LIMIT ?3`,
    [recorderId, upTo ?? null, latest],
  );
  return rows.reverse().map(toRecord);
}

function toRecord(row: SqlRow): ClockHistoryRecord {
  return {
    dockingId: String(row.docking_id),
    slot: String(row.slot),
    at: String(row.attached_at),
    host: parsed(row.host) as HostClock,
    found: parsed(row.found) as ClockStatement,
    readings: parsed(row.readings) as ClockReading[],
    setting: parsed(row.setting) as ClockSet | null,
    afterSet: parsed(row.after_set) as ClockStatement | null,
    drift: parsed(row.drift) as ClockDrift | null,
    verdict: parsed(row.verdict) as ClockVerdict,
    tookAll: row.safe_at !== null,
  };
}

function parsed(column: SqlRow[string] | undefined): unknown {
  return column === null || column === undefined ? null : JSON.parse(String(column));
}

/** What is written by us in whole is JSON as it stands. */
function json(value: object): { [key: string]: JsonValue } {
  return value as { [key: string]: JsonValue };
}
