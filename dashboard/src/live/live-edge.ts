/** What to do so that pictures are shown as they come. */
export interface Pace {
  /** To go there at once; `null`: to go on. */
  seekToSeconds: number | null;
  rate: number;
}

const tolerableSeconds = 0.02;
/** Further from what is wanted, no one waits for a change of speed to mend it. */
const jumpSeconds = 0.4;
const [slowest, fastest] = [0.9, 1.15];
const keptMs = 2_000;

/**
 * Keeps the picture shown close to the newest one. The lead is by how much pictures come before their time; what counts is
 * the smallest of late, for that is the picture that would come too late next time.
 */
export class LiveEdge {
  readonly #wantedLeadSeconds: number;
  #leads: { atMs: number; seconds: number }[] = [];

  /** A picture should be there this long before its time: to be decoded, and to bear some unevenness. */
  constructor(wantedLeadSeconds: number) {
    this.#wantedLeadSeconds = wantedLeadSeconds;
  }

  /** A picture of `newestSeconds` has come while `shownSeconds` was shown. */
  arrived(newestSeconds: number, shownSeconds: number, nowMs: number): Pace {
    const lead = newestSeconds - shownSeconds;
    if (Math.abs(lead - this.#wantedLeadSeconds) > jumpSeconds) {
      this.#leads = [];
      return { seekToSeconds: Math.max(0, newestSeconds - this.#wantedLeadSeconds), rate: 1 };
    }
    this.#leads = this.#leads.filter(({ atMs }) => nowMs - atMs < keptMs);
    this.#leads.push({ atMs: nowMs, seconds: lead });
    const excess = Math.min(...this.#leads.map(({ seconds }) => seconds)) - this.#wantedLeadSeconds;
    if (Math.abs(excess) <= tolerableSeconds) return { seekToSeconds: null, rate: 1 };
    const rate = Math.min(fastest, Math.max(slowest, 1 + excess / 2));
    // What was measured at another speed is of no use for the next step.
    if (excess > 0) this.#leads = this.#leads.slice(-1);
    return { seekToSeconds: null, rate };
  }

  forget(): void {
    this.#leads = [];
  }
}
