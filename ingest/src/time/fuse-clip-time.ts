import type { ClipKind, DeviceTime } from '@docket/device-protocol';
import type { LiveMatchTime } from '../live/reconcile/live-match-time.ts';
import type { ClipInstant, ClipTime, TimeDoubt, TimeReading, TimeSource } from './clip-time.ts';
import type { ClockStretch } from './clock-history.ts';
import type { ClockLimits } from './clock-limits.ts';
import { type CorrectedTime, correctedTime } from './corrected-time.ts';
import type { GpsTrack } from './gps-track.ts';
import { around, gapMs, hull, type Interval, intersection, middleMs, widened } from './interval.ts';
import { type ShownTime, shownTime } from './shown-time.ts';
import { type ComparedTime, conflictBetween } from './time-conflict.ts';

/** All that was found about when a clip was recorded. */
export interface ClipTimeFacts {
  kind: ClipKind;
  startedAt: DeviceTime | null;
  modifiedAt: DeviceTime | null;
  /** From the container or the photo, as far as somebody has looked. */
  durationMs: number | null;
  createdAt: string | null;
  takenAt: string | null;
  tracks: readonly GpsTrack[];
  /** What live segments with the same coded pictures tell. */
  liveMatches: readonly LiveMatchTime[];
  /** What is known of the recorder's clock while it can have recorded this clip. */
  stretches: readonly ClockStretch[];
  /** Whether that clock was read against a host whose own clock was not right. */
  isHostDoubtful: boolean;
  /** UTC after which the clip cannot have been recorded; `null` where the host's clock does not tell. */
  listedBeforeMs: number | null;
  assumedZone: string;
}

export interface FusionLimits extends ClockLimits {
  /** Sources further apart than this, beyond their widths, contradict each other. */
  conflictMs: number;
  /** How far from its first picture the time in a clip's name may be. */
  nameSlackMs: number;
}

/** FAT keeps the time of the last write in steps of 2 s. */
const fileTimeStepMs = 2000;
/** A receiver that has not heard the leap seconds yet, and the moment its sentence takes. */
const trackSlackMs = 2000;
/** Playing time is the recorder's own, and pictures may be dropped at the end. */
const durationSlackMs = 500;
const durationSlackShare = 1e-3;
/** No recorder is older: what a container says of before is an empty field. */
const firstPlausibleMs = Date.UTC(1990, 0, 1);

/**
 * When a clip was recorded, from all that is known; every source is kept as found. Sources that agree narrow each other,
 * sources that do not are told, and nothing is averaged.
 */
export function fuseClipTime(facts: ClipTimeFacts, limits: FusionLimits): ClipTime {
  const fusion = new Fusion(facts, limits);
  fusion.takeShownTimes();
  fusion.takeContainerTime();
  fusion.takeTracks();
  fusion.takeLiveMatches();
  return fusion.result();
}

/** A start by the recorder's clock, in that clock's time and in UTC. */
interface StartByClock {
  shown: Interval;
  utc: CorrectedTime | null;
}

class Fusion {
  readonly #facts: ClipTimeFacts;
  readonly #limits: FusionLimits;
  readonly #durationMs: number | null;
  readonly #sources: TimeSource[] = [];
  readonly #conflicts: ClipTime['conflicts'] = [];
  readonly #doubts = new Set<TimeDoubt>();
  #start: StartByClock | null = null;
  #guess: StartByClock | null = null;
  /** What is told of the start by others than the recorder's clock. */
  #toldStart: ComparedTime | null = null;
  /** Those others contradict each other, or a clock that was read. What a clock nobody read says of itself disputes nothing. */
  #isToldDisputed = false;
  /** By live segments whose delay on the way is what the settings say: taken where nothing else bounds the start. */
  #assumedStart: Interval | null = null;

  constructor(facts: ClipTimeFacts, limits: FusionLimits) {
    this.#facts = facts;
    this.#limits = limits;
    this.#durationMs = facts.kind === 'photo' ? 0 : facts.durationMs;
  }

