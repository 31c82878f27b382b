import { setTimeout as delay } from 'node:timers/promises';
import { RecorderError } from '../errors.ts';
import { shown } from '../names/shown.ts';
import type { ClockMethod, ClockReading } from '../recorder.ts';
import type { ParsedDateTime } from './date-time.ts';
import { HostStopwatch } from './host-stopwatch.ts';
import { wallClockInZone } from './wall-clock.ts';

/** A recorder's clock, as a driver reaches it. */
export interface ShownClock {
  method: ClockMethod;
  /** IANA zone taken where the text names none. */
  assumedZone: string;
  /** Asks the recorder once. */
  show(signal: AbortSignal): Promise<string>;
  parse(text: string): ParsedDateTime | null;
}

/**
 * Takes `count` readings of a recorder's clock, each between two host instants. Throws RecorderError
 * PROTOCOL_VIOLATION where what it shows is no time, and whatever `show` throws.
 */
export async function takeReadings(
  clock: ShownClock,
  count: number,
  signal: AbortSignal,
): Promise<ClockReading[]> {
  const stopwatch = new HostStopwatch();
  const readings: ClockReading[] = [];
  for (;;) {
    const reading = await takeReading(clock, stopwatch, signal);
    readings.push(reading);
    if (readings.length >= count) return readings;
    // Spread over one step of the clock, readings catch it at different phases and narrow the bounds together.
    await delay(reading.resolutionMs / count, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}

async function takeReading(
  { method, assumedZone, show, parse }: ShownClock,
  stopwatch: HostStopwatch,
  signal: AbortSignal,
): Promise<ClockReading> {
  const hostBeforeMs = stopwatch.notLaterThanNowMs();
  const deviceText = await show(signal);
  const hostAfterMs = stopwatch.notEarlierThanNowMs();
  const parsed = parse(deviceText);
  if (parsed === null) {
    throw new RecorderError('PROTOCOL_VIOLATION', `the clock shows "${shown(deviceText)}", which is no time`);
  }
  const { wallMs, zoneOffsetMs, resolutionMs } = parsed;
  return {
    deviceText,
    deviceMs: zoneOffsetMs === null ? wallClockInZone(wallMs, assumedZone) : wallMs - zoneOffsetMs,
    resolutionMs,
    hostBeforeMs,
    hostAfterMs,
    assumedZone: zoneOffsetMs === null ? assumedZone : null,
    method,
  };
}
