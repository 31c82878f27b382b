import type { ClockReading } from '@docket/device-protocol';

/** What is known of a recorder's clock at one docking. Offset is recorder minus host. */
export type ClockStatement =
  | {
      state: 'measured';
      /** The true offset lies within `offsetMs ± halfWidthMs`. */
      offsetMs: number;
      halfWidthMs: number;
      readAt: string;
      samples: number;
      method: string;
      assumedZone: string | null;
    }
  | { state: 'unreadable'; reason: 'not-supported' | 'read-failed' | 'readings-disagree' | 'not-read-yet' };

export const clockNotReadYet: ClockStatement = { state: 'unreadable', reason: 'not-read-yet' };

/**
 * Offset bounds from clock readings. A clock that shows D in steps of R, asked between host instants t0 and t1, has
 * its offset within (D − t1, D + R − t0) (Cristian, with the truncation of the display); the bounds of several
 * readings are intersected (Marzullo). Readings that share no offset mean that the clock stepped or rounds
 * otherwise: that is told, not averaged away.
 */
export function clockStatement(readings: readonly ClockReading[]): ClockStatement {
  const first = readings[0];
  if (first === undefined) return { state: 'unreadable', reason: 'read-failed' };
  let lowestMs = Number.NEGATIVE_INFINITY;
  let highestMs = Number.POSITIVE_INFINITY;
  for (const reading of readings) {
    lowestMs = Math.max(lowestMs, reading.deviceMs - reading.hostAfterMs);
    highestMs = Math.min(highestMs, reading.deviceMs + reading.resolutionMs - reading.hostBeforeMs);
  }
  if (lowestMs > highestMs) return { state: 'unreadable', reason: 'readings-disagree' };
  const offsetMs = Math.round((lowestMs + highestMs) * 5) / 10;
  return {
    state: 'measured',
    offsetMs,
    halfWidthMs: roundedUp(Math.max(highestMs - offsetMs, offsetMs - lowestMs)),
    readAt: new Date(first.hostBeforeMs).toISOString(),
    samples: readings.length,
    method: first.method,
    assumedZone: first.assumedZone,
  };
}

/** To a tenth of a millisecond, never narrower: the rounding of the offset is part of the bounds. */
function roundedUp(milliseconds: number): number {
  return Math.ceil(Number((milliseconds * 10).toFixed(3))) / 10;
}
