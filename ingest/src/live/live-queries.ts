import type { LiveWay } from '@docket/device-protocol/live';
import type { ClipState } from '../clip/clip-states.ts';
import type { SqlRow } from '../index-store/connection.ts';
import type { IndexReader } from '../index-store/index-database.ts';
import type { ClipTime } from '../time/clip-time.ts';
import type { SessionTrack } from './live-index.ts';
import { type LiveReason, readReason } from './live-reason.ts';
import type { LiveEndCause, LiveGapCause } from './live-recording.ts';

export interface LiveSession {
  sessionId: string;
  recorderId: string;
  recorderSerialNumber: string | null;
  way: LiveWay;
  tracks: SessionTrack[];
  startedAt: string;
  /** `null` while it goes on. */
  endedAt: string | null;
  endCause: LiveEndCause | null;
  segmentCount: number;
  sizeBytes: number;
  gapCount: number;
  /** Sender reports kept as evidence of time. */
  reports: number;
}

/** One segment of a session: a clip. */
export interface LiveSegment {
  clipId: string;
  /** From 1. */
  sequence: number;
  name: string;
  state: ClipState;
  sizeBytes: number;
  sha256: string | null;
  /** `null` before it is sealed. */
  time: ClipTime | null;
  isQuarantined: boolean;
}

/** A stretch without footage, or a turn of the media time (then both ends are about the same). */
export interface LiveGap {
  gapId: string;
  cause: LiveGapCause;
  fromAt: string;
  /** `null` while it lasts. */
  toAt: string | null;
  detail: string;
  /** The same as a code and figures; `null` where it was noted before there were any. */
  reason: LiveReason | null;
}

export interface LiveSessionDetail extends LiveSession {
  segments: LiveSegment[];
  gaps: LiveGap[];
}

export interface LiveSessionFilter {
  recorderId?: string;
  /** Sessions with a segment that began in the operation. */
  operationId?: string;
  /** Sessions with a segment that is linked to the case. */
  caseId?: string;
  /** Only those that go on, or only those that ended. */
  isOpen?: boolean;
}

const select = `SELECT live_session.*, recorder.serial_number,
    (SELECT count(*) FROM clip WHERE clip.live_session_id = live_session.session_id) AS segments,
    (SELECT coalesce(sum(size_bytes), 0) FROM clip WHERE clip.live_session_id = live_session.session_id) AS size_bytes,
    (SELECT count(*) FROM live_gap WHERE live_gap.session_id = live_session.session_id) AS gaps,
    (SELECT count(*) FROM live_report WHERE live_report.session_id = live_session.session_id) AS reports
  FROM live_session JOIN recorder USING (recorder_id)`;

/** Sessions, newest first. `before` is the session id the page starts after. */
export async function readLiveSessions(
  index: IndexReader,
  filter: LiveSessionFilter,
  page: { before: string | null; limit: number },
): Promise<{ sessions: LiveSession[]; next: string | null }> {
  const clauses = ['TRUE'];
  const parameters: (string | number)[] = [];
  const add = (clause: string, value: string | null | undefined) => {
    if (value === undefined || value === null) return;
    clauses.push(clause);
    parameters.push(value);
  };
  add('recorder_id = ?', filter.recorderId);
  add(
    `session_id IN (SELECT clip.live_session_id FROM operation_clip JOIN clip ON clip.clip_id = operation_clip.clip_id
     WHERE operation_clip.operation_id = ?)`,
    filter.operationId,
  );
  add(
    `session_id IN (SELECT clip.live_session_id FROM clip_link JOIN clip ON clip.clip_id = clip_link.clip_id
     WHERE clip_link.case_id = ?)`,
    filter.caseId,
  );
  if (filter.isOpen !== undefined) clauses.push(`ended_at IS ${filter.isOpen ? '' : 'NOT '}NULL`);
  add('session_id < ?', page.before);
  const rows = await index.read(`${select} WHERE ${clauses.join(' AND ')} ORDER BY session_id DESC LIMIT ?`, [
    ...parameters,
    page.limit + 1,
  ]);
  const sessions = rows.slice(0, page.limit).map(sessionOf);
  return { sessions, next: rows.length > page.limit ? (sessions.at(-1)?.sessionId ?? null) : null };
}

/** One session with its segments and gaps in order; `null` where there is none of the id. */
export async function readLiveSession(
  index: IndexReader,
  sessionId: string,
): Promise<LiveSessionDetail | null> {
  const [row] = await index.read(`${select} WHERE session_id = ?`, [sessionId]);
  if (row === undefined) return null;
  const segments = await index.read(
    `SELECT clip_id, live_sequence, name, state, size_bytes, sha256, time, quarantine_reason FROM clip
     WHERE live_session_id = ? ORDER BY live_sequence`,
    [sessionId],
  );
  const gaps = await index.read('SELECT * FROM live_gap WHERE session_id = ? ORDER BY from_ms, gap_id', [
    sessionId,
  ]);
  return {
    ...sessionOf(row),
    segments: segments.map(segmentOf),
    gaps: gaps.map(gapOf),
  };
}

function sessionOf(row: SqlRow): LiveSession {
  return {
    sessionId: String(row.session_id),
    recorderId: String(row.recorder_id),
    recorderSerialNumber: row.serial_number === null ? null : String(row.serial_number),
    way: row.way as LiveWay,
    tracks: JSON.parse(String(row.tracks)) as SessionTrack[],
    startedAt: String(row.started_at),
    endedAt: row.ended_at === null ? null : String(row.ended_at),
    endCause: row.end_cause as LiveEndCause | null,
    segmentCount: Number(row.segments),
    sizeBytes: Number(row.size_bytes),
    gapCount: Number(row.gaps),
    reports: Number(row.reports),
  };
}

function segmentOf(row: SqlRow): LiveSegment {
  return {
    clipId: String(row.clip_id),
    sequence: Number(row.live_sequence),
    name: String(row.name),
    state: row.state as ClipState,
    sizeBytes: Number(row.size_bytes),
    sha256: row.sha256 === null ? null : String(row.sha256),
    time: row.time === null ? null : (JSON.parse(String(row.time)) as ClipTime),
    isQuarantined: row.quarantine_reason !== null,
  };
}

function gapOf(row: SqlRow): LiveGap {
  return {
    gapId: String(row.gap_id),
    cause: row.cause as LiveGapCause,
    fromAt: new Date(Number(row.from_ms)).toISOString(),
    toAt: row.to_ms === null ? null : new Date(Number(row.to_ms)).toISOString(),
    detail: String(row.detail),
    reason: readReason(row.reason),
  };
}
