import { parseDateTime } from '../clock/date-time.ts';
import { takeReadings } from '../clock/take-readings.ts';
import { RecorderError } from '../errors.ts';
import type { ClockReading } from '../recorder.ts';
import { DeviceError } from './device-error.ts';
import { readDateTime } from './messages/os.ts';
import type { SmpSession } from './session.ts';

/**
 * Takes `count` readings of the recorder's clock, each between two host instants. Throws RecorderError
 * NOT_SUPPORTED where the recorder refuses, PROTOCOL_VIOLATION where what it shows is no time.
 */
export function readDeviceClock(
  session: SmpSession,
  assumedZone: string,
  count: number,
  signal: AbortSignal,
): Promise<ClockReading[]> {
  const show = async (aborted: AbortSignal): Promise<string> => {
    const answer = await session.request(readDateTime, {}, { signal: aborted }).catch(clockFault);
    return answer.datetime;
  };
  return takeReadings({ method: 'smp-datetime', assumedZone, show, parse: parseDateTime }, count, signal);
}

function clockFault(error: unknown): never {
  if (!(error instanceof DeviceError)) throw error;
  throw new RecorderError('NOT_SUPPORTED', `the clock cannot be read: ${error.message}`, { cause: error });
}
