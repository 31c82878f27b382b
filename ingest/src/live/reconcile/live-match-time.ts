import type { ClipTime } from '../../time/clip-time.ts';
import { difference, type Interval, sum, widened } from '../../time/interval.ts';
import { provenSpan } from '../../time/span.ts';
import type { Alignment } from './align-pictures.ts';

/** What equal pictures in a live segment tell of when an original began. */
export interface LiveMatchTime {
  liveClipId: string;
  /** By how much the segment shows the pictures later than the original, from the start of each. */
  laterMs: number;
  start: Interval;
  isDelayAssumed: boolean;
}

const liveRateShare = 2e-4;
const fileRateShare = 1e-3;
const cutMs = 100;

/**
 * The same pictures were captured in one instant: an original began as much before its live segment as the segment shows
 * them later. Told only where they stand in one place of both; `null` where nothing is proven of the segment's time. The
 * clocks of stream and file may run a little otherwise than time does, which counts from the start of each to the first
 * of the pictures.
 */
export function liveMatchTime(
  live: { clipId: string; time: ClipTime },
  alignments: readonly Alignment[],
): LiveMatchTime | null {
  const span = provenSpan(live.time);
  const apart = apartMs(alignments);
  if (apart === null || span === null) return null;
  const { laterMs } = alignments[0] as Alignment;
  return {
    liveClipId: live.clipId,
    laterMs: Math.round((laterMs.lowMs + laterMs.highMs) / 2),
    start: sum(span.start, apart),
    isDelayAssumed: live.time.doubts.includes('delay-assumed'),
  };
}

/** When a segment began, by an original that began then; the same the other way round. */
export function startByOriginal(originalStart: Interval, alignments: readonly Alignment[]): Interval | null {
  const apart = apartMs(alignments);
  return apart === null ? null : difference(originalStart, apart);
}

/** How much later than the segment the original began; `null` where pictures stand in several places or none. */
function apartMs(alignments: readonly Alignment[]): Interval | null {
  const [alignment, ...others] = alignments;
  if (alignment === undefined || others.length > 0) return null;
  const { laterMs, originalFromMs, equal } = alignment;
  const liveFromMs = Math.min(...equal.map(({ fromMs }) => fromMs));
  return widened(laterMs, cutMs + fileRateShare * Math.max(0, originalFromMs) + liveRateShare * liveFromMs);
}
