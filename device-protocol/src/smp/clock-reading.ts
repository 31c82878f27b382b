import { setTimeout as delay } from 'node:timers/promises';
import { RecorderError } from '../errors.ts';
import type { ClockReading } from '../recorder.ts';
import { HostStopwatch, parseDateTime, wallClockInZone } from './device-clock.ts';
import { DeviceError } from './device-error.ts';
import { readDateTime } from './messages/os.ts';
import type { SmpSession } from './session.ts';
import { shown } from './shown.ts';

/**
 * Takes `count` readings of the recorder's clock, each between two host instants. Throws RecorderError
 * NOT_SUPPORTED where the recorder refuses, PROTOCOL_VIOLATION where what it shows is no time.
 */
export async function readDeviceClock(
  session: SmpSession,
  assumedZone: string,
  count: number,
  signal: AbortSignal,
): Promise<ClockReading[]> {
  const stopwatch = new HostStopwatch();
  const readings: ClockReading[] = [];
  for (;;) {
    const reading = await readOnce(session, assumedZone, stopwatch, signal);
    readings.push(reading);
    if (readings.length >= count) return readings;
    // Spread over one step of the clock, readings catch it at different phases and narrow the bounds together.
    await delay(reading.resolutionMs / count, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}

async function readOnce(
  session: SmpSession,
  assumedZone: string,
  stopwatch: HostStopwatch,
  signal: AbortSignal,
): Promise<ClockReading> {
  const hostBeforeMs = stopwatch.notLaterThanNowMs();
  const { datetime } = await session.request(readDateTime, {}, { signal }).catch(clockFault);
  const hostAfterMs = stopwatch.notEarlierThanNowMs();
  const parsed = parseDateTime(datetime);
  if (parsed === null) {
    throw new RecorderError('PROTOCOL_VIOLATION', `the clock shows "${shown(datetime)}", which is no time`);
  }
  const { wallMs, zoneOffsetMs, resolutionMs } = parsed;
  return {
    deviceText: datetime,
    deviceMs: zoneOffsetMs === null ? wallClockInZone(wallMs, assumedZone) : wallMs - zoneOffsetMs,
    resolutionMs,
    hostBeforeMs,
    hostAfterMs,
    assumedZone: zoneOffsetMs === null ? assumedZone : null,
    method: 'smp-datetime',
  };
}

function clockFault(error: unknown): never {
  if (!(error instanceof DeviceError)) throw error;
  throw new RecorderError('NOT_SUPPORTED', `the clock cannot be read: ${error.message}`, { cause: error });
}
