/** The clock of a simulated recorder: how far it is ahead of true time, running away evenly, moved now and then. */
export class RecorderClock {
  #offsetMs: number;
  #atMs: number;
  readonly #ppm: number;
  /** Moves still to come, in order. */
  #steps: { atMs: number; byMs: number }[] = [];

  constructor(atMs: number, offsetMs: number, ppm: number) {
    this.#atMs = atMs;
    this.#offsetMs = offsetMs;
    this.#ppm = ppm;
  }

  /** Somebody moves it at a moment to come. */
  step(atMs: number, byMs: number): void {
    this.#steps.push({ atMs, byMs });
  }

  /** What it shows at a moment. Moments may not go back past the last setting. */
  shows(trueMs: number): number {
    const moved = this.#steps.filter(({ atMs }) => atMs <= trueMs).reduce((sum, { byMs }) => sum + byMs, 0);
    return trueMs + this.#offsetMs + ((trueMs - this.#atMs) * this.#ppm) / 1e6 + moved;
  }

  /** The dock sets it: from then on it is ahead by no more than the error of setting. */
  set(trueMs: number, errorMs: number): void {
    this.#atMs = trueMs;
    this.#offsetMs = errorMs;
    this.#steps = this.#steps.filter((step) => step.atMs > trueMs);
  }
}
