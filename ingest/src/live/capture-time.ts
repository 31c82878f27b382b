import type { ClipInstant, ClipTime, TimeConflict, TimeDoubt, TimeSource } from '../time/clip-time.ts';
import { type HostClock, isSynchronised } from '../time/host-clock/host-clock.ts';
import { type Interval, middleMs } from '../time/interval.ts';

/** A picture or sound: where it lies on the media clock of its track, and when it arrived. Milliseconds. */
export interface ArrivedUnit {
  mediaMs: number;
  arrivedMs: number;
}

/** A sender report on the same media clock: `mediaMs` and `ntpMs` are the instant at which it was sent. */
export interface ArrivedReport extends ArrivedUnit {
  /** Proven by the order of its connection; `null` where nothing proves it. */
  sentNotBeforeMs: number | null;
  ntpMs: number;
}

export interface CaptureEvidence {
  /** Where the footage begins and ends on the media clock. */
  fromMediaMs: number;
  toMediaMs: number;
  /** Units of it; of many that arrived about the same time the least delayed is enough. */
  units: readonly ArrivedUnit[];
  /** Of the session, on the same media clock, oldest first. */
  reports: readonly ArrivedReport[];
  assumedDelayMs: number;
  host: HostClock;
  /** The dock's own clock was stepped while the footage came. */
  isHostStepped: boolean;
}

/** Fastest that a media clock runs away from true time. */
const driftShare = 100e-6;
/** Between two reports: less than this is the grain of what senders write and how they are sent. */
const reportToleranceMs = 250;

/**
 * When live footage was captured, from what reached the dock and when. It was captured before it arrived. A report binds its
 * media time to the moment it was sent, which lies between the last proof and its arrival (RFC 3550 §6.4.1). Where nothing
 * binds it from below, the least delayed unit is taken to be no older than the settings say, and the doubt is told. Sources
 * that contradict each other bound nothing but from above: it had arrived. Media clocks are taken to drift 100 ppm at most.
 */
export function captureTime(evidence: CaptureEvidence): ClipTime {
  const start = boundsAt(evidence, evidence.fromMediaMs);
  const end = boundsAt(evidence, evidence.toMediaMs);
  const conflicts = conflictsOf(evidence);
  const doubts: TimeDoubt[] = [];
  const isHostRight = isSynchronised(evidence.host) && !evidence.isHostStepped;
  if (!isHostRight) doubts.push('host-unsynchronised');
  if (conflicts.length > 0) doubts.push('sources-conflict');
  if (start.isAssumed || end.isAssumed) doubts.push('delay-assumed');
  const hostMs = isHostRight ? (evidence.host.boundMs ?? 0) : 0;
  const instant = (bounds: Bounds, latestMs: number) =>
    instantOf(bounds, { hostMs, isHostRight, isConflicting: conflicts.length > 0, latestMs });
  const { firstArrivedMs, lastArrivedMs } = arrivals(evidence);
  return {
    start: instant(start, firstArrivedMs),
    end: instant(end, lastArrivedMs + restMs(evidence)),
    sources: sourcesOf(evidence, start, end),
    conflicts,
    doubts,
  };
}

interface Bounds extends Interval {
  /** The lower bound is what the settings say. */
  isAssumed: boolean;
}

function boundsAt(evidence: CaptureEvidence, mediaMs: number): Bounds {
  const { units, reports, assumedDelayMs } = evidence;
  const highMs = least([...units, ...reports].map((one) => at(one, one.arrivedMs, mediaMs, +1)));
  const proven = reports.flatMap((report) =>
    report.sentNotBeforeMs === null ? [] : [at(report, report.sentNotBeforeMs, mediaMs, -1)],
  );
  const provenMs = proven.length === 0 ? Number.NEGATIVE_INFINITY : -least(proven.map((low) => -low));
  if (provenMs > Number.NEGATIVE_INFINITY) return { lowMs: provenMs, highMs, isAssumed: false };
  const assumedMs = least([...units, ...reports].map((one) => at(one, one.arrivedMs, mediaMs, -1)));
  return { lowMs: assumedMs - assumedDelayMs, highMs, isAssumed: true };
}

/** A host time known for one media time, carried to another: later or earlier by the drift in between. */
function at(one: ArrivedUnit, hostMs: number, mediaMs: number, side: 1 | -1): number {
  const spanMs = mediaMs - one.mediaMs;
  return hostMs + spanMs + side * driftShare * Math.abs(spanMs);
}

function least(values: readonly number[]): number {
  return values.reduce((low, value) => Math.min(low, value), Number.POSITIVE_INFINITY);
}

function conflictsOf(evidence: CaptureEvidence): TimeConflict[] {
  const apartMs = Math.max(againstArrival(evidence), againstEachOther(evidence.reports));
  if (apartMs <= 0) return [];
  return [{ between: ['sender-report', 'arrival'], apartMs: Math.round(apartMs), zoneHours: null }];
}

