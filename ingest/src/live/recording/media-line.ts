import type { AccessUnit, LiveTrack, SenderReport } from '@docket/device-protocol/live';
import type { ArrivedReport } from '../capture-time.ts';
import type { LiveReason } from '../live-reason.ts';

/** How a unit stands to the one before it on its track. */
export type Following =
  /** One after the other. */
  | { kind: 'follows' }
  /** Packets tell that something between them never came; too short to be told from uneven pictures otherwise. */
  | { kind: 'missed'; missingMs: number }
  /** Something between them never came, in milliseconds of media time. */
  | { kind: 'hole'; missingMs: number }
  /** The media clock took a turn: nothing told of it before holds for what comes. */
  | { kind: 'turned'; reason: LiveReason };

interface LineTrack {
  track: LiveTrack;
  /** A tick of the track, and where it lies on the line. */
  anchorTicks: number;
  anchorMs: number;
  lastTicks: number;
  lastRtpTimestamp: number;
  lastArrivedMs: number;
  usualTicks: number;
  /** No step of it was seen yet. */
  isGuess: boolean;
  report: ArrivedReport | null;
}

/** Further back than pictures are put out of order. */
const mostBackMs = 1000;
/** Further ahead of its arrival than any stall of the network can explain. */
const mostAheadMs = 10_000;
/** A stream that stays this far behind its best for this long was not delayed: its clock stood still. */
const behindForMs = 5000;
/** Clocks drift apart; the best age of hours ago is not that of now. */
const agingShare = 200e-6;
/** Reports further back say less of now than drift takes away. */
const mostReports = 256;

/**
 * The media time of a session from one turn of its clocks to the next: the tracks of a stream side by side, in milliseconds
 * since its first unit.
 */
export class MediaLine {
  readonly #tracks = new Map<number, LineTrack>();
  readonly #mostAgeMs: number;
  readonly reports: { trackIndex: number; report: ArrivedReport }[] = [];
  #startArrivedMs: number | null = null;
  #leastAge: { ms: number; atMs: number } | null = null;
  #behindSinceMs: number | null = null;

  /** `mostAgeMs`: how old a unit can be when it arrives, as the settings say. */
  constructor(mostAgeMs: number) {
    this.#mostAgeMs = Math.max(mostAgeMs, 1000);
  }

  /** Puts a unit on the line and says how it stands to the one before. After a turn, a new line must begin. */
  follow(unit: AccessUnit): Following {
    const known = this.#tracks.get(unit.track.index);
    if (known === undefined) {
      this.#begin(unit);
      return { kind: 'follows' };
    }
    const turned = this.#turn(known, unit);
    if (turned !== null) return { kind: 'turned', reason: turned };
    const stepTicks = unit.mediaTicks - known.lastTicks;
    const missingMs = ((stepTicks - known.usualTicks) * 1000) / unit.track.clockRateHz;
    const isHole = missingMs > this.#holeMs(known);
    const isLate = !known.isGuess && stepTicks > 1.5 * known.usualTicks;
    const isMissed = !isHole && isLate && unit.lostPackets > 0;
    if (stepTicks > 0 && !isHole && !isMissed) {
      known.usualTicks = known.isGuess ? stepTicks : usual(known.usualTicks, stepTicks);
      known.isGuess = false;
    }
    known.lastTicks = unit.mediaTicks;
    known.lastRtpTimestamp = unit.rtpTimestamp;
    known.lastArrivedMs = unit.arrival.atMs;
    if (isHole) return { kind: 'hole', missingMs };
    return isMissed ? { kind: 'missed', missingMs } : { kind: 'follows' };
  }

  /** Where a time of a track lies on the line. The track must have brought a unit. */
  msOf(trackIndex: number, mediaTicks: number): number {
    const { anchorMs, anchorTicks, track } = this.#require(trackIndex);
    return anchorMs + ((mediaTicks - anchorTicks) * 1000) / track.clockRateHz;
  }

  /** The tick of a track at a place of the line. */
  ticksAt(trackIndex: number, lineMs: number): number {
    const { anchorMs, anchorTicks, track } = this.#require(trackIndex);
    return anchorTicks + Math.round(((lineMs - anchorMs) * track.clockRateHz) / 1000);
  }

  usualTicksOf(trackIndex: number): number {
    return this.#require(trackIndex).usualTicks;
  }

  /** Where the next unit of each track is to be expected, at the earliest. */
  earliestNextMs(): number {
    const nexts = [...this.#tracks.values()].map(({ track, lastTicks, usualTicks }) =>
      this.msOf(track.index, lastTicks + usualTicks),
    );
    return Math.min(Number.POSITIVE_INFINITY, ...nexts);
  }

