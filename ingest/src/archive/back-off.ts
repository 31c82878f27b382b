export interface BackOff {
  retryBaseMs: number;
  retryMaxMs: number;
}

/**
 * How long is waited after a failure: anything up to a bound that doubles with each failure in a row (full jitter), so that
 * docks which failed together do not come back together.
 */
export function backOffMs(
  { retryBaseMs, retryMaxMs }: BackOff,
  failuresInARow: number,
  firstWaitFactor = 1,
): number {
  const bound = retryBaseMs * firstWaitFactor * 2 ** Math.min(Math.max(failuresInARow - 1, 0), 30);
  return Math.random() * Math.min(retryMaxMs, bound);
}
