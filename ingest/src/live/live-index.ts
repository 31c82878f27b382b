import type { LiveTrack, LiveWay, SenderReport } from '@docket/device-protocol/live';
import type { JsonValue } from '../custody/canonical-json.ts';
import type { CustodyLog } from '../custody/custody-log.ts';
import { IngestError } from '../errors.ts';
import type { SqlRow } from '../index-store/connection.ts';
import type { Transaction } from '../index-store/index-database.ts';
import { beginInPart } from '../operations/mark-clips.ts';
import { markDue } from '../reckoning/due.ts';
import { describeReason, type LiveReason } from './live-reason.ts';
import type { LiveEndCause, LiveGapCause } from './live-recording.ts';

/** A track of a session, as the index keeps it. */
export interface SessionTrack {
  index: number;
  kind: LiveTrack['kind'];
  codec: LiveTrack['codec'];
  clockRateHz: number;
  channels: number | null;
}

export function sessionTracks(tracks: readonly LiveTrack[]): SessionTrack[] {
  return tracks.map(({ index, kind, codec, clockRateHz, channels }) => ({
    index,
    kind,
    codec,
    clockRateHz,
    channels,
  }));
}

export interface NewSession {
  sessionId: string;
  recorderId: string;
  way: LiveWay;
  tracks: readonly SessionTrack[];
  startedAt: string;
}

/** Throws IngestError RECORDER_UNKNOWN. */
export async function insertSession(
  transaction: Transaction,
  custody: CustodyLog,
  { sessionId, recorderId, way, tracks, startedAt }: NewSession,
): Promise<void> {
  const [recorder] = await transaction.all('SELECT 1 FROM recorder WHERE recorder_id = ?', [recorderId]);
  if (recorder === undefined) {
    throw new IngestError('RECORDER_UNKNOWN', `no recorder ${recorderId} was ever seen here`);
  }
  await transaction.run(
    'INSERT INTO live_session (session_id, recorder_id, way, tracks, started_at) VALUES (?, ?, ?, ?, ?)',
    [sessionId, recorderId, way, JSON.stringify(tracks), startedAt],
  );
  await custody.append(transaction, {
    action: 'live-started',
    recorderId,
    details: { session: sessionId, way, tracks: tracks.map((track) => ({ ...track })) },
  });
}

/** What the session truly consists of, where its description was wrong. The gap that tells why is noted apart. */
export async function correctSessionTracks(
  transaction: Transaction,
  sessionId: string,
  tracks: readonly SessionTrack[],
): Promise<void> {
  await transaction.run('UPDATE live_session SET tracks = ? WHERE session_id = ?', [
    JSON.stringify(tracks),
    sessionId,
  ]);
}

export async function endSession(
  transaction: Transaction,
  custody: CustodyLog,
  end: { sessionId: string; recorderId: string; cause: LiveEndCause; endedAt: string; recovered?: true },
): Promise<void> {
  const { sessionId, recorderId, cause, endedAt, recovered } = end;
  await transaction.run(
    'UPDATE live_session SET ended_at = ?, end_cause = ? WHERE session_id = ? AND ended_at IS NULL',
    [endedAt, cause, sessionId],
  );
  await custody.append(transaction, {
    action: 'live-ended',
    recorderId,
    details: { session: sessionId, cause, endedAt, ...(recovered === undefined ? {} : { recovered }) },
  });
}

/** How a segment begins, kept with its clip from its first moment: what is needed to finish it after a crash. */
export interface SegmentStart {
  sequence: number;
  /** Counts the turns of the media clocks: segments of one line share one. */
  line: number;
  /** Where on the line the file begins, in milliseconds. */
  originMs: number;
  /** No key frame came in time: the first pictures cannot be decoded by themselves. */
  isBegunWithoutKeyFrame: boolean;
  firstArrivedMs: number;
  tracks: { index: number; id: number; codec: LiveTrack['codec']; clockRateHz: number }[];
  /** The first unit: its RTP time, and where it lies in the file, in ticks of its track. */
  anchor: { track: number; rtpTimestamp: number; fileTicks: number };
}

export interface NewSegment {
  clipId: string;
  sessionId: string;
  recorderId: string;
  name: string;
  kind: 'video' | 'audio';
  start: SegmentStart;
  listedAt: string;
}

/** Path of a segment, as the recorder's own clips have one. */
export function segmentPath(sessionId: string, name: string): string {
  return `live/${sessionId}/${name}`;
}

