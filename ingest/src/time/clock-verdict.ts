import { type ClockAnchor, isStepSuspected } from './clock-history.ts';
import { type ClockLimits, driftOver } from './clock-limits.ts';
import { type ClockStatement, type MeasuredClock, offsetOf } from './clock-statement.ts';
import { contains, type Interval, widened } from './interval.ts';

export type ClockVerdictState = 'ok' | 'warn' | 'fault' | 'unknown';

/** Why a clock is judged as it is. */
export type ClockVerdictReason =
  | 'clock-unreadable'
  | 'host-unsynchronised'
  | 'never-set'
  | 'zone-error'
  | 'clock-step-suspected'
  | 'offset-over-daily-limit'
  | 'offset-over-limit'
  | 'offset-may-be-over-limit';

export interface ClockVerdict {
  state: ClockVerdictState;
  reasons: ClockVerdictReason[];
}

export const clockNotJudged: ClockVerdict = { state: 'unknown', reasons: [] };

export interface ClockToJudge {
  found: ClockStatement;
  /** The last offset known before, where the clock was not set since. */
  before: ClockAnchor | null;
  /** When it was last set from here. */
  lastSetMs: number | null;
}

/**
 * Judges a clock as found. A fault is an offset surely beyond the limits: what it may have drifted since it was last
 * set, or the absolute limit; a step; a clock that was never set; a wrong time zone. `warn`: more likely than not
 * beyond a limit, but within the doubt.
 */
export function judgeClock({ found, before, lastSetMs }: ClockToJudge, limits: ClockLimits): ClockVerdict {
  const reasons: ClockVerdictReason[] = [];
  if (found.state === 'unreadable') return { state: 'unknown', reasons: ['clock-unreadable'] };
  if (wasNeverSet(found)) reasons.push('never-set');
  else if (zoneErrorHours(found, limits) !== null) reasons.push('zone-error');
  const offset = offsetOf(found);
  if (offset === null) {
    // Against a clock that may itself be wrong only gross errors can be told.
    return { state: reasons.length > 0 ? 'fault' : 'unknown', reasons: [...reasons, 'host-unsynchronised'] };
  }
  const atMs = Date.parse(found.readAt);
  if (before !== null && isStepSuspected(before, { atMs, offset, isRead: true }, limits)) {
    reasons.push('clock-step-suspected');
  }
  const dailyMs = dailyLimitMs(before, lastSetMs, atMs, limits);
  if (dailyMs !== null && leastMs(offset) > dailyMs) reasons.push('offset-over-daily-limit');
  if (leastMs(offset) > limits.faultOffsetMs) reasons.push('offset-over-limit');
  if (reasons.length > 0) return { state: 'fault', reasons };
  const limitMs = Math.min(dailyMs ?? Number.POSITIVE_INFINITY, limits.faultOffsetMs);
  const isLikelyOver = Math.abs(found.offsetMs) > limitMs;
  return isLikelyOver
    ? { state: 'warn', reasons: ['offset-may-be-over-limit'] }
    : { state: 'ok', reasons: [] };
}

/** What the clock may be off by: what it was off by when it was last set, and the drift allowed since. */
function dailyLimitMs(
  before: ClockAnchor | null,
  lastSetMs: number | null,
  atMs: number,
  limits: ClockLimits,
): number | null {
  if (lastSetMs === null) return null;
  const whenSetMs =
    before === null ? 0 : Math.max(Math.abs(before.offset.lowMs), Math.abs(before.offset.highMs));
  return whenSetMs + driftOver(limits, atMs - lastSetMs);
}

/** How far off a clock is at least. */
function leastMs({ lowMs, highMs }: Interval): number {
  return Math.max(0, lowMs, -highMs);
}

/** Clocks that lost their time begin again at the beginning of some era: 1970, 1980, 2000. */
const neverSetBeforeMs = Date.UTC(2010, 0, 1);

function wasNeverSet({ readAt, offsetMs }: MeasuredClock): boolean {
  return Date.parse(readAt) + offsetMs < neverSetBeforeMs;
}

const halfHourMs = 1_800_000;
/** From the Line Islands (+14:00) to Baker Island (−12:00). */
const longestZoneErrorMs = 26 * 3_600_000;

/** Hours by which a clock is off, where that is what a wrong time zone makes; else `null`. */
export function zoneErrorHours(found: MeasuredClock, limits: ClockLimits): number | null {
  const nearest = Math.round(found.offsetMs / halfHourMs) * halfHourMs;
  if (Math.abs(nearest) < 2 * halfHourMs || Math.abs(nearest) > longestZoneErrorMs) return null;
  const { offsetMs, halfWidthMs } = found;
  const offset = { lowMs: offsetMs - halfWidthMs, highMs: offsetMs + halfWidthMs };
  return contains(widened(offset, limits.faultOffsetMs), nearest) ? nearest / 3_600_000 : null;
}
