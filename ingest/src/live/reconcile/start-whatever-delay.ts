import type { ClipTime } from '../../time/clip-time.ts';
import type { Interval } from '../../time/interval.ts';
import { provenSpan } from '../../time/span.ts';

/**
 * How old a live picture can be when it arrives, where nothing proves it. Not what is to be expected (that is
 * `live.assumedDelayMs`) but more than a recorder can keep back: at 2 Mbit/s these are 150 MB of memory.
 */
export const longestDelayMs = 600_000;

/**
 * When a live segment began, as far as a verdict on originals may rest on it: never on the delay that the settings
 * assume. It was captured before it arrived; how long before, is either proven or anything up to ten minutes. An end that
 * nothing is known of is infinite.
 */
export function startWhateverDelay(time: ClipTime): Interval {
  const start = provenSpan(time)?.start ?? {
    lowMs: Number.NEGATIVE_INFINITY,
    highMs: Number.POSITIVE_INFINITY,
  };
  const isProven = Number.isFinite(start.lowMs) && !time.doubts.includes('delay-assumed');
  if (isProven || !Number.isFinite(start.highMs)) return start;
  return { lowMs: start.highMs - longestDelayMs, highMs: start.highMs };
}
