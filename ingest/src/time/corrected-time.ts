import { type ClockStretch, isStepSuspected } from './clock-history.ts';
import { type ClockLimits, driftOver } from './clock-limits.ts';
import { difference, hull, type Interval, intersection, widened } from './interval.ts';

/** UTC that a recorder's clock stood for. */
export interface CorrectedTime {
  utc: Interval;
  /** What is not checked; empty where readings before and after agree, and the truth must lie inside. */
  doubts: ('no-earlier-reading' | 'no-later-reading' | 'clock-step-suspected')[];
}

/**
 * The UTC at which a recorder's clock showed a time, from what is known of that clock. `null` where no reading says
 * anything about it.
 *
 * From a reading at T with the offset d ± U the offset at t lies within d ± (U + ρ·|T − t|), unless the clock was
 * stepped. Between two readings the offset is taken to lie anywhere in what the one or the other allows: the truth is
 * then inside even where the clock took one step too small to be noticed, or ran away faster than ρ, evenly or not,
 * as long as the readings cannot show it.
 */
export function correctedTime(
  shown: Interval,
  stretches: readonly ClockStretch[],
  limits: ClockLimits,
): CorrectedTime | null {
  const found = stretches.flatMap((stretch) => correctedIn(shown, stretch, limits) ?? []);
  const [first, ...others] = found;
  if (first === undefined) return null;
  return {
    utc: hull(first.utc, ...others.map((one) => one.utc)),
    doubts: [...new Set(found.flatMap((one) => one.doubts))],
  };
}

function correctedIn(shown: Interval, stretch: ClockStretch, limits: ClockLimits): CorrectedTime | null {
  const { before, after } = stretch;
  if (before === null && after === null) return null;
  const doubts: CorrectedTime['doubts'] = [];
  if (!before?.isRead) doubts.push('no-earlier-reading');
  if (!after?.isRead) doubts.push('no-later-reading');
  if (before !== null && after !== null && isStepSuspected(before, after, limits)) {
    doubts.push('clock-step-suspected');
  }
  const utc = narrowed(shown, stretch, limits);
  return utc === null ? null : { utc, doubts };
}

/** Each round knows better when it was, and so how far the clock can have run since a reading. */
const rounds = 3;

function narrowed(shown: Interval, stretch: ClockStretch, limits: ClockLimits): Interval | null {
  const { before, after, fromMs, toMs } = stretch;
  // Readings are placed in time by the host's clock: what it may be wrong by is at most the width of the offset.
  const slackMs = Math.max(...[before, after].map((one) => (one ? one.offset.highMs - one.offset.lowMs : 0)));
  const bounds = widened({ lowMs: fromMs, highMs: toMs }, slackMs);
  let utc: Interval | null = bounds;
  for (let round = 0; round < rounds && utc !== null; round += 1) {
    const offset = offsetWithin(utc, stretch, limits, shown);
    utc = intersection(difference(shown, offset), bounds);
  }
  return utc;
}

/** The offsets that the clock can have had at any moment of `when`. */
function offsetWithin(
  when: Interval,
  { before, after }: ClockStretch,
  limits: ClockLimits,
  shown: Interval,
): Interval {
  const allowed: Interval[] = [];
  if (before !== null) allowed.push(widened(before.offset, driftOver(limits, when.highMs - before.atMs)));
  if (after !== null) {
    // With an open beginning the clock itself says about when it was; that guess may be off by its drift.
    const guessMs = shown.lowMs - after.offset.highMs;
    const startMs = Number.isFinite(when.lowMs)
      ? when.lowMs
      : guessMs - 2 * driftOver(limits, after.atMs - guessMs);
    allowed.push(widened(after.offset, driftOver(limits, after.atMs - startMs)));
  }
  const [first = { lowMs: 0, highMs: 0 }, ...others] = allowed;
  return hull(first, ...others);
}
