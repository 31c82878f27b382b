import type { SqlParameters, SqlRow, SqlValue } from '../index-store/connection.ts';
import type { IndexReader } from '../index-store/index-database.ts';
import type { ClipTime } from '../time/clip-time.ts';
import { type ClockStatement, clockNotDocked } from '../time/clock-statement.ts';
import type { ClipRecord, MediaFacts, ReceiptSummary } from './clip-record.ts';
import type { ClipState } from './clip-states.ts';
import { parseDeviceTime } from './device-time.ts';
import type { QuarantineReason } from './quarantine.ts';

export interface ClipFilter {
  state?: ClipState;
  kind?: ClipRecord['kind'];
  recorderId?: string;
  dockingId?: string;
  liveSessionId?: string;
  /** Live clips of an operation: those that began in it, and what was being recorded when their recorder joined. */
  operationId?: string;
  marked?: boolean;
  quarantined?: boolean;
  collectedFrom?: string;
  collectedTo?: string;
  /** Part of the path. */
  text?: string;
}

export interface ClipListing {
  clips: ClipRecord[];
  total: number;
  /** Pass as `before` for the next page; `null` on the last. */
  next: string | null;
}

const clipColumns = `clip.*, recorder.serial_number AS recorder_serial_number, docking.slot AS slot, docking.clock AS clock`;
const clipTables = `clip JOIN recorder USING (recorder_id) LEFT JOIN docking ON docking.docking_id = coalesce(clip.pulled_in, clip.docking_id)`;

/** Clips that fit the filter, newest first. `before` is the clip id the page starts after. */
export async function listClips(
  database: IndexReader,
  filter: ClipFilter,
  page: { before: string | null; limit: number },
): Promise<ClipListing> {
  const { where, parameters } = conditions(filter);
  const [count] = await database.read(`SELECT count(*) AS total FROM clip WHERE ${where}`, parameters);
  const paged = page.before === null ? where : `${where} AND clip.clip_id < ?`;
  const rows = await database.read(
    `SELECT ${clipColumns} FROM ${clipTables} WHERE ${paged} ORDER BY clip.clip_id DESC LIMIT ?`,
    [...parameters, ...(page.before === null ? [] : [page.before]), page.limit + 1],
  );
  const shown = rows.slice(0, page.limit);
  const receipts = await receiptsOf(
    database,
    shown.map((row) => String(row.clip_id)),
  );
  const clips = shown.map((row) => toClip(row, receipts.get(String(row.clip_id)) ?? []));
  const next = rows.length > page.limit ? (clips.at(-1)?.clipId ?? null) : null;
  return { clips, total: Number(count?.total ?? 0), next };
}

/** One clip, or `null`. */
export async function readClip(database: IndexReader, clipId: string): Promise<ClipRecord | null> {
  const [row] = await database.read(`SELECT ${clipColumns} FROM ${clipTables} WHERE clip.clip_id = ?`, [
    clipId,
  ]);
  if (row === undefined) return null;
  const receipts = await receiptsOf(database, [clipId]);
  return toClip(row, receipts.get(clipId) ?? []);
}

/** Every clip in one of the given states, oldest first. For recovery and verification, not for pages. */
export async function clipsInStates(
  database: IndexReader,
  states: readonly ClipState[],
): Promise<ClipRecord[]> {
  const marks = states.map(() => '?').join(', ');
  const rows = await database.read(
    `SELECT ${clipColumns} FROM ${clipTables} WHERE clip.state IN (${marks}) ORDER BY clip.clip_id`,
    states,
  );
  return rows.map((row) => toClip(row, []));
}