/** How far reports put footage behind its own arrival, or before the oldest it can have been. */
function againstArrival(evidence: CaptureEvidence): number {
  const { units, reports, assumedDelayMs } = evidence;
  if (reports.length === 0 || units.length === 0) return 0;
  const byUnits = { ...evidence, reports: [] };
  const instants = [evidence.fromMediaMs, evidence.toMediaMs, ...reports.map(({ mediaMs }) => mediaMs)];
  return Math.max(
    ...instants.map((mediaMs) => {
      const { lowMs, highMs } = boundsAt(evidence, mediaMs);
      const alone = boundsAt(byUnits, mediaMs);
      return Math.max(lowMs - highMs, alone.lowMs - highMs, lowMs - (alone.highMs + assumedDelayMs));
    }),
  );
}

/** How far a report’s media time has moved against both clocks, the sender’s and ours: one of the reports is wrong. */
function againstEachOther(reports: readonly ArrivedReport[]): number {
  let worstMs = 0;
  for (const [index, report] of reports.entries()) {
    const before = reports[index - 1];
    if (before === undefined) continue;
    const spanMs = report.mediaMs - before.mediaMs;
    const byNtpMs = Math.abs(report.ntpMs - before.ntpMs - spanMs);
    const byArrivalMs = Math.abs(report.arrivedMs - before.arrivedMs - spanMs);
    const allowedMs = reportToleranceMs + 2 * driftShare * Math.abs(spanMs);
    if (byNtpMs > allowedMs && byArrivalMs > allowedMs)
      worstMs = Math.max(worstMs, Math.min(byNtpMs, byArrivalMs));
  }
  return worstMs;
}

/** How long the newest unit of it lasts at most: by the media clock, which may be slow. */
function restMs({ units, toMediaMs }: CaptureEvidence): number {
  return Math.max(0, toMediaMs + least(units.map(({ mediaMs }) => -mediaMs))) * (1 + driftShare);
}

function arrivals({ units }: CaptureEvidence): { firstArrivedMs: number; lastArrivedMs: number } {
  return {
    firstArrivedMs: least(units.map(({ arrivedMs }) => arrivedMs)),
    lastArrivedMs: -least(units.map(({ arrivedMs }) => -arrivedMs)),
  };
}

function instantOf(
  bounds: Bounds,
  known: { hostMs: number; isHostRight: boolean; isConflicting: boolean; latestMs: number },
): ClipInstant {
  const { hostMs, isHostRight, isConflicting, latestMs } = known;
  if (isConflicting || !(bounds.lowMs <= bounds.highMs) || !Number.isFinite(bounds.highMs - bounds.lowMs)) {
    const guess = { value: text(latestMs, Math.round), halfWidthMs: null };
    if (!isHostRight) return { kind: 'unbounded', ...guess, notBefore: null, notAfter: null };
    return { kind: 'one-sided', ...guess, notBefore: null, notAfter: text(latestMs + hostMs, Math.ceil) };
  }
  const range = { lowMs: bounds.lowMs - hostMs, highMs: bounds.highMs + hostMs };
  const value = Math.round(middleMs(range));
  const halfWidthMs = Math.ceil(Math.max(range.highMs - value, value - range.lowMs));
  const guess = { value: text(value, Math.round), halfWidthMs };
  if (!isHostRight) return { kind: 'unbounded', ...guess, notBefore: null, notAfter: null };
  return {
    kind: 'bounded',
    ...guess,
    notBefore: text(range.lowMs, Math.floor),
    notAfter: text(range.highMs, Math.ceil),
  };
}

function sourcesOf(evidence: CaptureEvidence, start: Bounds, end: Bounds): TimeSource[] {
  const { firstArrivedMs, lastArrivedMs } = arrivals(evidence);
  const sources: TimeSource[] = [
    {
      kind: 'arrival',
      raw: `${text(firstArrivedMs, Math.floor)}/${text(lastArrivedMs, Math.ceil)}`,
      reading: 'dock-clock',
      zone: null,
      tells: 'track',
      notBefore: null,
      notAfter: text(lastArrivedMs, Math.ceil),
    },
  ];
  const [first] = evidence.reports;
  const last = evidence.reports.at(-1);
  if (first !== undefined && last !== undefined) {
    sources.push({
      kind: 'sender-report',
      raw: `${text(first.ntpMs, Math.round)}/${text(last.ntpMs, Math.round)} (${evidence.reports.length})`,
      reading: 'dock-clock',
      zone: null,
      tells: 'track',
      notBefore: text(start.lowMs, Math.floor),
      notAfter: text(end.highMs, Math.ceil),
    });
  }
  return sources;
}

/** `null` for what no calendar can say: a sender may write anything. */
function text(milliseconds: number, round: (value: number) => number): string | null {
  const whole = round(milliseconds);
  return Math.abs(whole) <= 8.64e15 ? new Date(whole).toISOString() : null;
}
