/** A media clock that jumps further than this against the clock of this machine was set anew by its sender. */
const longestJumpMs = 3_000;

/**
 * Where the units of a track stand on the time line of its viewers, in ticks. It only goes on, whatever the sender does with
 * its clock.
 */
export class MediaTimeline {
  readonly #ticksPerSecond: number;
  #shiftTicks = 0;
  #last: { mediaTicks: number; arrivedAtMs: number } | null = null;
  #furthestTicks = -1;

  constructor(ticksPerSecond: number) {
    this.#ticksPerSecond = ticksPerSecond;
  }

  get hasBegun(): boolean {
    return this.#last !== null;
  }

  /** The first unit stands at `atMs` of the time line. */
  begin(mediaTicks: number, arrivedAtMs: number, atMs: number): void {
    this.#shiftTicks = this.#ticks(Math.max(0, atMs)) - mediaTicks;
    this.#last = { mediaTicks, arrivedAtMs };
  }

  /** Ticks of a unit after it has begun; never below 0. */
  place(mediaTicks: number, arrivedAtMs: number): number {
    if (this.#last !== null && this.#isTurn(mediaTicks, arrivedAtMs, this.#last)) {
      const passedTicks = Math.max(1, this.#ticks(arrivedAtMs - this.#last.arrivedAtMs));
      this.#shiftTicks = this.#furthestTicks + passedTicks - mediaTicks;
    }
    this.#last = { mediaTicks, arrivedAtMs };
    const ticks = Math.max(0, mediaTicks + this.#shiftTicks);
    this.#furthestTicks = Math.max(this.#furthestTicks, ticks);
    return ticks;
  }

  seconds(ticks: number): number {
    return ticks / this.#ticksPerSecond;
  }

  #ticks(ms: number): number {
    return Math.round((ms / 1_000) * this.#ticksPerSecond);
  }

  #isTurn(
    mediaTicks: number,
    arrivedAtMs: number,
    last: { mediaTicks: number; arrivedAtMs: number },
  ): boolean {
    const mediaMs = this.seconds(mediaTicks - last.mediaTicks) * 1_000;
    // A stalled connection that catches up brings less media time than passed: no turn.
    return mediaMs < -longestJumpMs || mediaMs - (arrivedAtMs - last.arrivedAtMs) > longestJumpMs;
  }
}
