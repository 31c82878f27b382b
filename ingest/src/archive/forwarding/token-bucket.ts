/** Seconds of the rate that may go at once after a rest. */
const burstSeconds = 1;

/**
 * A bucket of bytes that fills at a rate. A piece may go while the bucket is not in debt, whatever its size, and makes the
 * debt that the next one waits for. `now` is monotonic milliseconds: a wall clock that jumps changes nothing.
 */
export class TokenBucket {
  readonly #now: () => number;
  #levelBytes = 0;
  #filledAtMs: number;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#filledAtMs = now();
  }

  /** Milliseconds until a piece may go at so many bytes a second; `null`: no limit. */
  waitMs(bytesPerSecond: number | null): number {
    this.#fill(bytesPerSecond);
    if (bytesPerSecond === null || this.#levelBytes >= 0) return 0;
    return Math.ceil((-this.#levelBytes / bytesPerSecond) * 1000);
  }

  spend(sizeBytes: number): void {
    this.#levelBytes -= sizeBytes;
  }

  #fill(bytesPerSecond: number | null): void {
    const now = this.#now();
    const seconds = Math.max(0, now - this.#filledAtMs) / 1000;
    this.#filledAtMs = now;
    if (bytesPerSecond === null) this.#levelBytes = 0;
    else {
      this.#levelBytes = Math.min(this.#levelBytes + bytesPerSecond * seconds, bytesPerSecond * burstSeconds);
    }
  }
}