  /** Name, photo and file time: all by the recorder's clock, so they are compared in its own time. */
  takeShownTimes(): void {
    const { startedAt, takenAt, kind } = this.#facts;
    const named = startedAt === null ? null : this.#shown(startedAt.text, startedAt.assumedZone);
    const taken = kind !== 'photo' || takenAt === null ? null : this.#shown(takenAt, null);
    const starts: ComparedTime[] = [];
    if (startedAt !== null) starts.push(...this.#keepStart('name', startedAt.text, named));
    if (takenAt !== null && kind === 'photo') starts.push(...this.#keepStart('exif', takenAt, taken));
    const [first, second] = starts;
    if (first !== undefined) this.#start = this.#byClock(first.when);
    if (first !== undefined && second !== undefined) this.#compare(second, first);
    this.#takeFileTime(first ?? null);
  }

  #keepStart(kind: 'name' | 'exif', raw: string, time: ShownTime | null): ComparedTime[] {
    if (time === null) {
      this.#keep({ kind, raw, reading: 'unusable', zone: null, tells: 'start' }, null);
      return [];
    }
    const when = widened(time.shown, this.#limits.nameSlackMs);
    this.#keep({ kind, raw, reading: 'recorder-clock', zone: time.zone, tells: 'start' }, when);
    return [{ kind, when }];
  }

  /** The last write lies between start and end: at the end on most recorders, but not on all. */
  #takeFileTime(start: ComparedTime | null): void {
    const { modifiedAt } = this.#facts;
    if (modifiedAt === null) return;
    const { text: raw } = modifiedAt;
    const written = this.#shown(raw, modifiedAt.assumedZone, fileTimeStepMs);
    if (written === null || written.shown.highMs < firstPlausibleMs) {
      this.#keep({ kind: 'file-time', raw, reading: 'unusable', zone: null, tells: 'during' }, null);
      return;
    }
    const when = written.shown;
    this.#keep(
      { kind: 'file-time', raw, reading: 'recorder-clock', zone: written.zone, tells: 'during' },
      when,
    );
    if (start !== null) this.#compare({ kind: 'file-time', when }, this.#recordingFrom(start));
    const lengthMs = this.#durationMs ?? 0;
    if (start === null) this.#guess = this.#byClock({ lowMs: when.lowMs - lengthMs, highMs: when.highMs });
  }

  /** A container says UTC, many write local time or nothing: whichever fits is kept, as a hint that bounds nothing. */
  takeContainerTime(): void {
    const { createdAt, assumedZone } = this.#facts;
    if (createdAt === null) return;
    const keep = (reading: TimeReading, zone: string | null, when: Interval | null) =>
      this.#keep({ kind: 'container', raw: createdAt, reading, zone, tells: 'during' }, when);
    const asUtc = shownTime(createdAt, assumedZone);
    const asLocal = shownTime(createdAt.replace(/Z$/u, ''), this.#clockZone());
    const start = this.#start ?? this.#guess;
    if (asUtc === null || asLocal === null || asUtc.shown.lowMs < firstPlausibleMs || start === null) {
      keep('unusable', null, null);
      return;
    }
    const recording = this.#recordingFrom({
      kind: this.#start === null ? 'file-time' : 'name',
      when: start.shown,
    });
    const fits = (when: Interval) => gapMs(when, recording.when) <= this.#limits.conflictMs;
    if (fits(asUtc.shown)) keep('utc-by-recorder-clock', null, asUtc.shown);
    else if (fits(asLocal.shown)) keep('recorder-clock', asLocal.zone, asLocal.shown);
    else {
      keep('unusable', null, null);
      const conflict = conflictBetween({ kind: 'container', when: asUtc.shown }, recording, this.#limits);
      if (conflict !== null) this.#conflicts.push(conflict);
    }
  }

