import type { Random } from './random.ts';

export interface WanderingClockOptions {
  offsetMs: number;
  /** Its crystal at room temperature. */
  basePpm: number;
  /** How far temperature moves it to either side. */
  temperaturePpm: number;
  /** How long a temperature lasts. */
  weatherMs: number;
  /** How it shows what it keeps. */
  display: 'truncated' | 'rounded';
  stepMs: number;
}

/**
 * A clock as physics has it: its rate wanders with the temperature, it can be set and it can be pushed, and it shows
 * whole steps. Time can only be asked for in the order it passes.
 */
export class WanderingClock {
  readonly #options: WanderingClockOptions;
  readonly #random: Random;
  #trueMs: number;
  #clockMs: number;
  #weatherUntilMs: number;
  #ppm: number;

  constructor(startMs: number, options: WanderingClockOptions, random: Random) {
    this.#options = options;
    this.#random = random;
    this.#trueMs = startMs;
    this.#clockMs = startMs + options.offsetMs;
    this.#weatherUntilMs = startMs;
    this.#ppm = options.basePpm;
  }

  /** What the clock holds when it truly is `trueMs`. */
  at(trueMs: number): number {
    while (this.#trueMs < trueMs) {
      if (this.#trueMs >= this.#weatherUntilMs) this.#changeWeather();
      const untilMs = Math.min(trueMs, this.#weatherUntilMs);
      const passedMs = untilMs - this.#trueMs;
      this.#clockMs += passedMs + passedMs * this.#ppm * 1e-6;
      this.#trueMs = untilMs;
    }
    return this.#clockMs;
  }

  /** What it shows then. */
  shownAt(trueMs: number): number {
    const { stepMs, display } = this.#options;
    const steps = this.at(trueMs) / stepMs;
    return (display === 'rounded' ? Math.round(steps) : Math.floor(steps)) * stepMs;
  }

  /** What it writes into a name then: cut off, whatever the display does. */
  writtenAt(trueMs: number): number {
    const { stepMs } = this.#options;
    return Math.floor(this.at(trueMs) / stepMs) * stepMs;
  }

  set(trueMs: number, clockMs: number): void {
    this.at(trueMs);
    this.#clockMs = clockMs;
  }

  push(trueMs: number, byMs: number): void {
    this.set(trueMs, this.at(trueMs) + byMs);
  }

  #changeWeather(): void {
    const { basePpm, temperaturePpm, weatherMs } = this.#options;
    this.#ppm = basePpm + this.#random.between(-temperaturePpm, temperaturePpm);
    this.#weatherUntilMs = this.#trueMs + weatherMs;
  }
}
