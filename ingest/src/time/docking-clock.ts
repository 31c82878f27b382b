import { type ClockReading, isRecorderLost, type Recorder } from '@docket/device-protocol';
import {
  anchorOf,
  type ClockEntry,
  type ClockSet,
  driftBetween,
  lastAnchor,
  lastSetMs,
} from './clock-history.ts';
import type { ClockIndex, FoundClock } from './clock-index.ts';
import type { ClockLimits } from './clock-limits.ts';
import { type ClockStatement, clockStatement, type UnreadableReason } from './clock-statement.ts';
import { judgeClock } from './clock-verdict.ts';
import { type HostClock, isSynchronised } from './host-clock/host-clock.ts';
import type { HostClockReader } from './host-clock/host-clock-reader.ts';
import type { HostClockWatch } from './host-clock/host-clock-watch.ts';

export interface ClockPolicy {
  /** Readings taken in a row; more narrow the bounds. */
  samples: number;
  set: 'never' | 'when-host-synchronised';
  limits: ClockLimits;
}

/** One recorder's clock at one docking. */
export interface DockedClock {
  recorder: Recorder;
  dockingId: string;
  recorderId: string;
  /** What is known of this recorder's clock from earlier dockings, oldest first. */
  earlier: readonly ClockEntry[];
  hostWatch: HostClockWatch;
}

export interface ClockServices {
  clocks: ClockIndex;
  hostClock: HostClockReader;
  clockPolicy: ClockPolicy;
}

/**
 * Reads a recorder's clock before anything sets it, judges it against its history, sets it where policy and the host's
 * clock allow, and reads it again. Each step is kept before the next. A clock that cannot be read is a fact, not a
 * failure; throws only where the recorder is lost, the index fails or the signal aborts.
 */
export async function takeClock(
  services: ClockServices,
  clock: DockedClock,
  signal: AbortSignal,
): Promise<FoundClock> {
  const { host, found, readings } = await measure(services, clock, signal);
  const now = anchorOf(found);
  const before = lastAnchor(clock.earlier);
  const told: FoundClock = {
    dockingId: clock.dockingId,
    recorderId: clock.recorderId,
    host,
    readings,
    found,
    drift: before === null || now === null ? null : driftBetween(before, now),
    verdict: judgeClock({ found, before, lastSetMs: lastSetMs(clock.earlier) }, services.clockPolicy.limits),
  };
  await services.clocks.found(told);
  if (await maySet(services, clock, found, signal)) await setAndReadAgain(services, clock, told, signal);
  return told;
}

interface Measured {
  host: HostClock;
  found: ClockStatement;
  readings: ClockReading[];
}

async function measure(
  { hostClock, clockPolicy }: ClockServices,
  { recorder, hostWatch }: DockedClock,
  signal: AbortSignal,
): Promise<Measured> {
  const unread = async (reason: UnreadableReason, readings: ClockReading[] = []): Promise<Measured> => {
    const found: ClockStatement = { state: 'unreadable', reason };
    return { host: await hostClock.read(signal), found, readings };
  };
  if (!recorder.capabilities.has('readClock')) return unread('not-supported');
  try {
    const readings = await recorder.readClock(clockPolicy.samples, signal);
    if (hostWatch.jumpMs() !== null) return unread('host-clock-jumped', readings);
    const host = await hostClock.read(signal);
    return { host, found: clockStatement(readings, host), readings };
  } catch (error) {
    if (signal.aborted || isRecorderLost(error)) throw error;
    return unread('read-failed');
  }
}

/** Never by a clock that may be wrong, and never over a time that could have been read but was not. */
async function maySet(
  { hostClock, clockPolicy }: ClockServices,
  { recorder, hostWatch }: DockedClock,
  found: ClockStatement,
  signal: AbortSignal,
): Promise<boolean> {
  if (clockPolicy.set === 'never' || !recorder.capabilities.has('setClock')) return false;
  if (found.state === 'unreadable' && found.reason === 'read-failed') return false;
  return isSynchronised(await hostClock.read(signal)) && hostWatch.jumpMs() === null;
}

async function setAndReadAgain(
  services: ClockServices,
  clock: DockedClock,
  told: FoundClock,
  signal: AbortSignal,
): Promise<void> {
  const startedMs = Date.now();
  let setting: ClockSet | null = null;
  let after: Omit<Measured, 'host'> = { found: { state: 'unreadable', reason: 'read-failed' }, readings: [] };
  try {
    setting = { ...(await clock.recorder.setClock(signal)), outcome: 'set' };
    after = await measure(services, clock, signal);
  } catch (error) {
    if (signal.aborted || isRecorderLost(error)) throw error;
  } finally {
    // Where setting failed nobody knows whether the recorder took the time: no reckoning across this moment.
    setting ??= { deviceText: '', hostBeforeMs: startedMs, hostAfterMs: Date.now(), outcome: 'failed' };
    await services.clocks.set(told, setting, { statement: after.found, readings: after.readings });
  }
}
