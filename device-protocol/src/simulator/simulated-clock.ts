export interface SimulatedClockOptions {
  /** How far the recorder's clock is ahead of the host's. Default 0. */
  offsetMs?: number;
  /** How fast it runs away, in parts per million. Default 0. */
  driftPpm?: number;
  /** Step in which it shows time, 1 to 1000. Default 1000. */
  resolutionMs?: number;
  /** Zone its wall clock stands in. Default 480 (+08:00). */
  zoneOffsetMinutes?: number;
  /** Whether the zone is written. Default false. */
  showsZone?: boolean;
}

/** A recorder's own clock: the host's, moved, drifting, and shown in steps. */
export class SimulatedClock {
  readonly #options: Required<SimulatedClockOptions>;
  #startedMs = Date.now();
  #offsetMs: number;

  constructor(options: SimulatedClockOptions = {}) {
    this.#options = {
      offsetMs: 0,
      driftPpm: 0,
      resolutionMs: 1000,
      zoneOffsetMinutes: 480,
      showsZone: false,
      ...options,
    };
    this.#offsetMs = this.#options.offsetMs;
  }

  /** Milliseconds since 1970-01-01 as the recorder believes, before truncation. */
  nowMs(): number {
    const hostMs = Date.now();
    return hostMs + this.#offsetMs + ((hostMs - this.#startedMs) * this.#options.driftPpm) / 1e6;
  }

  set(deviceMs: number): void {
    this.#startedMs = Date.now();
    this.#offsetMs = deviceMs - this.#startedMs;
  }

  /** The time as the recorder shows it, truncated to its step. */
  text(): string {
    const { resolutionMs, zoneOffsetMinutes, showsZone } = this.#options;
    const shownMs = Math.floor(this.nowMs() / resolutionMs) * resolutionMs;
    const wall = new Date(shownMs + zoneOffsetMinutes * 60_000).toISOString();
    const digits = resolutionMs === 1000 ? wall.slice(0, 19) : wall.slice(0, 23);
    return showsZone ? digits + zoneText(zoneOffsetMinutes) : digits;
  }

  /** Zone a written time without one stands in. */
  get zoneOffsetMs(): number {
    return this.#options.zoneOffsetMinutes * 60_000;
  }
}

function zoneText(offsetMinutes: number): string {
  const minutes = Math.abs(offsetMinutes);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${offsetMinutes < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
