import { setTimeout as delay } from 'node:timers/promises';
import { HostStopwatch } from '../clock/host-stopwatch.ts';
import { takeReadings } from '../clock/take-readings.ts';
import { wallClockAt } from '../clock/wall-clock.ts';
import { RecorderError } from '../errors.ts';
import type { ClockReading, ClockSetting } from '../recorder.ts';
import { ByteReader, ByteWriter } from './byte-cursor.ts';
import { deviceProperties } from './codes.ts';
import { formatPtpDateTime, parsePtpDateTime } from './date-time.ts';
import { operations } from './operations.ts';
import { decoded } from './recorder-fault.ts';
import { ResponseError } from './response-error.ts';
import type { MtpSession } from './session.ts';
import { readString, writeString } from './value.ts';

const property = deviceProperties.dateTime;
const earlyTimerMs = 20;

/**
 * Takes `count` readings of DateTime (0x5011). Throws RecorderError NOT_SUPPORTED where the recorder refuses,
 * PROTOCOL_VIOLATION where what it shows is no time.
 */
export function readDeviceClock(
  session: MtpSession,
  assumedZone: string,
  count: number,
  signal: AbortSignal,
): Promise<ClockReading[]> {
  const show = (aborted: AbortSignal): Promise<string> => readDateTime(session, aborted).catch(clockFault);
  return takeReadings({ method: 'ptp-datetime', assumedZone, show, parse: parsePtpDateTime }, count, signal);
}

/**
 * Gives the recorder the host's time, in the form it showed its own: with a zone where it named one, else as wall clock
 * of `assumedZone`. Sent as a second begins, since the text has whole seconds. Throws RecorderError NOT_SUPPORTED.
 */
export async function setDeviceClock(
  session: MtpSession,
  assumedZone: string,
  signal: AbortSignal,
): Promise<ClockSetting> {
  const shownText = await readDateTime(session, signal).catch(clockFault);
  const namesZone = (parsePtpDateTime(shownText)?.zoneOffsetMs ?? null) !== null;
  const stopwatch = new HostStopwatch();
  await delay(1000 - (stopwatch.notEarlierThanNowMs() % 1000), undefined, { signal }).catch(() =>
    signal.throwIfAborted(),
  );
  const hostBeforeMs = stopwatch.notLaterThanNowMs();
  // A timer may fire a little early: the second is the one that begins now.
  const secondMs = Math.floor((hostBeforeMs + earlyTimerMs) / 1000) * 1000;
  const deviceText = namesZone
    ? formatPtpDateTime(secondMs, 'Z')
    : formatPtpDateTime(wallClockAt(secondMs, assumedZone), '');
  const writer = new ByteWriter();
  writeString(writer, deviceText);
  const options = { signal, payload: writer.bytes() };
  await session.request(operations.setDevicePropertyValue, { property }, options).catch(clockFault);
  return { deviceText, hostBeforeMs, hostAfterMs: stopwatch.notEarlierThanNowMs() };
}

async function readDateTime(session: MtpSession, signal: AbortSignal): Promise<string> {
  const bytes = await session.fetch(operations.getDevicePropertyValue, { property }, signal);
  return decoded(() => readString(new ByteReader(bytes)));
}

function clockFault(error: unknown): never {
  if (!(error instanceof ResponseError)) throw error;
  throw new RecorderError('NOT_SUPPORTED', `the clock: ${error.message}`, { cause: error });
}
