const most = 2 ** 32;
/** FLV rounds to milliseconds; what differs more is a gap, or a jump of the sender's clock. */
const roundingMs = 5;

/** RTP time stamps of one track, from the milliseconds of FLV. All tracks of a stream count from the same moment. */
export class MediaClock {
  readonly #rateHz: number;
  /** Where the last frame ended, in ticks; `null` before the first. */
  #expectedTicks: number | null = null;

  constructor(rateHz: number) {
    this.#rateHz = rateHz;
  }

  /** The time stamp of a picture. */
  at(shownMs: number): number {
    return this.#wrap(Math.round((shownMs * this.#rateHz) / 1_000));
  }

  /** The time stamp of a frame of sound of so many samples: without the rounding, where frames follow each other. */
  follow(shownMs: number, samples: number): number {
    const toldTicks = (shownMs * this.#rateHz) / 1_000;
    const expected = this.#expectedTicks;
    const follows = expected !== null && Math.abs(toldTicks - expected) * 1_000 < roundingMs * this.#rateHz;
    const ticks = follows ? expected : Math.round(toldTicks);
    this.#expectedTicks = ticks + samples;
    return this.#wrap(ticks);
  }

  #wrap(ticks: number): number {
    return ((ticks % most) + most) % most;
  }
}
