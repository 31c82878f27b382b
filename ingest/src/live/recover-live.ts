import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { LiveWay } from '@docket/device-protocol/live';
import { v7 as uuidv7 } from 'uuid';
import { moveClip } from '../clip/clip-moves.ts';
import { clipsInStates } from '../clip/clip-queries.ts';
import type { ClipRecord } from '../clip/clip-record.ts';
import type { JsonValue } from '../custody/canonical-json.ts';
import { errnoOf } from '../errors.ts';
import type { SqlRow } from '../index-store/connection.ts';
import { mediaFileName } from '../store/store-layout.ts';
import type { HostClock } from '../time/host-clock/host-clock.ts';
import { type ArrivedReport, captureTime } from './capture-time.ts';
import { closeGap, endSession, insertGap, type NewGap, type SegmentStart } from './live-index.ts';
import { type SealServices, sealSegment } from './seal-segment.ts';
import { type ReadSegment, readSegment } from './segment-reader.ts';

export interface LiveRecoveryServices extends SealServices {
  hostClock: { read(signal: AbortSignal): Promise<HostClock> };
  assumedDelayMs: number;
}

export interface LiveRecovery {
  /** Segments that were cut back to their last whole part and sealed. */
  finished: number;
  /** Of which nothing whole stood. */
  lost: number;
  /** Segments that could not be looked at (disk full or failing), by clip id; they wait for the next start. */
  kept: string[];
}

/** A clip of a live session that a stop left on its way, with what the index keeps of its beginning. */
interface LeftSegment {
  clip: ClipRecord;
  sessionId: string;
  way: LiveWay;
  start: SegmentStart;
}

/**
 * Finishes what the last run was recording when it ended: each segment is cut back to its last whole part, hashed, and
 * sealed; what differs from what was claimed is sealed in quarantine, and nothing is thrown away. Sessions that were open
 * end, with a gap up to now.
 */
export async function recoverLive(services: LiveRecoveryServices): Promise<LiveRecovery> {
  const recovery: LiveRecovery = { finished: 0, lost: 0, kept: [] };
  const lastArrivals = new Map<string, number>();
  for (const left of await leftSegments(services)) {
    try {
      const arrivedMs = await recoverSegment(services, left);
      if (arrivedMs === null) recovery.lost += 1;
      else recovery.finished += 1;
      const known = lastArrivals.get(left.sessionId) ?? 0;
      lastArrivals.set(left.sessionId, Math.max(known, arrivedMs ?? left.start.firstArrivedMs));
    } catch {
      recovery.kept.push(left.clip.clipId);
    }
  }
  await endOpenSessions(services, lastArrivals);
  return recovery;
}

async function leftSegments({ database }: LiveRecoveryServices): Promise<LeftSegment[]> {
  const clips = await clipsInStates(database, ['recording', 'pulled', 'verified']);
  const left: LeftSegment[] = [];
  for (const clip of clips) {
    if (clip.liveSessionId === null) continue;
    const [row] = await database.read(
      'SELECT live_start, way FROM clip JOIN live_session ON session_id = live_session_id WHERE clip_id = ?',
      [clip.clipId],
    );
    if (row === undefined) continue;
    const start = JSON.parse(String(row.live_start)) as SegmentStart;
    left.push({ clip, sessionId: clip.liveSessionId, way: row.way as LiveWay, start });
  }
  return left;
}

/** When its last part arrived; `null` where nothing of it was whole, and it is `lost`. */
async function recoverSegment(services: LiveRecoveryServices, left: LeftSegment): Promise<number | null> {
  const { clip, sessionId, start } = left;
  const { layout } = services;
  const folder = layout.incomingFolder(clip.clipId);
  await takeBack(layout.sealedFolder(clip.clipId), folder);
  const found = await readLeft(join(folder, mediaFileName(clip.name)), left);
  if (found === null || found.parts === 0) {
    if (clip.state !== 'recording') throw new Error(`the media of clip ${clip.clipId} is not there`);
    await moveLost(services, left, found?.tornBytes ?? 0);
    await rm(folder, { recursive: true, force: true });
    return null;
  }
  const { sha256, blake3, sizeBytes } = clip;
  const written = sha256 === null || blake3 === null ? null : { sha256, blake3, sizeBytes };
  const evidence = await evidenceOf(services, left, found);
  await sealSegment(services, {
    clipId: clip.clipId,
    written,
    chain: {
      session: sessionId,
      sequence: start.sequence,
      previousSha256: await previousSha256(services, left),
    },
    live: await factsOf(services, left, found),
    time: evidence.time,
    line: evidence.line,
    recovered: { recovered: true, tornBytes: found.tornBytes },
  });
  return found.references.at(-1)?.atMs ?? start.firstArrivedMs;
}

