import type { SqlRow, SqlValue } from '../index-store/connection.ts';
import type { IndexReader } from '../index-store/index-database.ts';
import type { ClockStatement } from '../time/clock-statement.ts';
import type {
  DockingIssueCode,
  DockingRecord,
  DockingState,
  RecorderRecord,
  RecorderSummary,
} from './docking-record.ts';

const dockingSelect = `SELECT docking.*, recorder.serial_number, recorder.vendor, recorder.model, recorder.firmware,
  recorder.officer_number FROM docking LEFT JOIN recorder USING (recorder_id)`;

/** Dockings, newest first; `before` is the docking id the page starts after. */
export async function listDockings(
  database: IndexReader,
  filter: { slot?: string; before: string | null; limit: number },
): Promise<{ dockings: DockingRecord[]; next: string | null }> {
  const rows = await database.read(
    `${dockingSelect} WHERE (?1 IS NULL OR docking.slot = ?1) AND (?2 IS NULL OR docking.docking_id < ?2)
     ORDER BY docking.docking_id DESC LIMIT ?3`,
    [filter.slot ?? null, filter.before, filter.limit + 1],
  );
  const dockings = rows.slice(0, filter.limit).map(toDocking);
  return { dockings, next: rows.length > filter.limit ? (dockings.at(-1)?.dockingId ?? null) : null };
}

export async function readDocking(database: IndexReader, dockingId: string): Promise<DockingRecord | null> {
  const [row] = await database.read(`${dockingSelect} WHERE docking.docking_id = ?`, [dockingId]);
  return row === undefined ? null : toDocking(row);
}

export async function listRecorders(database: IndexReader): Promise<RecorderRecord[]> {
  const rows = await database.read(
    `SELECT recorder.*, (SELECT count(*) FROM docking WHERE docking.recorder_id = recorder.recorder_id) AS dockings,
       (SELECT count(*) FROM clip WHERE clip.recorder_id = recorder.recorder_id) AS clips
     FROM recorder ORDER BY last_seen_at DESC`,
  );
  return rows.map((row) => ({
    ...toRecorder(row),
    identitySource: row.identity_source as RecorderRecord['identitySource'],
    firstSeenAt: String(row.first_seen_at),
    lastSeenAt: String(row.last_seen_at),
    dockings: Number(row.dockings),
    clips: Number(row.clips),
  }));
}

function toRecorder(row: SqlRow): RecorderSummary {
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
    recorder: row.recorder_id === null ? null : toRecorder(row),
    state: row.state as DockingState,
    attachedAt: String(row.attached_at),
    safeAt: text(row.safe_at),
    detachedAt: text(row.detached_at),
    clock: JSON.parse(String(row.clock)) as ClockStatement,
    clipsListed: Number(row.clips_listed),
    clipsPulled: Number(row.clips_pulled),
    clipsKnown: Number(row.clips_known),
    clipsQuarantined: Number(row.clips_quarantined),
    failure:
      row.failure_code === null
        ? null
        : { code: row.failure_code as DockingIssueCode, detail: String(row.failure_detail ?? '') },
  };
}

function text(value: SqlValue | undefined): string | null {
  return value === null || value === undefined ? null : String(value);
}
