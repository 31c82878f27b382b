import { gapMs, type Interval, middleMs } from '../interval.ts';

/** What the two clocks of the host say at one moment. */
export interface HostInstants {
  /** Milliseconds since 1970-01-01, whole, as the system clock stands. */
  wallMs(): number;
  /** Milliseconds of the monotonic clock, which is slewed with the system clock but never stepped. */
  monotonicMs(): number;
}

const systemInstants: HostInstants = { wallMs: () => Date.now(), monotonicMs: () => performance.now() };

/** Less than this is the grain of the clocks, not a step. */
const grainMs = 2;

/**
 * Notices that the host's clock was stepped (NTP, an operator) since the watch began: the difference between wall and
 * monotonic clock then is no longer what it was. Both are read as bounds, so that a process that was held up between
 * the two reads raises no false alarm.
 */
export class HostClockWatch {
  readonly #instants: HostInstants;
  readonly #atStart: Interval;

  constructor(instants: HostInstants = systemInstants) {
    this.#instants = instants;
    this.#atStart = this.#wallAhead();
  }

  /** By how much the host's clock was stepped, forward counted positive; `null` where it was not. */
  jumpMs(): number | null {
    const now = this.#wallAhead();
    if (gapMs(now, this.#atStart) <= grainMs) return null;
    return Math.round(middleMs(now) - middleMs(this.#atStart));
  }

  #wallAhead(): Interval {
    const beforeMs = this.#instants.monotonicMs();
    const wallMs = this.#instants.wallMs();
    const afterMs = this.#instants.monotonicMs();
    return { lowMs: wallMs - afterMs, highMs: wallMs + 1 - beforeMs };
  }
}
