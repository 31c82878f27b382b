import type { ClipInstant, ClipTime } from './clip-time.ts';
import type { Interval } from './interval.ts';

/** When something went on: each end somewhere within an interval of Unix milliseconds. */
export interface Span {
  start: Interval;
  end: Interval;
}

/** The time in which it surely went on; `null` where the doubt of its ends eats it up. */
export function surePart({ start, end }: Span): Interval | null {
  return start.highMs <= end.lowMs ? { lowMs: start.highMs, highMs: end.lowMs } : null;
}

/** All the time in which it may have gone on. */
export function possiblePart({ start, end }: Span): Interval {
  return { lowMs: start.lowMs, highMs: end.highMs };
}

/**
 * What is proven of when a clip was recorded: an end nothing is known of is infinite. `null` where nothing at all is.
 */
export function provenSpan({ start, end }: ClipTime): Span | null {
  const [from, to] = [provenInterval(start), provenInterval(end)];
  const isAnythingKnown = [from.lowMs, from.highMs, to.lowMs, to.highMs].some(Number.isFinite);
  return isAnythingKnown ? { start: from, end: to } : null;
}

/**
 * When a clip was recorded if nothing is wrong that could not be checked: `value ± halfWidthMs` of both ends. `null`
 * where the clock was never read, so that even that is not known.
 */
export function assumedSpan({ start, end }: ClipTime): Span | null {
  const [from, to] = [assumedInterval(start), assumedInterval(end)];
  return from === null || to === null ? null : { start: from, end: to };
}

function provenInterval({ notBefore, notAfter }: ClipInstant): Interval {
  return {
    lowMs: notBefore === null ? Number.NEGATIVE_INFINITY : Date.parse(notBefore),
    highMs: notAfter === null ? Number.POSITIVE_INFINITY : Date.parse(notAfter),
  };
}

function assumedInterval({ value, halfWidthMs }: ClipInstant): Interval | null {
  if (value === null || halfWidthMs === null) return null;
  const middleMs = Date.parse(value);
  return { lowMs: middleMs - halfWidthMs, highMs: middleMs + halfWidthMs };
}
