import type { ClipTime, TimeDoubt } from '../time/clip-time.ts';
import type { Interval } from '../time/interval.ts';
import { assumedSpan, provenSpan, type Span } from '../time/span.ts';

/**
 * What the time of a clip is worth. `proven`: both ends of its start are; `assumed`: nothing speaks against it, or it holds if
 * a live stream was no longer on its way than the settings say; `doubtful`:
 * something does; `shown`: by a clock nobody could read. Only the first two link anything.
 */
export type SpanBasis = 'proven' | 'assumed' | 'doubtful' | 'shown';

export interface RecordedSpan {
  basis: SpanBasis;
  span: Span;
}

/** Doubts that say more than "it could not be checked": the assumed time may well be wrong. */
const speakingAgainst: readonly TimeDoubt[] = [
  'host-unsynchronised',
  'clock-step-suspected',
  'sources-conflict',
];

/**
 * When a clip was recorded, for holding it against activities; `null` where nothing tells. A clip whose length is not
 * known ends some time between its start and the moment by which it lay on the docked recorder.
 */
export function recordedSpan(time: ClipTime | null, collectedMs: number): RecordedSpan | null {
  if (time === null) return null;
  const proven = provenSpan(time);
  if (proven !== null && isBounded(proven.start)) {
    const basis = time.doubts.includes('delay-assumed') ? 'assumed' : 'proven';
    return { basis, span: ordered(proven) };
  }
  const start = assumedStart(time);
  if (start !== null) {
    const end = assumedSpan(time)?.end ?? { lowMs: start.lowMs, highMs: Math.max(collectedMs, start.highMs) };
    const isDoubtful = time.doubts.some((doubt) => speakingAgainst.includes(doubt));
    return { basis: isDoubtful ? 'doubtful' : 'assumed', span: ordered({ start, end }) };
  }
  if (time.start.value === null) return null;
  const startMs = Date.parse(time.start.value);
  const endMs = time.end.value === null ? startMs : Date.parse(time.end.value);
  return { basis: 'shown', span: ordered({ start: at(startMs), end: at(endMs) }) };
}

/** The last moment at which a clip can have begun, by what is proven; infinite where nothing is. */
export function latestStartMs(time: ClipTime | null): number {
  return (time === null ? null : provenSpan(time)?.start.highMs) ?? Number.POSITIVE_INFINITY;
}

function assumedStart({ start }: ClipTime): Interval | null {
  if (start.value === null || start.halfWidthMs === null) return null;
  const middleMs = Date.parse(start.value);
  return { lowMs: middleMs - start.halfWidthMs, highMs: middleMs + start.halfWidthMs };
}

function at(milliseconds: number): Interval {
  return { lowMs: milliseconds, highMs: milliseconds };
}

function isBounded({ lowMs, highMs }: Interval): boolean {
  return Number.isFinite(lowMs) && Number.isFinite(highMs);
}

/** No recording ends before it began. */
function ordered({ start, end }: Span): Span {
  const lowMs = Math.max(start.lowMs, end.lowMs);
  return { start, end: { lowMs, highMs: Math.max(lowMs, end.highMs) } };
}