  /** A track recorded beside the clip lies within it, and its time does not come from the recorder's clock. */
  takeTracks(): void {
    for (const { firstFixAt, lastFixAt } of this.#facts.tracks) {
      const [firstMs, lastMs] = [Date.parse(firstFixAt), Date.parse(lastFixAt)];
      this.#sources.push({
        kind: 'gps',
        raw: `${firstFixAt}/${lastFixAt}`,
        reading: 'satellites',
        zone: null,
        tells: 'track',
        ...bounds(widened({ lowMs: firstMs, highMs: lastMs }, trackSlackMs)),
      });
      const lowMs = this.#durationMs === null ? Number.NEGATIVE_INFINITY : lastMs - this.#longestMs();
      const start = widened({ lowMs, highMs: firstMs }, trackSlackMs);
      this.#takeToldStart({ kind: 'gps', when: start });
    }
  }

  /** Coded pictures that a live segment holds too were captured when it was, whatever the recorder's clock showed. */
  takeLiveMatches(): void {
    for (const { liveClipId, laterMs, start, isDelayAssumed } of this.#facts.liveMatches) {
      this.#sources.push({
        kind: 'live-match',
        raw: `${liveClipId} ${laterMs < 0 ? '-' : '+'}${Math.abs(laterMs)} ms`,
        reading: 'dock-clock',
        zone: null,
        tells: 'start',
        ...bounds(start),
      });
      if (isDelayAssumed) {
        this.#takeToldStart({
          kind: 'live-match',
          when: { lowMs: Number.NEGATIVE_INFINITY, highMs: start.highMs },
        });
        this.#assumedStart = this.#assumedStart === null ? start : hull(this.#assumedStart, start);
      } else this.#takeToldStart({ kind: 'live-match', when: start });
    }
  }

  #takeToldStart(told: ComparedTime): void {
    const known = this.#toldStart ?? told;
    const shared = intersection(told.when, known.when);
    if (shared !== null) {
      this.#toldStart = { kind: told.kind, when: shared };
      return;
    }
    this.#doubts.add('sources-conflict');
    this.#isToldDisputed = true;
    const conflict = conflictBetween(known, told, this.#limits);
    if (conflict !== null) this.#conflicts.push(conflict);
  }

  result(): ClipTime {
    const start = this.#fusedStart();
    if (this.#durationMs === null) this.#doubts.add('duration-unknown');
    const end = start.utc === null || this.#durationMs === null ? null : this.#endFrom(start.utc);
    const isDisputed = start.isTold ? this.#isToldDisputed : this.#doubts.has('sources-conflict');
    const isProven = start.isProven && !isDisputed;
    return {
      start: this.#instant(start.utc, isProven, start.guessMs, start.latestMs),
      end: this.#instant(end, isProven && end !== null, this.#guessedEnd(start.guessMs), null),
      sources: this.#sources,
      conflicts: this.#conflicts,
      doubts: [...this.#doubts],
    };
  }

  #fusedStart(): {
    utc: Interval | null;
    isProven: boolean;
    /** By others than the recorder's clock. */
    isTold: boolean;
    guessMs: number | null;
    latestMs: number | null;
  } {
    const byClock = this.#start ?? this.#guess;
    const guessMs = byClock === null ? null : middleMs(byClock.shown);
    const told = this.#toldStart;
    const latestMs = told?.when.highMs ?? null;
    const corrected = byClock?.utc ?? null;
    const doubts: TimeDoubt[] = [...(corrected?.doubts ?? [])];
    if (this.#start === null) doubts.push('start-not-named');
    if (byClock !== null && corrected === null)
      doubts.push(this.#facts.isHostDoubtful ? 'host-unsynchronised' : 'clock-never-read');
    const isClockProven = corrected !== null && doubts.length === 0 && !this.#doubts.has('sources-conflict');
    const bounding = this.#boundingStart(isClockProven);
    const compared = bounding ?? told;
    if (compared !== null && corrected !== null) this.#compareTold(corrected.utc, compared);
    if (bounding !== null) {
      const { when } = bounding;
      const shared = corrected === null || !isClockProven ? when : intersection(corrected.utc, when);
      return {
        utc: shared ?? hull(when, corrected?.utc ?? when),
        isProven: shared !== null,
        isTold: true,
        guessMs,
        latestMs,
      };
    }
    for (const doubt of doubts) this.#doubts.add(doubt);
    return { utc: corrected?.utc ?? null, isProven: isClockProven, isTold: false, guessMs, latestMs };
  }

  /** What others than the recorder's clock tell of the start, where it bounds it from both sides. */
  #boundingStart(isClockProven: boolean): ComparedTime | null {
    const told = this.#toldStart;
    if (told === null || Number.isFinite(told.when.lowMs)) return told;
    if (isClockProven || this.#assumedStart === null) return null;
    const when = intersection(this.#assumedStart, told.when);
    if (when === null) return null;
    this.#doubts.add('delay-assumed');
    return { kind: 'live-match', when };
  }

  #compareTold(utc: Interval, told: ComparedTime): void {
    const conflict = conflictBetween(
      { kind: this.#start === null ? 'file-time' : 'name', when: utc },
      told,
      this.#limits,
    );
    if (conflict === null) return;
    this.#conflicts.push(conflict);
    this.#doubts.add('sources-conflict');
    this.#isToldDisputed = true;
  }

  #instant(
    utc: Interval | null,
    isProven: boolean,
    guessMs: number | null,
    latestMs: number | null,
  ): ClipInstant {
    const { listedBeforeMs } = this.#facts;
    const limit = Math.min(listedBeforeMs ?? Number.POSITIVE_INFINITY, latestMs ?? Number.POSITIVE_INFINITY);
    const within =
      utc === null ? null : intersection(utc, { lowMs: Number.NEGATIVE_INFINITY, highMs: limit });
    if (isProven && within !== null) return { kind: 'bounded', ...middle(within), ...bounds(within) };
    const guess = utc === null ? { value: instantText(guessMs), halfWidthMs: null } : middle(utc);
    if (Number.isFinite(limit)) {
      return { kind: 'one-sided', ...guess, notBefore: null, notAfter: instantText(Math.ceil(limit)) };
    }
    return { kind: 'unbounded', ...guess, notBefore: null, notAfter: null };
  }

  #endFrom(start: Interval): Interval {
    const lengthMs = this.#durationMs ?? 0;
    const slackMs = this.#longestMs() - lengthMs;
    return widened({ lowMs: start.lowMs + lengthMs, highMs: start.highMs + lengthMs }, slackMs);
  }

  #guessedEnd(startMs: number | null): number | null {
    return startMs === null || this.#durationMs === null ? null : startMs + this.#durationMs;
  }

  #longestMs(): number {
    const lengthMs = this.#durationMs ?? 0;
    return lengthMs === 0 ? 0 : lengthMs * (1 + durationSlackShare) + durationSlackMs;
  }

  /** Where the recording that began so lay, as far as its length is known. */
  #recordingFrom({ kind, when }: ComparedTime): ComparedTime & { end: Interval | null } {
    if (this.#durationMs === null) {
      return { kind, when: { lowMs: when.lowMs, highMs: Number.POSITIVE_INFINITY }, end: null };
    }
    const end = this.#endFrom(when);
    return { kind, when: hull(when, end), end };
  }

  #compare(one: ComparedTime, other: ComparedTime): void {
    const conflict = conflictBetween(one, other, this.#limits);
    if (conflict === null) return;
    this.#conflicts.push(conflict);
    this.#doubts.add('sources-conflict');
  }

  #byClock(shown: Interval): StartByClock {
    return { shown, utc: correctedTime(shown, this.#facts.stretches, this.#limits) };
  }

  #shown(text: string, zone: string | null, leastStepMs = 0): ShownTime | null {
    return shownTime(text, zone ?? this.#clockZone(), leastStepMs);
  }

  #clockZone(): string {
    return this.#facts.assumedZone;
  }

  #keep(source: Omit<TimeSource, 'notBefore' | 'notAfter'>, shown: Interval | null): void {
    const utc = shown === null ? null : correctedTime(shown, this.#facts.stretches, this.#limits);
    this.#sources.push({
      ...source,
      ...(utc === null ? { notBefore: null, notAfter: null } : bounds(utc.utc)),
    });
  }
}

/** The middle to the millisecond, and a half-width that is never narrower for it. */
function middle(range: Interval): { value: string; halfWidthMs: number } {
  const middleWholeMs = Math.round(middleMs(range));
  const halfWidthMs = Math.ceil(Math.max(range.highMs - middleWholeMs, middleWholeMs - range.lowMs));
  return { value: new Date(middleWholeMs).toISOString(), halfWidthMs };
}

function bounds({ lowMs, highMs }: Interval): { notBefore: string | null; notAfter: string | null } {
  return { notBefore: instantText(Math.floor(lowMs)), notAfter: instantText(Math.ceil(highMs)) };
}

/** Milliseconds that a calendar can say. */
const calendar = around(0, 8.64e15);

function instantText(milliseconds: number | null): string | null {
  if (milliseconds === null || !(calendar.lowMs <= milliseconds && milliseconds <= calendar.highMs))
    return null;
  return new Date(milliseconds).toISOString();
}
