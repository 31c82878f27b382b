/** A sample is taken when so much busy time has passed. */
const sampleMs = 5_000;
/** What a new sample counts for. */
const newWeight = 0.3;
/** A sample in which pieces waited so much of the time for the limit tells the limit, and not what the way can carry. */
const throttledShare = 0.2;

/**
 * What a target takes in a second while something is on its way there, proving it included, as a moving figure. Where the
 * limit held it back, what was carried is the least that can be.
 */
export class Throughput {
  readonly #now: () => number;
  #bytesPerSecond: number | null;
  #depositsUnderWay = 0;
  #busySinceMs = 0;
  #busyMs = 0;
  #throttledMs = 0;
  #bytes = 0;

  /** `known` is what was measured before the start. `now` is monotonic milliseconds. */
  constructor(known: number | null, now: () => number = () => performance.now()) {
    this.#bytesPerSecond = known;
    this.#now = now;
  }

  get bytesPerSecond(): number | null {
    return this.#bytesPerSecond;
  }

  begin(): void {
    if (this.#depositsUnderWay === 0) this.#busySinceMs = this.#now();
    this.#depositsUnderWay += 1;
  }

  /** A piece went out after it had waited so long for the limit. */
  sent(sizeBytes: number, waitedMs: number): void {
    this.#bytes += sizeBytes;
    this.#throttledMs += waitedMs;
    this.#look();
  }

  end(): void {
    this.#look();
    this.#depositsUnderWay -= 1;
  }

  #look(): void {
    const now = this.#now();
    this.#busyMs += now - this.#busySinceMs;
    this.#busySinceMs = now;
    const isEnough = this.#busyMs >= sampleMs || (this.#bytesPerSecond === null && this.#busyMs > 0);
    if (!isEnough || this.#bytes === 0) return;
    this.#learn((this.#bytes / this.#busyMs) * 1000, this.#throttledMs > this.#busyMs * throttledShare);
    this.#busyMs = 0;
    this.#throttledMs = 0;
    this.#bytes = 0;
  }

  #learn(measured: number, isThrottled: boolean): void {
    const known = this.#bytesPerSecond;
    if (known === null) this.#bytesPerSecond = measured;
    else if (!isThrottled) this.#bytesPerSecond = known + newWeight * (measured - known);
    else if (measured > known) this.#bytesPerSecond = measured;
  }
}
