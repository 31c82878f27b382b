/** Tells host time so that it cannot jump: UTC is taken once, the rest is the monotonic clock. */
export class HostStopwatch {
  readonly #utcMs = Date.now();
  readonly #startMs = performance.now();

  /** A whole millisecond that is not later than now. */
  notLaterThanNowMs(): number {
    return Math.floor(this.#utcMs + (performance.now() - this.#startMs));
  }

  /** A whole millisecond that is not earlier than now; UTC was shown truncated, so up to 1 ms may be missing. */
  notEarlierThanNowMs(): number {
    return Math.ceil(this.#utcMs + 1 + (performance.now() - this.#startMs));
  }
}