  /** Takes a report of a track that has brought a unit. Says by how much its sender's clock was moved, 0 for not. */
  takeReport(
    track: LiveTrack,
    { rtpTimestamp, ntpMs }: SenderReport,
    arrival: { atMs: number; sentNotBeforeMs: number | null },
  ): number | null {
    const known = this.#tracks.get(track.index);
    if (known === undefined) return null;
    const ticks = known.lastTicks + signed32(rtpTimestamp - known.lastRtpTimestamp);
    const report: ArrivedReport = {
      mediaMs: this.msOf(track.index, ticks),
      arrivedMs: arrival.atMs,
      sentNotBeforeMs: arrival.sentNotBeforeMs,
      ntpMs,
    };
    const before = known.report;
    known.report = report;
    this.reports.push({ trackIndex: track.index, report });
    if (this.reports.length > mostReports) this.reports.shift();
    return before === null ? 0 : report.ntpMs - before.ntpMs - (report.mediaMs - before.mediaMs);
  }

  /**
   * Moves tracks to where reports of both put them beside the reference (RFC 3550 §6.4.1): told only between two segments,
   * so that within one no time is moved.
   */
  alignTo(referenceIndex: number): void {
    const reference = this.#tracks.get(referenceIndex)?.report ?? null;
    if (reference === null) return;
    for (const [index, known] of this.#tracks) {
      if (index === referenceIndex || known.report === null) continue;
      const shouldBeMs = reference.mediaMs + known.report.ntpMs - reference.ntpMs;
      const byMs = shouldBeMs - known.report.mediaMs;
      if (Math.abs(byMs) < 10 || Math.abs(byMs) > 5000) continue;
      known.anchorMs += byMs;
      known.report = { ...known.report, mediaMs: shouldBeMs };
    }
  }

  #begin(unit: AccessUnit): void {
    const { track, mediaTicks, rtpTimestamp, arrival } = unit;
    this.#startArrivedMs ??= arrival.atMs;
    this.#tracks.set(track.index, {
      track,
      anchorTicks: mediaTicks,
      anchorMs: Math.max(0, arrival.atMs - this.#startArrivedMs),
      lastTicks: mediaTicks,
      lastRtpTimestamp: rtpTimestamp,
      lastArrivedMs: arrival.atMs,
      usualTicks: firstGuessTicks(unit),
      isGuess: true,
      report: null,
    });
  }

  #turn(known: LineTrack, unit: AccessUnit): LiveReason | null {
    const { kind: media, index: track, clockRateHz: rate } = unit.track;
    const step = unit.mediaTicks - known.lastTicks;
    if (signed32(step) !== signed32(unit.rtpTimestamp - known.lastRtpTimestamp))
      return { kind: 'time-stamps-anew', media, track };
    const stepMs = (step * 1000) / rate;
    const arrivedMs = unit.arrival.atMs - known.lastArrivedMs;
    if (stepMs < -mostBackMs || stepMs - arrivedMs > mostAheadMs) {
      const moved = { byMs: Math.round(stepMs), inMs: Math.round(arrivedMs) };
      return { kind: 'time-stamps-moved', media, track, ...moved };
    }
    return this.#isLeftBehind(unit) ? { kind: 'time-stamps-stood', media, track } : null;
  }

  #isLeftBehind({ track, mediaTicks, arrival: { atMs } }: AccessUnit): boolean {
    const ageMs = atMs - this.msOf(track.index, mediaTicks);
    const best = this.#leastAge;
    const bestMs = best === null ? ageMs : best.ms + agingShare * Math.max(0, atMs - best.atMs);
    if (ageMs <= bestMs) this.#leastAge = { ms: ageMs, atMs };
    if (ageMs - bestMs <= this.#mostAgeMs) {
      this.#behindSinceMs = null;
      return false;
    }
    this.#behindSinceMs ??= atMs;
    return atMs - this.#behindSinceMs > behindForMs;
  }

  #holeMs({ track, usualTicks }: LineTrack): number {
    const usualMs = (usualTicks * 1000) / track.clockRateHz;
    return track.kind === 'audio' ? Math.max(usualMs / 2, 5) : Math.max(2.5 * usualMs, 250);
  }

  #require(trackIndex: number): LineTrack {
    const known = this.#tracks.get(trackIndex);
    if (known === undefined) throw new RangeError(`track ${trackIndex} has brought nothing yet`);
    return known;
  }
}

/** Before a second unit tells: 25 pictures in a second, or the length of the frame itself. */
function firstGuessTicks({ track, format, data }: AccessUnit): number {
  if (track.kind === 'video') return Math.max(1, Math.round(track.clockRateHz / 25));
  const sampleRateHz = format?.kind === 'audio' ? format.sampleRateHz : track.clockRateHz;
  const frames = format?.kind === 'audio' ? format.samplesPerFrame : null;
  const bytes = data.reduce((sum, part) => sum + part.length, 0);
  const samples = frames ?? (track.codec === 'aac' ? 1024 : bytes / Math.max(1, track.channels ?? 1));
  return Math.max(1, Math.round((samples * track.clockRateHz) / sampleRateHz));
}

/** Follows the stream slowly, so that one long picture makes no rule. */
function usual(known: number, step: number): number {
  return Math.max(1, Math.round(known + (step - known) / 4));
}

function signed32(value: number): number {
  const low = ((value % 2 ** 32) + 2 ** 32) % 2 ** 32;
  return low >= 2 ** 31 ? low - 2 ** 32 : low;
}