export async function insertSegment(
  transaction: Transaction,
  custody: CustodyLog,
  segment: NewSegment,
): Promise<void> {
  const { clipId, sessionId, recorderId, name, kind, start, listedAt } = segment;
  const path = segmentPath(sessionId, name);
  await transaction.run(
    `INSERT INTO clip (clip_id, recorder_id, docking_id, path_bytes, name, path, name_encoding, kind, size_bytes, marked,
       state, listed_at, live_session_id, live_sequence, live_line, live_start)
     VALUES (?, ?, NULL, ?, ?, ?, 'utf-8', ?, 0, 0, 'recording', ?, ?, ?, ?, ?)`,
    [
      clipId,
      recorderId,
      Buffer.from(path),
      name,
      path,
      kind,
      listedAt,
      sessionId,
      start.sequence,
      start.line,
      JSON.stringify(start),
    ],
  );
  await beginInPart(transaction, clipId, recorderId);
  await custody.append(transaction, {
    action: 'recording-started',
    clipId,
    recorderId,
    details: { session: sessionId, sequence: start.sequence, path },
  });
  await markDue(transaction, 'clip', [clipId]);
}

/** A stretch without footage, or a turn of the media time, of a session. */
export interface NewGap {
  gapId: string;
  sessionId: string;
  recorderId: string;
  cause: LiveGapCause;
  fromMs: number;
  /** `null` while it lasts. */
  toMs: number | null;
  reason: LiveReason;
}

/** A gap in the words in which it was told. */
export type ToldGap = Omit<NewGap, 'reason'> & { detail: string };

export function toldGap({ reason, ...gap }: NewGap): ToldGap {
  return { ...gap, detail: describeReason(reason) };
}

export async function insertGap(transaction: Transaction, custody: CustodyLog, gap: NewGap): Promise<void> {
  const { gapId, sessionId, cause, fromMs, toMs, reason } = gap;
  await transaction.run(
    'INSERT INTO live_gap (gap_id, session_id, cause, from_ms, to_ms, detail, reason) VALUES (?, ?, ?, ?, ?, ?, ?)',
    [
      gapId,
      sessionId,
      cause,
      Math.round(fromMs),
      toMs === null ? null : Math.round(toMs),
      describeReason(reason),
      JSON.stringify(reason),
    ],
  );
  await appendGap(transaction, custody, toldGap(gap));
}

export async function closeGap(
  transaction: Transaction,
  custody: CustodyLog,
  gap: ToldGap & { toMs: number },
): Promise<void> {
  await transaction.run('UPDATE live_gap SET to_ms = ? WHERE gap_id = ? AND to_ms IS NULL', [
    Math.round(gap.toMs),
    gap.gapId,
  ]);
  await appendGap(transaction, custody, gap);
}

/** A row of `live_gap`. */
export function gapOf(row: SqlRow, recorderId: string): ToldGap {
  return {
    gapId: String(row.gap_id),
    sessionId: String(row.session_id),
    recorderId,
    cause: row.cause as LiveGapCause,
    fromMs: Number(row.from_ms),
    toMs: row.to_ms === null ? null : Number(row.to_ms),
    detail: String(row.detail),
  };
}

async function appendGap(transaction: Transaction, custody: CustodyLog, gap: ToldGap): Promise<void> {
  const instant = (ms: number) => new Date(Math.round(ms)).toISOString();
  const details: { [key: string]: JsonValue } = {
    session: gap.sessionId,
    gap: gap.gapId,
    cause: gap.cause,
    from: instant(gap.fromMs),
    to: gap.toMs === null ? null : instant(gap.toMs),
    detail: gap.detail,
  };
  await custody.append(transaction, { action: 'live-gap', recorderId: gap.recorderId, details });
}

export interface KeptReport {
  track: number;
  arrivedMs: number;
  sentNotBeforeMs: number | null;
  report: Pick<SenderReport, 'ssrc' | 'ntpMs' | 'rtpTimestamp'>;
}

/** Reports are evidence of segments, which name them; they are no act of their own. */
export async function insertReports(
  transaction: Transaction,
  sessionId: string,
  reports: readonly KeptReport[],
): Promise<void> {
  for (const { track, arrivedMs, sentNotBeforeMs, report } of reports) {
    await transaction.run(
      `INSERT INTO live_report (session_id, track, arrived_ms, sent_not_before_ms, ssrc, ntp_ms, rtp_timestamp)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
      [sessionId, track, arrivedMs, sentNotBeforeMs, report.ssrc, report.ntpMs, report.rtpTimestamp],
    );
  }
}