/** A crash between the rename and its commit: the folder stands in its place, the index does not know. */
async function takeBack(sealed: string, incoming: string): Promise<void> {
  try {
    await rename(sealed, incoming);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
  }
}

/** Cuts a file that was being written back to its last whole part; `null` where there is no file. */
async function readLeft(path: string, { clip, start }: LeftSegment): Promise<ReadSegment | null> {
  const videoTracks = new Set(
    start.tracks.filter(({ codec }) => codec === 'h264' || codec === 'h265').map(({ id }) => id),
  );
  let handle: Awaited<ReturnType<typeof open>>;
  try {
    handle = await open(path, 'r+');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    throw error;
  }
  try {
    const found = await readSegment(handle, videoTracks);
    // What was hashed already is judged by its hash, and kept as it stands.
    if (clip.state === 'recording' && found.parts > 0 && found.tornBytes > 0) {
      await handle.truncate(found.wholeBytes);
      await handle.sync();
    }
    return found;
  } finally {
    await handle.close();
  }
}

async function moveLost(
  { database, custody }: LiveRecoveryServices,
  { clip, sessionId, start }: LeftSegment,
  tornBytes: number,
): Promise<void> {
  await database.write((transaction) =>
    moveClip(transaction, custody, {
      clipId: clip.clipId,
      to: 'lost',
      details: {
        session: sessionId,
        sequence: start.sequence,
        tornBytes,
        reason: 'no part of it was whole when the gateway stopped',
      },
    }),
  );
}

async function previousSha256(
  { database }: LiveRecoveryServices,
  { sessionId, start }: LeftSegment,
): Promise<string | null> {
  const [row] = await database.read(
    `SELECT sha256 FROM clip WHERE live_session_id = ? AND live_sequence < ? AND sha256 IS NOT NULL
     ORDER BY live_sequence DESC LIMIT 1`,
    [sessionId, start.sequence],
  );
  return row === undefined ? null : String(row.sha256);
}

async function evidenceOf(services: LiveRecoveryServices, left: LeftSegment, found: ReadSegment) {
  const { start } = left;
  const track = referenceTrack(start, found);
  const own = found.tracks.get(track?.id ?? 0);
  const lineMs = (ticks: number) => start.originMs + (ticks * 1000) / (track?.clockRateHz ?? 1000);
  const line = { fromMs: lineMs(own?.fromTicks ?? 0), toMs: lineMs(own?.endTicks ?? 0) };
  const units = found.references
    .filter(({ trackId }) => trackId === track?.id)
    .map(({ mediaTicks, atMs }) => ({ mediaMs: lineMs(mediaTicks), arrivedMs: atMs }));
  const time = captureTime({
    fromMediaMs: line.fromMs,
    toMediaMs: line.toMs,
    units: units.length > 0 ? units : [{ mediaMs: line.fromMs, arrivedMs: start.firstArrivedMs }],
    reports: track?.index === start.anchor.track ? await reportsOf(services, left, track.clockRateHz) : [],
    assumedDelayMs: services.assumedDelayMs,
    host: await services.hostClock.read(new AbortController().signal),
    isHostStepped: false,
  });
  return { time, line };
}

/** The track by which a segment’s time is told: pictures, where it has any. */
function referenceTrack({ tracks }: SegmentStart, found: ReadSegment) {
  const there = tracks.filter(({ id }) => found.tracks.has(id));
  return there.find(({ codec }) => codec === 'h264' || codec === 'h265') ?? there[0];
}

