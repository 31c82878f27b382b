import type { ClockReading } from '@docket/device-protocol';
import { type HostClock, isSynchronised } from './host-clock/host-clock.ts';
import { agreement, type Interval } from './interval.ts';

/** What is known of a recorder's clock at one moment. Offset is recorder minus reference (UTC, as far as the host knows it). */
export type ClockStatement = MeasuredClock | { state: 'unreadable'; reason: UnreadableReason };

export interface MeasuredClock {
  state: 'measured';
  /** The offset lies within `offsetMs ± halfWidthMs`; the host's own bound is part of it. */
  offsetMs: number;
  halfWidthMs: number;
  /** `unverified`: the host's clock was not known to be right, and the bounds are against that clock only. */
  kind: 'bound' | 'unverified';
  method: string;
  samples: number;
  /** Step in which the recorder shows its time, taken to be cut off, not rounded. 0: was not kept. */
  resolutionMs: number;
  /** Shortest way there and back among the readings. */
  rttMsMin: number;
  readAt: string;
  host: HostClock;
  assumedZone: string | null;
}

/**
 * `clock-stepped`: the first readings share an offset, and so do the others, but not the same. `readings-disagree`: no
 * one offset or step explains them. `host-clock-jumped`: the reference itself was moved.
 */
export type UnreadableReason =
  | 'not-supported'
  | 'read-failed'
  | 'readings-disagree'
  | 'clock-stepped'
  | 'host-clock-jumped'
  | 'not-read-yet'
  | 'not-docked';

export const clockNotReadYet: ClockStatement = { state: 'unreadable', reason: 'not-read-yet' };
/** Of a clip that was recorded from a live stream: no docking read the clock for it. */
export const clockNotDocked: ClockStatement = { state: 'unreadable', reason: 'not-docked' };

/** Fastest that a working clock runs away while it is being read; generous, and still nothing beside its steps. */
const driftWhileReading = 100e-6;

/**
 * Offset bounds from clock readings. A clock that shows D in steps of R, asked between host instants t0 and t1, has
 * its offset within (D − t1, D + R − t0) (Cristian, with the truncation of the display); the bounds of several
 * readings are intersected (Marzullo). Readings that share no offset mean that the clock stepped or rounds
 * otherwise: that is told, not averaged away.
 */
export function clockStatement(readings: readonly ClockReading[], host: HostClock): ClockStatement {
  const first = readings[0];
  if (first === undefined) return { state: 'unreadable', reason: 'read-failed' };
  const offsets = readings.map((reading) => offsetWhenFirstRead(reading, first));
  const shared = sharedByAll(offsets);
  if (shared === null) {
    return { state: 'unreadable', reason: isOneStep(offsets) ? 'clock-stepped' : 'readings-disagree' };
  }
  const { lowMs, highMs } = shared;
  const offsetMs = Math.round((lowMs + highMs) * 5) / 10;
  const isVerified = isSynchronised(host);
  const hostBoundMs = isVerified ? host.boundMs : 0;
  return {
    state: 'measured',
    offsetMs,
    halfWidthMs: roundedUp(Math.max(highMs - offsetMs, offsetMs - lowMs) + hostBoundMs),
    kind: isVerified ? 'bound' : 'unverified',
    method: first.method,
    samples: readings.length,
    resolutionMs: Math.max(...readings.map((reading) => reading.resolutionMs)),
    rttMsMin: Math.min(...readings.map((reading) => reading.hostAfterMs - reading.hostBeforeMs)),
    readAt: new Date(first.hostBeforeMs).toISOString(),
    host,
    assumedZone: first.assumedZone,
  };
}

/**
 * The offset for reckoning with: `null` where there is none against UTC. Wider than what is published by the half step
 * by which a display that rounds, instead of cutting off, shows its time too late.
 */
export function offsetOf(statement: ClockStatement): Interval | null {
  if (statement.state !== 'measured' || statement.kind !== 'bound') return null;
  const { offsetMs, halfWidthMs, resolutionMs } = statement;
  return { lowMs: offsetMs - halfWidthMs - resolutionMs / 2, highMs: offsetMs + halfWidthMs };
}

function offsetWhenFirstRead(reading: ClockReading, first: ClockReading): Interval {
  const driftMs = driftWhileReading * Math.abs(reading.hostBeforeMs - first.hostBeforeMs);
  return {
    lowMs: reading.deviceMs - reading.hostAfterMs - driftMs,
    highMs: reading.deviceMs + reading.resolutionMs - reading.hostBeforeMs + driftMs,
  };
}

function sharedByAll(offsets: readonly Interval[]): Interval | null {
  const found = agreement(offsets);
  return found !== null && found.agreeing === offsets.length ? found.shared : null;
}

/** True where the readings before some moment share an offset, and so do those after it. */
function isOneStep(offsets: readonly Interval[]): boolean {
  return offsets.some(
    (_, index) =>
      index > 0 &&
      sharedByAll(offsets.slice(0, index)) !== null &&
      sharedByAll(offsets.slice(index)) !== null,
  );
}

/** To a tenth of a millisecond, never narrower: the rounding of the offset is part of the bounds. */
function roundedUp(milliseconds: number): number {
  return Math.ceil(Number((milliseconds * 10).toFixed(3))) / 10;
}
