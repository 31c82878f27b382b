import { setTimeout as delay } from 'node:timers/promises';
import { HostStopwatch } from '../clock/host-stopwatch.ts';
import { wallClockAt } from '../clock/wall-clock.ts';
import { RecorderError } from '../errors.ts';
import type { ClockSetting } from '../recorder.ts';
import { encodeTime } from './time-block.ts';
import type { VendorSession } from './vendor-session.ts';

/** A timer may fire early; what was then sent is the second that was about to begin. */
const earlyTimerMs = 20;

/**
 * Gives the recorder the host's time as wall clock of `zone`, sent as a second begins, since the time it takes has
 * whole seconds. This protocol reads no clock: that the recorder says it took the time is all there is to know.
 * Throws RecorderError CLOCK_REFUSED.
 */
export async function setDeviceClock(
  session: VendorSession,
  zone: string,
  signal: AbortSignal,
): Promise<ClockSetting> {
  const stopwatch = new HostStopwatch();
  const untilNextSecondMs = 1000 - (stopwatch.notLaterThanNowMs() % 1000);
  await delay(untilNextSecondMs, undefined, { signal }).catch(() => signal.throwIfAborted());
  const hostBeforeMs = stopwatch.notLaterThanNowMs();
  const secondMs = Math.floor((hostBeforeMs + earlyTimerMs) / 1000) * 1000;
  const wallMs = wallClockAt(secondMs, zone);
  const status = await session.setTime(encodeTime(wallMs), signal);
  const hostAfterMs = stopwatch.notEarlierThanNowMs();
  if (!session.is(status, 'timeSet')) {
    throw new RecorderError(
      'CLOCK_REFUSED',
      `the recorder did not take the time: ${session.meaningOf(status)}`,
    );
  }
  return { deviceText: new Date(wallMs).toISOString().slice(0, 19), hostBeforeMs, hostAfterMs };
}
