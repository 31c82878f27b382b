import type { LiveWay } from '@docket/device-protocol/live';
import type { ClipState } from '../clip/clip-states.ts';
import type { SqlRow } from '../index-store/connection.ts';
import type { IndexReader } from '../index-store/index-database.ts';
import type { ClipTime } from '../time/clip-time.ts';
import type { SessionTrack } from './live-index.ts';
import type { LiveEndCause, LiveGapCause } from './live-recording.ts';

export interface LiveSession {
  sessionId: string;
  recorderId: string;
  way: LiveWay;
  tracks: SessionTrack[];
  startedAt: string;
  /** `null` while it goes on. */
  endedAt: string | null;
  endCause: LiveEndCause | null;
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
}

export interface LiveSessionDetail extends LiveSession {
  segments: LiveSegment[];
  gaps: LiveGap[];
  /** Sender reports kept as evidence of time. */
  reports: number;
}

export interface LiveSessionFilter {
  recorderId?: string;
  /** Only those that go on, or only those that ended. */
  isOpen?: boolean;
}

/** Sessions, newest first. `before` is the session id the page starts after. */
export async function readLiveSessions(
  index: IndexReader,
  filter: LiveSessionFilter,
  page: { before: string | null; limit: number },
): Promise<{ sessions: LiveSession[]; next: string | null }> {
  const clauses = ['TRUE'];
  const parameters: (string | number)[] = [];
  if (filter.recorderId !== undefined) {
    clauses.push('recorder_id = ?');
    parameters.push(filter.recorderId);
  }
  if (filter.isOpen !== undefined) clauses.push(`ended_at IS ${filter.isOpen ? '' : 'NOT '}NULL`);
  if (page.before !== null) {
    clauses.push('session_id < ?');
    parameters.push(page.before);
  }
  const rows = await index.read(
    `SELECT * FROM live_session WHERE ${clauses.join(' AND ')} ORDER BY session_id DESC LIMIT ?`,
    [...parameters, page.limit + 1],
  );
  const sessions = rows.slice(0, page.limit).map(sessionOf);
  return { sessions, next: rows.length > page.limit ? (sessions.at(-1)?.sessionId ?? null) : null };
}

/** One session with its segments and gaps in order; `null` where there is none of the id. */
export async function readLiveSession(
  index: IndexReader,
  sessionId: string,
): Promise<LiveSessionDetail | null> {
  const [row] = await index.read('SELECT * FROM live_session WHERE session_id = ?', [sessionId]);
  if (row === undefined) return null;
  const segments = await index.read(
    `SELECT clip_id, live_sequence, name, state, size_bytes, sha256, time, quarantine_reason FROM clip
     WHERE live_session_id = ? ORDER BY live_sequence`,
    [sessionId],
  );
  const gaps = await index.read('SELECT * FROM live_gap WHERE session_id = ? ORDER BY from_ms, gap_id', [
    sessionId,
  ]);
  const [reports] = await index.read('SELECT count(*) AS count FROM live_report WHERE session_id = ?', [
    sessionId,
  ]);
  return {
    ...sessionOf(row),
    segments: segments.map(segmentOf),
    gaps: gaps.map(gapOf),
    reports: Number(reports?.count ?? 0),
  };
}

function sessionOf(row: SqlRow): LiveSession {
  return {
    sessionId: String(row.session_id),
    recorderId: String(row.recorder_id),
    way: row.way as LiveWay,
    tracks: JSON.parse(String(row.tracks)) as SessionTrack[],
    startedAt: String(row.started_at),
    endedAt: row.ended_at === null ? null : String(row.ended_at),
    endCause: row.end_cause as LiveEndCause | null,
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
  };
}
