import { parseDateTime, wallClockInZone } from '@docket/device-protocol';
import { hull, type Interval } from './interval.ts';

/** A time as a recorder's clock showed it, as milliseconds since 1970-01-01 by that clock. */
export interface ShownTime {
  shown: Interval;
  /** The zone that was taken; `null` where the text names one. */
  zone: string | null;
}

/** Within this of a change of the zone's offset a wall clock shows the same time twice, or skips it. */
const changeMs = 7_200_000;

/**
 * The range of clock times that a text stands for: its step, and the half step by which a display that rounds is early.
 * Near a change of the zone's offset both readings are in it. `null` where the text is no time.
 */
export function shownTime(text: string, assumedZone: string, leastStepMs = 0): ShownTime | null {
  const parsed = parseDateTime(text);
  if (parsed === null) return null;
  const stepMs = Math.max(parsed.resolutionMs, leastStepMs);
  const { wallMs, zoneOffsetMs } = parsed;
  if (zoneOffsetMs !== null) return { shown: step(wallMs - zoneOffsetMs, stepMs), zone: null };
  const readings = [-changeMs, 0, changeMs].map((shift) =>
    step(wallClockInZone(wallMs + shift, assumedZone) - shift, stepMs),
  );
  const [first = { lowMs: 0, highMs: 0 }, ...others] = readings;
  return { shown: hull(first, ...others), zone: assumedZone };
}

function step(fromMs: number, stepMs: number): Interval {
  return { lowMs: fromMs - stepMs / 2, highMs: fromMs + stepMs };
}