function conditions(filter: ClipFilter): { where: string; parameters: SqlParameters } {
  const clauses: string[] = [];
  const parameters: SqlValue[] = [];
  const add = (clause: string, value: SqlValue | undefined) => {
    if (value === undefined) return;
    clauses.push(clause);
    parameters.push(value);
  };
  add('clip.state = ?', filter.state);
  add('clip.kind = ?', filter.kind);
  add('clip.recorder_id = ?', filter.recorderId);
  add('coalesce(clip.pulled_in, clip.docking_id) = ?', filter.dockingId);
  add('clip.live_session_id = ?', filter.liveSessionId);
  add(
    `EXISTS (SELECT 1 FROM operation_clip AS part JOIN clip AS begun ON begun.clip_id = part.clip_id
      WHERE part.operation_id = ? AND begun.live_session_id = clip.live_session_id
      AND (begun.clip_id = clip.clip_id OR begun.live_sequence = clip.live_sequence + 1
        AND coalesce(json_extract(clip.time, '$.end.value'), 'unknown') > part.joined_at))`,
    filter.operationId,
  );
  add('clip.marked = ?', filter.marked);
  add('clip.listed_at >= ?', filter.collectedFrom);
  add('clip.listed_at < ?', filter.collectedTo);
  add(
    "clip.path LIKE ? ESCAPE '!'",
    filter.text === undefined ? undefined : `%${filter.text.replace(/[!%_]/gu, '!$&')}%`,
  );
  if (filter.quarantined !== undefined) {
    clauses.push(`clip.quarantine_reason IS ${filter.quarantined ? 'NOT ' : ''}NULL`);
  }
  return { where: clauses.length === 0 ? 'TRUE' : clauses.join(' AND '), parameters };
}

async function receiptsOf(
  database: IndexReader,
  clipIds: readonly string[],
): Promise<Map<string, ReceiptSummary[]>> {
  const found = new Map<string, ReceiptSummary[]>();
  if (clipIds.length === 0) return found;
  const rows = await database.read(
    `SELECT * FROM receipt WHERE clip_id IN (SELECT value FROM json_each(?)) ORDER BY target`,
    [JSON.stringify(clipIds)],
  );
  for (const row of rows) {
    const clipId = String(row.clip_id);
    found.set(clipId, [
      ...(found.get(clipId) ?? []),
      {
        target: String(row.target),
        object: String(row.object),
        sha256: String(row.sha256),
        sizeBytes: Number(row.size_bytes),
        storedAt: String(row.stored_at),
        issuedBy: String(row.issued_by),
        grade: row.grade as ReceiptSummary['grade'],
        verified: row.verified as ReceiptSummary['verified'],
        worm: row.worm as ReceiptSummary['worm'],
        retainUntil: typeof row.retain_until === 'string' ? row.retain_until : null,
      },
    ]);
  }
  return found;
}

/** What was not yet asked of clips that were looked into by earlier versions. */
const laterFacts = { createdAt: null, takenAt: null };

function toClip(row: SqlRow, receipts: ReceiptSummary[]): ClipRecord {
  return {
    clipId: String(row.clip_id),
    name: String(row.name),
    nameEncoding: row.name_encoding as ClipRecord['nameEncoding'],
    path: String(row.path),
    pathBytes: row.path_bytes as Buffer,
    kind: row.kind as ClipRecord['kind'],
    sizeBytes: Number(row.size_bytes),
    state: row.state as ClipState,
    marked: row.marked === 1,
    markedSource: row.marked_source as ClipRecord['markedSource'],
    quarantine:
      row.quarantine_reason === null
        ? null
        : { reason: row.quarantine_reason as QuarantineReason, detail: String(row.quarantine_detail ?? '') },
    recorderId: String(row.recorder_id),
    recorderSerialNumber: textOrNull(row.recorder_serial_number),
    officerNumber: textOrNull(row.officer_number),
    dockingId: textOrNull(row.docking_id),
    liveSessionId: textOrNull(row.live_session_id),
    pulledIn: textOrNull(row.pulled_in),
    slot: textOrNull(row.slot),
    startedAt: row.started_at === null ? null : parseDeviceTime(String(row.started_at), 'name'),
    modifiedAt: row.modified_at === null ? null : parseDeviceTime(String(row.modified_at), 'file-time'),
    clock: row.clock === null ? clockNotDocked : (JSON.parse(String(row.clock)) as ClockStatement),
    time: row.time == null ? null : (JSON.parse(String(row.time)) as ClipTime),
    collectedAt: String(row.listed_at),
    sha256: textOrNull(row.sha256),
    blake3: textOrNull(row.blake3),
    sampleBlake3: textOrNull(row.sample_blake3),
    readBack: row.read_back as ClipRecord['readBack'],
    storePath: textOrNull(row.store_path),
    recordSha256: textOrNull(row.record_sha256),
    media: row.media === null ? null : { ...laterFacts, ...(JSON.parse(String(row.media)) as MediaFacts) },
    hasThumbnail: row.preview_state === 'thumbnail',
    receipts,
    releasedAt: textOrNull(row.released_at),
    localRemovedAt: textOrNull(row.local_removed_at),
  };
}

function textOrNull(value: SqlRow[string] | undefined): string | null {
  return value === null || value === undefined ? null : String(value);
}
