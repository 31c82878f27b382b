import type { AccessUnit } from '@docket/device-protocol/live';
import type { SegmentStart } from '../live-index.ts';
import type { MediaLine } from './media-line.ts';
import { SegmentMedia } from './segment-media.ts';
import type { StreamTracks } from './stream-tracks.ts';

/** A segment that is to begin. */
export interface SegmentPlan {
  start: SegmentStart;
  /** The track by which its time is told, where it brings something. */
  referenceIndex: number;
  kind: 'video' | 'audio';
  media: SegmentMedia;
}

/** Plans the segment that begins with the unit, which must be on the line. `place`: its number in the session and that of the line. */
export function planSegment(
  unit: AccessUnit,
  line: MediaLine,
  tracks: StreamTracks,
  place: { sequence: number; line: number },
): SegmentPlan {
  const { referenceIndex, kind } = tracks;
  line.alignTo(referenceIndex);
  const unitMs = line.msOf(unit.track.index, unit.mediaTicks);
  // Sound of before its picture may still be on its way; the file begins with whichever is first.
  const originMs = Math.max(unitMs - 1000, Math.min(unitMs, line.earliestNextMs()));
  const inMp4 = tracks.inMp4();
  const media = new SegmentMedia(line, originMs, inMp4);
  const start: SegmentStart = {
    ...place,
    originMs,
    isBegunWithoutKeyFrame: !tracks.isGoodBeginning(unit),
    firstArrivedMs: unit.arrival.atMs,
    tracks: [...inMp4].map(([index, { id, ticksPerSecond, format }]) => ({
      index,
      id,
      codec: format.codec,
      clockRateHz: ticksPerSecond,
    })),
    anchor: {
      track: unit.track.index,
      rtpTimestamp: unit.rtpTimestamp,
      fileTicks: unit.mediaTicks - media.originTicksOf(unit),
    },
  };
  return { start, referenceIndex, kind, media };
}
