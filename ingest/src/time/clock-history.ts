import type { ClockSetting } from '@docket/device-protocol';
import { type ClockLimits, driftOver } from './clock-limits.ts';
import { type ClockStatement, offsetOf } from './clock-statement.ts';
import type { HostClock } from './host-clock/host-clock.ts';
import { gapMs, type Interval, widened } from './interval.ts';

/** What one docking tells of a recorder's clock: as found, and where it was set, how it stood after. */
export interface ClockEntry {
  dockingId: string;
  slot: string;
  /** When the docking began. */
  at: string;
  /** The dock's own clock at the docking. */
  host: HostClock;
  found: ClockStatement;
  setting: ClockSet | null;
  /** Read again after it was set; `null` where it was not set. */
  afterSet: ClockStatement | null;
  /** Every clip then on the recorder was taken: what is listed first at a later docking was recorded later. */
  tookAll: boolean;
}

/** That a clock was set, or that it was tried and nobody knows. */
export interface ClockSet extends ClockSetting {
  outcome: 'set' | 'failed';
}

/** The offset of a clock, known at one moment. */
export interface ClockAnchor {
  atMs: number;
  offset: Interval;
  /** False for a clock that was set and could not be read: that it obeyed is not checked. */
  isRead: boolean;
}

/** A stretch in which nobody here set the clock. An end is `null` where no offset is known at it. */
export interface ClockStretch {
  fromMs: number;
  toMs: number;
  before: ClockAnchor | null;
  after: ClockAnchor | null;
}

/** How the stretches of a history end: since when nobody set the clock, and the last offset known. */
interface HistoryEnd {
  fromMs: number;
  before: ClockAnchor | null;
}

const nothingKnown: HistoryEnd = { fromMs: Number.NEGATIVE_INFINITY, before: null };

/**
 * The stretches in which what was recorded before the last entry's docking was recorded, in the order things
 * happened; where `since` is given, only what was recorded after that docking. A docked recorder does not record: the
 * last stretch ends with the last reading or setting.
 */
export function stretchesOf(entries: readonly ClockEntry[], since: ClockEntry | null = null): ClockStretch[] {
  const stretches: ClockStretch[] = [];
  let end: HistoryEnd = since === null ? nothingKnown : endAfter(nothingKnown, since);
  for (const [index, entry] of entries.entries()) {
    const found = anchorOf(entry.found);
    const toMs = found?.atMs ?? entry.setting?.hostBeforeMs ?? Date.parse(entry.at);
    const isLast = index === entries.length - 1;
    if (found !== null || entry.setting !== null || isLast) stretches.push({ ...end, toMs, after: found });
    end = endAfter(end, entry);
  }
  return stretches;
}

/**
 * The stretches in which a clip can have been recorded that was first listed at the last docking of `entries`. What an
 * earlier docking took all of, it would have taken too. A recorder without a name of its own has no earlier docking.
 */
export function stretchesBeforeListing(entries: readonly ClockEntry[], isNamed: boolean): ClockStretch[] {
  if (!isNamed) return stretchesOf(entries.slice(-1));
  const sinceIndex = entries.findLastIndex((entry, index) => index < entries.length - 1 && entry.tookAll);
  return stretchesOf(entries.slice(sinceIndex + 1), entries[sinceIndex] ?? null);
}

/** The last offset that was read and still stands; `null` where the clock was set since, or never read. */
export function lastAnchor(entries: readonly ClockEntry[]): ClockAnchor | null {
  const { before } = entries.reduce(endAfter, nothingKnown);
  return before?.isRead === true ? before : null;
}

function endAfter(end: HistoryEnd, entry: ClockEntry): HistoryEnd {
  if (entry.setting !== null) {
    return { fromMs: entry.setting.hostBeforeMs, before: anchorAfterSetting(entry) };
  }
  const found = anchorOf(entry.found);
  return found === null ? end : { fromMs: found.atMs, before: found };
}

/** When the clock was last set from here; `null` where it never was. */
export function lastSetMs(entries: readonly ClockEntry[]): number | null {
  const last = entries.findLast((entry) => entry.setting?.outcome === 'set');
  return last?.setting?.hostAfterMs ?? null;
}

/** How fast a clock ran away between two readings, in parts per million; positive where it gained. */
export interface ClockDrift {
  fromAt: string;
  toAt: string;
  lowPpm: number;
  highPpm: number;
}

/** `null` where the two readings are too near to each other to say anything. */
export function driftBetween(before: ClockAnchor, after: ClockAnchor): ClockDrift | null {
  const spanMs = after.atMs - before.atMs;
  if (spanMs < 60_000) return null;
  const ppm = (changeMs: number) => (changeMs / spanMs) * 1e6;
  return {
    fromAt: new Date(before.atMs).toISOString(),
    toAt: new Date(after.atMs).toISOString(),
    lowPpm: Math.floor(ppm(after.offset.lowMs - before.offset.highMs) * 100) / 100,
    highPpm: Math.ceil(ppm(after.offset.highMs - before.offset.lowMs) * 100) / 100,
  };
}

/** True where no clock within the limits could have come from the one offset to the other: |d1 − d0| > ρ·ΔT + U0 + U1. */
export function isStepSuspected(before: ClockAnchor, after: ClockAnchor, limits: ClockLimits): boolean {
  return gapMs(before.offset, after.offset) > driftOver(limits, after.atMs - before.atMs);
}

export function anchorOf(statement: ClockStatement): ClockAnchor | null {
  const offset = offsetOf(statement);
  if (offset === null || statement.state !== 'measured') return null;
  return { atMs: Date.parse(statement.readAt), offset, isRead: true };
}

/** A clock is set in whole seconds, at some moment on the way. */
const settingStepMs = 1000;

function anchorAfterSetting({ setting, afterSet }: ClockEntry): ClockAnchor | null {
  const read = afterSet === null ? null : anchorOf(afterSet);
  if (read !== null || setting === null || setting.outcome === 'failed') return read;
  // The recorder was given the time of a clock that was not right.
  if (afterSet?.state === 'unreadable' && afterSet.reason === 'host-clock-jumped') return null;
  const wayMs = setting.hostAfterMs - setting.hostBeforeMs;
  return {
    atMs: setting.hostAfterMs,
    offset: widened({ lowMs: -wayMs, highMs: wayMs }, settingStepMs),
    isRead: false,
  };
}
