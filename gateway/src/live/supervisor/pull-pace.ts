import { isLiveError } from '@docket/device-protocol/live';

/** How long to wait between attempts. */
export interface BackOff {
  baseMs: number;
  maxMs: number;
  /** A stream that flowed this long was a good one: the next attempt begins at the base again. */
  goodAfterMs: number;
  /** After credentials were refused: the first time, and every further time in a row. */
  refusedMs: readonly [first: number, further: number];
}

/**
 * Recorders are known to lock an account after five refused attempts within half an hour, so fewer are made: a recorder that
 * refused while it booted is asked again after a minute, one that goes on refusing every ten.
 */
export const usualBackOff: BackOff = {
  baseMs: 1_000,
  maxMs: 30_000,
  goodAfterMs: 10_000,
  refusedMs: [60_000, 600_000],
};

/** Tells how long to wait before a recorder is connected anew, by how the attempts before went. */
export class PullPace {
  readonly #backOff: BackOff;
  #failures = 0;
  #refusals = 0;

  constructor(backOff: BackOff = usualBackOff) {
    this.#backOff = backOff;
  }

  /** It could not be connected, however long that took. */
  afterFailure(error: unknown): number {
    if (isLiveError(error) && error.code === 'refused-credentials') {
      const [first, further] = this.#backOff.refusedMs;
      this.#refusals += 1;
      return this.#refusals === 1 ? first : further;
    }
    this.#failures += 1;
    return this.#waitMs();
  }

  /** It flowed for so long, and ended. */
  afterStream(flowedMs: number): number {
    this.#refusals = 0;
    this.#failures = flowedMs >= this.#backOff.goodAfterMs ? 0 : this.#failures + 1;
    return this.#waitMs();
  }

  /** Grows with each failure, with jitter, so that many recorders of one dead access point do not come back as one. */
  #waitMs(): number {
    const { baseMs, maxMs } = this.#backOff;
    const fullMs = Math.min(maxMs, baseMs * 2 ** Math.min(30, Math.max(0, this.#failures - 1)));
    return fullMs * (0.5 + Math.random() / 2);
  }
}
