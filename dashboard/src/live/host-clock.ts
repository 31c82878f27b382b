interface Reading {
  offsetMs: number;
  roundTripMs: number;
}

const mostReadings = 20;

/**
 * What the gateway's clock shows, by questions over the connection. The answer that came fastest is believed: its doubt is half
 * of its way there and back.
 */
export class HostClock {
  #readings: Reading[] = [];

  /** All in Unix milliseconds: asked and heard by our clock, `atMs` by the gateway's. */
  read(askedAtMs: number, atMs: number, heardAtMs: number): void {
    const roundTripMs = heardAtMs - askedAtMs;
    if (roundTripMs < 0) return;
    this.#readings.push({ offsetMs: atMs - (askedAtMs + heardAtMs) / 2, roundTripMs });
    if (this.#readings.length > mostReadings) this.#readings.shift();
  }

  /** The gateway's clock at this moment of ours; `null` before the first answer. */
  at(ownMs: number): number | null {
    const [first, ...rest] = this.#readings;
    if (first === undefined) return null;
    const best = rest.reduce((one, other) => (other.roundTripMs < one.roundTripMs ? other : one), first);
    return ownMs + best.offsetMs;
  }

  /** Another gateway may be at the other end now. */
  forget(): void {
    this.#readings = [];
  }
}
