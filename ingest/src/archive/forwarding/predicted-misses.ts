import type { Amount } from './forwarding-standing.ts';
import type { Tier } from './line-share.ts';
import type { Stretch } from './line-windows.ts';

/** The clips of one tier that are due within the same hour, which is the first thing the line is ordered by. */
export interface DueHour extends Amount {
  tier: Tier;
  /** Beginning of the hour, Unix milliseconds. */
  fromMs: number;
}

/** An hour of deadlines some of which will be missed. `from` and `to` are when its first and its last clip will be done; infinite: never. */
export interface LateHour extends DueHour {
  doneFromMs: number;
  doneToMs: number;
}

export interface Forecast {
  nowMs: number;
  /** What the line will carry, from now on, in order of time. */
  stretches: readonly Stretch[];
  /** What the target takes in a second when nothing holds it back. */
  bytesPerSecond: number;
  mayBulkGo(stretch: Stretch): boolean;
}

const hourMs = 3_600_000;

/**
 * Lets the line work off its hours of deadlines, those that are due first first and important ones before bulk of the same
 * hour, and tells which hours come out late.
 */
export function lateHours(hours: readonly DueHour[], forecast: Forecast): LateHour[] {
  const inOrder = [...hours].sort(
    (one, other) => one.fromMs - other.fromMs || Number(one.tier === 'bulk') - Number(other.tier === 'bulk'),
  );
  const line = new WorkedOff(forecast);
  const late: LateHour[] = [];
  for (const hour of inOrder) {
    const [doneFromMs, doneToMs] = line.workOff(hour);
    const worked = { ...hour, doneFromMs, doneToMs };
    const [from, to] = latePart(worked);
    if (to > from) late.push(worked);
  }
  return late;
}

/**
 * From which place in its hour to which clips are late, as shares of it: deadlines are taken as spread evenly over the hour, in
 * the order of the line, and clips as alike.
 */
export function latePart({ fromMs, doneFromMs, doneToMs }: LateHour): [from: number, to: number] {
  if (doneToMs === Number.POSITIVE_INFINITY) return [0, 1];
  // At the place x a clip is done at doneFrom + x (doneTo - doneFrom), and was due at from + x hours.
  const behindMs = doneFromMs - fromMs;
  const gainMs = hourMs - (doneToMs - doneFromMs);
  if (gainMs === 0) return behindMs > 0 ? [0, 1] : [0, 0];
  const crossing = Math.min(Math.max(behindMs / gainMs, 0), 1);
  return gainMs > 0 ? [0, crossing] : [crossing, 1];
}

/** What is left of each stretch of time as work is put into it. */
class WorkedOff {
  readonly #forecast: Forecast;
  /** How far each tier has got: the first stretch with time left, and how much of it is gone. */
  readonly #leftMs: number[];
  readonly #begin: number[];

  constructor(forecast: Forecast) {
    this.#forecast = forecast;
    this.#begin = forecast.stretches.map(({ fromMs }) => Math.max(fromMs, forecast.nowMs));
    this.#leftMs = forecast.stretches.map(({ toMs }, index) => toMs - (this.#begin[index] ?? toMs));
  }

  /** When the first and the last byte of it will be gone. */
  workOff({ tier, bytes }: DueHour): [fromMs: number, toMs: number] {
    let left = bytes;
    let first: number | null = null;
    for (const [index, stretch] of this.#forecast.stretches.entries()) {
      const leftMs = this.#leftMs[index] ?? 0;
      if (leftMs <= 0 || (tier === 'bulk' && !this.#forecast.mayBulkGo(stretch))) continue;
      const rate = Math.min(
        this.#forecast.bytesPerSecond,
        stretch.bytesPerSecond ?? Number.POSITIVE_INFINITY,
      );
      if (rate <= 0) continue;
      const startMs =
        stretch.toMs === Number.POSITIVE_INFINITY ? (this.#begin[index] ?? 0) : stretch.toMs - leftMs;
      first ??= startMs;
      const wantedMs = (left / rate) * 1000;
      if (wantedMs <= leftMs) {
        this.#spend(index, wantedMs);
        return [first, startMs + wantedMs];
      }
      left -= (leftMs / 1000) * rate;
      this.#leftMs[index] = 0;
    }
    return [first ?? Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  }

  #spend(index: number, ms: number): void {
    this.#leftMs[index] = (this.#leftMs[index] ?? 0) - ms;
    this.#begin[index] = (this.#begin[index] ?? 0) + ms;
  }
}
