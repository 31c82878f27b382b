let offsetMs = Date.now() - performance.now();

/**
 * This machine's clock in Unix milliseconds with fractions. `Date` shows whole milliseconds, the monotonic clock between
 * them: never later than now, less than 1 ms behind it, and it follows when the clock is set.
 */
export function hostClockMs(): number {
  const shownMs = Date.now();
  const ticksMs = performance.now();
  const nowMs = ticksMs + offsetMs;
  if (nowMs >= shownMs && nowMs < shownMs + 1) return nowMs;
  offsetMs = shownMs - ticksMs;
  return shownMs;
}