/** Reports of the same line of media time, put on it by the RTP time of the segment’s first unit. */
async function reportsOf(
  { database }: LiveRecoveryServices,
  { sessionId, start }: LeftSegment,
  clockRateHz: number,
): Promise<ArrivedReport[]> {
  const rows = await database.read(
    `SELECT * FROM live_report WHERE session_id = ?1 AND track = ?2 AND arrived_ms >=
       (SELECT min(live_start ->> 'firstArrivedMs') FROM clip WHERE live_session_id = ?1 AND live_line = ?3)
     ORDER BY arrived_ms DESC LIMIT 256`,
    [sessionId, start.anchor.track, start.line],
  );
  return rows.reverse().map((row) => {
    // Within half of what 32 bits hold: six hours at 90 kHz.
    const step = (Number(row.rtp_timestamp) - start.anchor.rtpTimestamp) | 0;
    return {
      mediaMs: start.originMs + ((start.anchor.fileTicks + step) * 1000) / clockRateHz,
      arrivedMs: Number(row.arrived_ms),
      sentNotBeforeMs: row.sent_not_before_ms === null ? null : Number(row.sent_not_before_ms),
      ntpMs: Number(row.ntp_ms),
    };
  });
}

async function factsOf(
  { database }: LiveRecoveryServices,
  { sessionId, way, start }: LeftSegment,
  found: ReadSegment,
): Promise<{ readonly [key: string]: JsonValue }> {
  const [first, last] = [found.references[0]?.atMs ?? start.firstArrivedMs, found.references.at(-1)?.atMs];
  const gaps = await database.read(
    'SELECT * FROM live_gap WHERE session_id = ? AND from_ms BETWEEN ? AND ? ORDER BY from_ms LIMIT 200',
    [sessionId, Math.floor(first), Math.ceil(last ?? first)],
  );
  return {
    way,
    line: start.line,
    isBegunWithoutKeyFrame: start.isBegunWithoutKeyFrame,
    parts: found.parts,
    arrivedFrom: instant(first),
    arrivedTo: instant(last ?? first),
    tracks: start.tracks.map(({ index, id, codec, clockRateHz }) => {
      const own = found.tracks.get(id);
      return {
        index,
        id,
        codec,
        clockRateHz,
        fromTicks: own?.fromTicks ?? null,
        toTicks: own?.endTicks ?? null,
        units: own?.units ?? 0,
      };
    }),
    gaps: gaps.map((row) => ({
      gap: String(row.gap_id),
      cause: String(row.cause),
      from: instant(Number(row.from_ms)),
      to: row.to_ms === null ? null : instant(Number(row.to_ms)),
      detail: String(row.detail),
    })),
    gapCount: gaps.length,
  };
}

async function endOpenSessions(
  services: LiveRecoveryServices,
  lastArrivals: ReadonlyMap<string, number>,
): Promise<void> {
  const { database, custody } = services;
  const nowMs = Date.now();
  for (const row of await database.read('SELECT * FROM live_session WHERE ended_at IS NULL')) {
    const sessionId = String(row.session_id);
    const recorderId = String(row.recorder_id);
    const open = await database.read('SELECT * FROM live_gap WHERE session_id = ? AND to_ms IS NULL', [
      sessionId,
    ]);
    const lastMs = lastArrivals.get(sessionId);
    await database.write(async (transaction) => {
      for (const gap of open) {
        await closeGap(transaction, custody, { ...gapOf(gap, recorderId), toMs: nowMs });
      }
      if (lastMs !== undefined && open.length === 0) {
        await insertGap(transaction, custody, {
          gapId: uuidv7(),
          sessionId,
          recorderId,
          cause: 'gateway-stopped',
          fromMs: Math.min(lastMs, nowMs),
          toMs: nowMs,
          detail: 'from the newest part that stands to the next start',
        });
      }
      await endSession(transaction, custody, {
        sessionId,
        recorderId,
        cause: 'gateway-stopped',
        endedAt: new Date(nowMs).toISOString(),
        recovered: true,
      });
    });
  }
}

function gapOf(row: SqlRow, recorderId: string): NewGap {
  return {
    gapId: String(row.gap_id),
    sessionId: String(row.session_id),
    recorderId,
    cause: row.cause as NewGap['cause'],
    fromMs: Number(row.from_ms),
    toMs: null,
    detail: String(row.detail),
  };
}

function instant(ms: number): string {
  return new Date(Math.round(ms)).toISOString();
}
