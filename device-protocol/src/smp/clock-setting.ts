import { setTimeout as delay } from 'node:timers/promises';
import { parseDateTime } from '../clock/date-time.ts';
import { HostStopwatch } from '../clock/host-stopwatch.ts';
import { zoneOffsetAt } from '../clock/wall-clock.ts';
import { RecorderError } from '../errors.ts';
import type { ClockReading, ClockSetting } from '../recorder.ts';
import { readDeviceClock } from './clock-reading.ts';
import { DeviceError } from './device-error.ts';
import { readDateTime, writeDateTime } from './messages/os.ts';
import type { SmpSession } from './session.ts';

const minuteMs = 60_000;
/** A setting that came late, because a request was lost and sent again, is made again this often. */
const maxTries = 3;
/** What a clock of whole seconds may be off after it was set; the time the setting itself took comes on top. */
const toleranceMs = 1000;

/**
 * Gives the recorder the host's time, at the beginning of a second, in the zone it writes itself (else `assumedZone`),
 * and reads what it then shows. Throws RecorderError NOT_SUPPORTED, CLOCK_REFUSED, PROTOCOL_VIOLATION.
 */
export async function setDeviceClock(
  session: SmpSession,
  assumedZone: string,
  signal: AbortSignal,
): Promise<ClockSetting> {
  const namedOffsetMs = await shownZone(session, signal);
  for (let tries = 1; ; tries++) {
    const stopwatch = new HostStopwatch();
    await delay(1000 - (stopwatch.notLaterThanNowMs() % 1000), undefined, { signal }).catch(() =>
      signal.throwIfAborted(),
    );
    const hostBeforeMs = stopwatch.notLaterThanNowMs();
    const deviceText = clockText(Math.round(hostBeforeMs / 1000) * 1000, namedOffsetMs, assumedZone);
    await session.request(writeDateTime, { datetime: deviceText }, { signal }).catch(refusal);
    const tookMs = stopwatch.notEarlierThanNowMs() - hostBeforeMs;
    const [reading] = await readDeviceClock(session, assumedZone, 1, signal);
    const hostAfterMs = stopwatch.notEarlierThanNowMs();
    if (reading !== undefined && agrees(reading, toleranceMs + tookMs)) {
      return { deviceText, hostBeforeMs, hostAfterMs };
    }
    if (tries === maxTries) {
      const shows = reading?.deviceText ?? 'nothing';
      throw new RecorderError('CLOCK_REFUSED', `the clock was set to ${deviceText} and shows ${shows}`);
    }
  }
}

/** The offset the recorder names beside its time; `null` where it names none, or its clock was never set. */
async function shownZone(session: SmpSession, signal: AbortSignal): Promise<number | null> {
  try {
    const { datetime } = await session.request(readDateTime, {}, { signal });
    return parseDateTime(datetime)?.zoneOffsetMs ?? null;
  } catch (error) {
    if (error instanceof DeviceError) return null;
    throw error;
  }
}

function clockText(utcMs: number, namedOffsetMs: number | null, assumedZone: string): string {
  const wallMs = utcMs + (namedOffsetMs ?? zoneOffsetAt(utcMs, assumedZone));
  const wall = new Date(wallMs).toISOString().slice(0, 19);
  return namedOffsetMs === null ? wall : wall + zoneText(namedOffsetMs);
}

function zoneText(offsetMs: number): string {
  const minutes = Math.abs(offsetMs) / minuteMs;
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${offsetMs < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** Whether the clock may be off by no more than `withinMs`. */
function agrees(
  { deviceMs, resolutionMs, hostBeforeMs, hostAfterMs }: ClockReading,
  withinMs: number,
): boolean {
  return deviceMs - hostAfterMs <= withinMs && deviceMs + resolutionMs - hostBeforeMs >= -withinMs;
}

function refusal(error: unknown): never {
  if (!(error instanceof DeviceError)) throw error;
  const code = error.isNotSupported ? 'NOT_SUPPORTED' : 'CLOCK_REFUSED';
  throw new RecorderError(code, `the clock cannot be set: ${error.message}`, { cause: error });
}
