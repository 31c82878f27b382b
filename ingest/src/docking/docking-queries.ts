import type { SqlRow, SqlValue } from '../index-store/connection.ts';
import type { IndexReader } from '../index-store/index-database.ts';
import type { ClockStatement } from '../time/clock-statement.ts';
import { type ClockVerdict, clockNotJudged } from '../time/clock-verdict.ts';
import type {
  DockingIssueCode,
  DockingRecord,
  DockingState,
  RecorderConcern,
  RecorderSummary,
} from './docking-record.ts';

const dockingSelect = `SELECT docking.*, recorder.serial_number, recorder.vendor, recorder.model, recorder.firmware,
  recorder.officer_number, clock_history.verdict FROM docking LEFT JOIN recorder USING (recorder_id)
  LEFT JOIN clock_history USING (docking_id)`;

/** Dockings, newest first; `before` is the docking id the page starts after. */
export async function listDockings(
  database: IndexReader,
  filter: { slot?: string; recorderId?: string; before: string | null; limit: number },
): Promise<{ dockings: DockingRecord[]; next: string | null }> {
  const rows = await database.read(
    `${dockingSelect} WHERE (?1 IS NULL OR docking.slot = ?1) AND (?2 IS NULL OR docking.docking_id < ?2)
       AND (?3 IS NULL OR docking.recorder_id = ?3)
     ORDER BY docking.docking_id DESC LIMIT ?4`,
    [filter.slot ?? null, filter.before, filter.recorderId ?? null, filter.limit + 1],
  );
  const dockings = rows.slice(0, filter.limit).map(toDocking);
  return { dockings, next: rows.length > filter.limit ? (dockings.at(-1)?.dockingId ?? null) : null };
}

export async function readDocking(database: IndexReader, dockingId: string): Promise<DockingRecord | null> {
  const [row] = await database.read(`${dockingSelect} WHERE docking.docking_id = ?`, [dockingId]);
  return row === undefined ? null : toDocking(row);
}

export function toRecorderSummary(row: SqlRow): RecorderSummary {
  return {
    recorderId: String(row.recorder_id),
    serialNumber: text(row.serial_number),
    vendor: text(row.vendor),
    model: text(row.model),
    firmware: text(row.firmware),
    officerNumber: text(row.officer_number),
    driver: String(row.driver),
  };
}

function toDocking(row: SqlRow): DockingRecord {
  return {
    dockingId: String(row.docking_id),
    slot: String(row.slot),
    driver: String(row.driver),
    recorder: row.recorder_id === null ? null : toRecorderSummary(row),
    state: row.state as DockingState,
    attachedAt: String(row.attached_at),
    safeAt: text(row.safe_at),
    detachedAt: text(row.detached_at),
    clock: JSON.parse(String(row.clock)) as ClockStatement,
    clockVerdict: verdictOf(row),
    clipsListed: Number(row.clips_listed),
    clipsPulled: Number(row.clips_pulled),
    clipsKnown: Number(row.clips_known),
    clipsQuarantined: Number(row.clips_quarantined),
    failure:
      row.failure_code === null
        ? null
        : { code: row.failure_code as DockingIssueCode, detail: String(row.failure_detail ?? '') },
    concerns: JSON.parse(String(row.concerns)) as RecorderConcern[],
  };
}

export function verdictOf({ verdict }: SqlRow): ClockVerdict {
  return verdict == null ? clockNotJudged : (JSON.parse(String(verdict)) as ClockVerdict);
}

function text(value: SqlValue | undefined): string | null {
  return value === null || value === undefined ? null : String(value);
}
