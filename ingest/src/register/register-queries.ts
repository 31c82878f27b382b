import { toRecorderSummary, verdictOf } from '../docking/docking-queries.ts';
import type { SqlRow, SqlValue } from '../index-store/connection.ts';
import type { IndexReader } from '../index-store/index-database.ts';
import { type ClockStatement, clockNotReadYet } from '../time/clock-statement.ts';
import { concernsAbout } from './concerns.ts';
import type {
  LedgerAct,
  LedgerEntry,
  RecorderChange,
  RecorderClaim,
  RecorderHistory,
  RecorderReading,
  RecorderState,
  RegisteredRecorder,
} from './register-record.ts';
import { standingColumns, standingJoins, toStanding } from './standing.ts';

/** The newest lines kept of each part of a recorder's history in one answer. */
const mostHistory = 1_000;

const registerSelect = `SELECT recorder.*, ${standingColumns},
    (SELECT count(*) FROM docking WHERE docking.recorder_id = recorder.recorder_id) AS dockings,
    (SELECT count(*) FROM clip WHERE clip.recorder_id = recorder.recorder_id) AS clips,
    latest.clock AS latest_clock, clock_history.verdict,
    (SELECT slot FROM docking WHERE docking.recorder_id = recorder.recorder_id AND state = 'open'
      ORDER BY docking_id DESC LIMIT 1) AS docked_slot,
    reading.at AS read_at, reading.docking_id AS read_in, reading.battery_percent, reading.capacity_bytes, reading.free_bytes
  FROM recorder ${standingJoins}
  LEFT JOIN docking AS latest ON latest.docking_id = (SELECT max(docking_id) FROM docking
    WHERE docking.recorder_id = recorder.recorder_id)
  LEFT JOIN clock_history ON clock_history.docking_id = latest.docking_id
  LEFT JOIN recorder_reading AS reading ON reading.docking_id = (SELECT max(docking_id) FROM recorder_reading
    WHERE recorder_reading.recorder_id = recorder.recorder_id)`;

/** Every recorder ever docked, last seen first. */
export async function listRegister(database: IndexReader): Promise<RegisteredRecorder[]> {
  const rows = await database.read(`${registerSelect} ORDER BY recorder.last_seen_at DESC`);
  return rows.map(toRegistered);
}

export async function readRegistered(
  database: IndexReader,
  recorderId: string,
): Promise<RegisteredRecorder | null> {
  const [row] = await database.read(`${registerSelect} WHERE recorder.recorder_id = ?`, [recorderId]);
  return row === undefined ? null : toRegistered(row);
}

/** What is kept of one recorder, newest first, at most a thousand lines of each kind. */
export async function readRecorderHistory(
  database: IndexReader,
  recorderId: string,
): Promise<RecorderHistory> {
  const of = (sql: string) => database.read(sql, [recorderId, mostHistory]);
  const [changes, readings, ledger] = await Promise.all([
    of(`SELECT recorder_change.*, docking.slot FROM recorder_change JOIN docking USING (docking_id)
      WHERE recorder_change.recorder_id = ? ORDER BY sequence DESC LIMIT ?`),
    of('SELECT * FROM recorder_reading WHERE recorder_id = ? ORDER BY docking_id DESC LIMIT ?'),
    of('SELECT * FROM recorder_ledger WHERE recorder_id = ? ORDER BY sequence DESC LIMIT ?'),
  ]);
  return {
    changes: changes.map(toChange),
    readings: readings.map((row) => toReading(row, String(row.docking_id), String(row.at))),
    ledger: ledger.map(toLedgerEntry),
  };
}

function toRegistered(row: SqlRow): RegisteredRecorder {
  const summary = toRecorderSummary(row);
  const standing = toStanding(row);
  return {
    ...summary,
    identitySource: row.identity_source as RegisteredRecorder['identitySource'],
    firstSeenAt: String(row.first_seen_at),
    lastSeenAt: String(row.last_seen_at),
    dockings: Number(row.dockings),
    clips: Number(row.clips),
    ...standing,
    concerns: concernsAbout(standing, summary.officerNumber),
    reading: typeof row.read_in === 'string' ? toReading(row, row.read_in, String(row.read_at)) : null,
    clock:
      typeof row.latest_clock === 'string'
        ? (JSON.parse(row.latest_clock) as ClockStatement)
        : clockNotReadYet,
    clockVerdict: verdictOf(row),
    slot: text(row.docked_slot),
  };
}

function toReading(row: SqlRow, dockingId: string, at: string): RecorderReading {
  return {
    at,
    dockingId,
    batteryPercent: number(row.battery_percent),
    capacityBytes: number(row.capacity_bytes),
    freeBytes: number(row.free_bytes),
  };
}

function toChange(row: SqlRow): RecorderChange {
  return {
    at: String(row.at),
    dockingId: String(row.docking_id),
    slot: String(row.slot),
    claim: row.claim as RecorderClaim,
    before: text(row.value_before),
    after: text(row.value_after),
  };
}

function toLedgerEntry(row: SqlRow): LedgerEntry {
  return {
    sequence: Number(row.sequence),
    at: String(row.at),
    operator: String(row.operator),
    act: row.act as LedgerAct,
    officerNumber: text(row.officer_number),
    officerName: text(row.officer_name),
    numberOnRecorder: text(row.number_on_recorder),
    state: row.state as RecorderState | null,
    reason: String(row.reason),
  };
}

function text(value: SqlValue | undefined): string | null {
  return value === null || value === undefined ? null : String(value);
}

function number(value: SqlValue | undefined): number | null {
  return value === null || value === undefined ? null : Number(value);
}
