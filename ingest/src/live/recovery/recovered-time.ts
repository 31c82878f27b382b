import type { IndexReader } from '../../index-store/index-database.ts';
import type { ClipTime } from '../../time/clip-time.ts';
import type { HostClock } from '../../time/host-clock/host-clock.ts';
import { type ArrivedReport, captureTime } from '../capture-time.ts';
import type { SegmentStart } from '../live-index.ts';
import type { LeftSegment } from './left-segments.ts';
import type { ReadSegment } from './segment-reader.ts';

/** When a segment was captured and where it lies on the media time, as its file and the kept reports tell. */
export async function recoveredTime(
  index: IndexReader,
  left: LeftSegment,
  found: ReadSegment,
  { host, assumedDelayMs }: { host: HostClock; assumedDelayMs: number },
): Promise<{ time: ClipTime; line: { fromMs: number; toMs: number } }> {
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
    reports: track?.index === start.anchor.track ? await reportsOf(index, left, track.clockRateHz) : [],
    assumedDelayMs,
    host,
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
  index: IndexReader,
  { sessionId, start }: LeftSegment,
  clockRateHz: number,
): Promise<ArrivedReport[]> {
  const rows = await index.read(
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
