import type { ActivityKind, CaseStep } from '@docket/ingest';
import { Random } from '../random.ts';
import { RecorderClock } from './recorder-clock.ts';

export interface YearOptions {
  /** About how many clips. */
  clips: number;
  officers: number;
  seed: number;
  /** On the last evening of the first so many days every recorder is docked: what was recorded until then is all here. */
  firstDays: number;
}

export interface TrueOfficer {
  officerId: string;
  number: string;
  certificateNumber: string;
  unitId: string;
}

export interface TrueRecorder {
  index: number;
  recorderId: string;
  clock: RecorderClock;
  /** False for a plain card: its clock cannot be read. */
  isReadable: boolean;
  /** False where clips do not carry the number of who wears it, and only the ledger tells. */
  isNumbered: boolean;
}

/** How an activity is recorded. */
export type RecordingPlan =
  | 'whole'
  | 'one-officer'
  | 'gap'
  | 'short-gap'
  | 'late-start'
  | 'edge'
  | 'none'
  | 'exempt';

export interface TrueActivity {
  activityId: string;
  caseIndex: number;
  kind: ActivityKind;
  step: CaseStep;
  startMs: number;
  endMs: number;
  /** What the case system says of the times, which may be off by up to this. */
  toldStartMs: number;
  toldEndMs: number;
  timeDoubtMs: number;
  officers: number[];
  /** Named by mistake: was elsewhere. */
  mistakenOfficer: number | null;
  isRandomInspection: boolean;
  hasRiskTrigger: boolean;
  isOrderedWhole: boolean;
  plan: RecordingPlan;
  /** How the case system told of it: at once, after the clips were docked, or with wrong times at first. */
  telling: 'at-once' | 'late' | 'changed';
  day: number;
}

export interface TrueClip {
  clipId: string;
  recorder: number;
  wearer: number;
  startMs: number;
  endMs: number;
  kind: 'video' | 'photo';
  /** The activity whose code was shown at its beginning. */
  codeOf: number | null;
  isMarked: boolean;
  /** Clips of one uninterrupted recording have the same number. */
  recording: number;
}

export interface TrueDocking {
  dockingId: string;
  recorder: number;
  atMs: number;
  isHostSynchronised: boolean;
  clips: TrueClip[];
}

export interface LedgerAct {
  recorder: number;
  atMs: number;
  act: 'issued' | 'returned';
  officer: number;
}

/** What truly happened in one working day, in the order of time. */
export interface TrueDay {
  day: number;
  activities: TrueActivity[];
  ledger: LedgerAct[];
  dockings: TrueDocking[];
}

export const minuteMs = 60_000;
export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;
/** Monday 2025-01-06, 00:00 in Asia/Shanghai. */
export const firstDayMs = Date.UTC(2025, 0, 6) - 8 * hourMs;
export const departmentId = 'changzhi-swj';
const sender = 'year';
const activitiesPerDay = 4;
const clipsPerActivity = 10;

const stepOf: Record<ActivityKind, CaseStep> = {
  'on-site-inspection': 'investigation',
  'random-inspection': 'investigation',
  'investigation-evidence': 'evidence',
  'evidence-preservation': 'evidence',
  hearing: 'review',
  'coercion-measure': 'execution',
  'document-service': 'service',
  'site-survey': 'review',
  other: 'decision',
};

/** A year of one department: who did what when, what was recorded of it, and what befell recorders and records. */
export class TrueYear {
  readonly options: YearOptions;
  readonly officers: TrueOfficer[];
  readonly recorders: TrueRecorder[];
  readonly cases: number;
  readonly days: TrueDay[] = [];
  readonly #random: Random;
  /** The recorder of each officer. */
  readonly #worn: number[];
  /** Clips that wait on each recorder for its next docking. */
  readonly #waiting = new Map<number, TrueClip[]>();
  #clipCount = 0;
  #activityCount = 0;
  #recordings = 0;
  #dockings = 0;

  constructor(options: YearOptions) {
    this.options = options;
    this.#random = new Random(options.seed);
    const { officers: count } = options;
    this.officers = Array.from({ length: count }, (_, index) => ({
      officerId: `${sender}/officer-${index}`,
      number: String(100_000 + index),
      certificateNumber: `DEMO-${String(index).padStart(4, '0')}`,
      unitId: `${sender}/unit-${index % 4}`,
    }));
    this.recorders = Array.from({ length: count }, (_, index) => ({
      index,
      recorderId: `sn:YEAR${String(index).padStart(3, '0')}`,
      clock: new RecorderClock(
        firstDayMs,
        this.#random.between(-4000, 4000),
        // One in fifteen runs away faster than a working clock may.
        index % 15 === 7 ? 200 : this.#random.between(-28, 28),
      ),
      isReadable: index % 20 !== 3,
      isNumbered: index % 10 !== 5,
    }));
    this.#worn = this.officers.map((_, index) => index);
    const activities = Math.ceil(options.clips / clipsPerActivity);
    this.cases = Math.max(1, Math.round(activities * 0.3));
    const perDay = (count / 2) * activitiesPerDay;
    for (let working = 0; this.#activityCount < activities; working += 1) {
      this.#liveDay(working, Math.min(perDay, activities - this.#activityCount));
    }
  }

  get clips(): TrueClip[] {
    return this.days.flatMap(({ dockings }) => dockings.flatMap(({ clips }) => clips));
  }

  get activities(): TrueActivity[] {
    return this.days.flatMap(({ activities }) => activities);
  }

  #liveDay(working: number, wanted: number): void {
    const calendarDay = Math.floor(working / 5) * 7 + (working % 5);
    const midnightMs = firstDayMs + calendarDay * dayMs;
    const ledger = this.#handRound(midnightMs, working);
    const activities = this.#planActivities(working, midnightMs, wanted);
    this.#mistakeOfficers(activities);
    this.#mishandleClocks(midnightMs);
    for (const officer of this.officers.keys()) this.#record(officer, activities, midnightMs);
    const dockings = this.#dock(midnightMs, working);
    this.days.push({ day: working, activities, ledger, dockings });
  }

  /** On the first day everybody is issued a recorder; later some change with each other, as the ledger says. */
  #handRound(midnightMs: number, working: number): LedgerAct[] {
    const atMs = midnightMs + 8 * hourMs;
    if (working === 0) {
      return this.officers.map((_, officer) => ({ recorder: officer, atMs, act: 'issued', officer }));
    }
    if (!this.#random.chance(0.2)) return [];
    const one = this.#random.whole(0, this.officers.length - 1);
    const other = (one + this.#random.whole(1, this.officers.length - 1)) % this.officers.length;
    const [ofOne, ofOther] = [this.#recorderOf(one), this.#recorderOf(other)];
    // What is still on them was recorded by who had them before.
    if ((this.#waiting.get(ofOne)?.length ?? 0) + (this.#waiting.get(ofOther)?.length ?? 0) > 0) return [];
    this.#worn[one] = ofOther;
    this.#worn[other] = ofOne;
    // The ledger is sometimes written only in the evening. Where clips carry no number nothing would tell that it is behind.
    const areNumbered = [ofOne, ofOther].every((recorder) => this.recorders[recorder]?.isNumbered);
    const writtenMs = this.#random.chance(0.2) && areNumbered ? midnightMs + 19 * hourMs : atMs;
    return [
      { recorder: ofOne, atMs: writtenMs, act: 'returned', officer: one },
      { recorder: ofOther, atMs: writtenMs, act: 'returned', officer: other },
      { recorder: ofOne, atMs: writtenMs + 60_000, act: 'issued', officer: other },
      { recorder: ofOther, atMs: writtenMs + 60_000, act: 'issued', officer: one },
    ];
  }

  #planActivities(working: number, midnightMs: number, wanted: number): TrueActivity[] {
    const planned: TrueActivity[] = [];
    for (let pair = 0; pair < this.officers.length / 2; pair += 1) {
      let freeFromMs = midnightMs + 8.5 * hourMs;
      for (let slot = 0; slot < activitiesPerDay && planned.length < wanted; slot += 1) {
        const slotMs = midnightMs + 8.5 * hourMs + slot * 130 * minuteMs;
        const isBackToBack = slot > 0 && this.#random.chance(0.05);
        const startMs = isBackToBack
          ? freeFromMs
          : Math.max(freeFromMs + 5 * minuteMs, slotMs + this.#random.whole(5, 20) * minuteMs);
        const endMs = startMs + this.#random.whole(20, 70) * minuteMs;
        planned.push(this.#planActivity(working, pair, startMs, endMs));
        freeFromMs = endMs;
      }
    }
    return planned;
  }

  #planActivity(day: number, pair: number, startMs: number, endMs: number): TrueActivity {
    const random = this.#random;
    const kind = random.weighted<ActivityKind>([
      ['on-site-inspection', 42],
      ['random-inspection', 5],
      ['investigation-evidence', 15],
      ['evidence-preservation', 8],
      ['hearing', 3],
      ['coercion-measure', 5],
      ['document-service', 14],
      ['site-survey', 4],
      ['other', 4],
    ]);
    const isListed = kind !== 'site-survey' && kind !== 'other';
    const timeDoubtMs = random.chance(0.3) ? 60_000 : 0;
    const told = () => Math.round(random.between(-timeDoubtMs, timeDoubtMs) * 0.99);
    const index = this.#activityCount;
    this.#activityCount += 1;
    return {
      activityId: `${sender}/activity-${index}`,
      caseIndex: Math.floor(index * 0.3) % this.cases,
      kind,
      step: stepOf[kind],
      startMs,
      endMs,
      toldStartMs: startMs + told(),
      toldEndMs: endMs + told(),
      timeDoubtMs,
      officers: [2 * pair, 2 * pair + 1],
      mistakenOfficer: null,
      isRandomInspection: kind === 'random-inspection',
      hasRiskTrigger: isListed && random.chance(0.25),
      isOrderedWhole: isListed && random.chance(0.08),
      plan: random.weighted<RecordingPlan>([
        ['whole', 68],
        ['one-officer', 10],
        ['gap', 6],
        ['short-gap', 4],
        ['late-start', 4],
        ['edge', 4],
        ['none', 3],
        ['exempt', 1],
      ]),
      telling: random.weighted([
        ['at-once', 95],
        ['late', 2.5],
        ['changed', 2.5],
      ] as const),
      day,
    };
  }

  /** An officer is named for an activity of others, while at one of their own: the two overlap by mistake. */
  #mistakeOfficers(activities: readonly TrueActivity[]): void {
    for (const wrong of activities) {
      if (!this.#random.chance(0.03)) continue;
      const own = activities.find(
        (one) =>
          one.officers[0] !== wrong.officers[0] &&
          one.startMs + 5 * minuteMs < wrong.startMs &&
          wrong.endMs + 5 * minuteMs < one.endMs,
      );
      if (own !== undefined) wrong.mistakenOfficer = own.officers[0] ?? null;
    }
  }

  /** Somebody plays with the buttons. */
  #mishandleClocks(midnightMs: number): void {
    for (const { clock } of this.recorders) {
      if (!this.#random.chance(0.01)) continue;
      const byMs = this.#random.weighted([
        [this.#random.between(-20_000, 20_000), 1],
        [this.#random.between(-3, 3) * hourMs, 1],
        [8 * hourMs, 1],
      ]);
      clock.step(midnightMs + this.#random.between(9, 17) * hourMs, byMs);
    }
  }

  #record(officer: number, activities: readonly TrueActivity[], midnightMs: number): void {
    const own = activities.filter(({ officers }) => officers.includes(officer));
    const clips = own.flatMap((activity) => this.#recordActivity(officer, activity));
    clips.push(...this.#recordIdle(officer, own, midnightMs));
    clips.sort((left, right) => left.startMs - right.startMs);
    // One recorder records one thing at a time.
    const kept = clips.filter(
      (clip, position) =>
        clip.kind === 'photo' ||
        clips.slice(0, position).every((other) => other.kind === 'photo' || other.endMs <= clip.startMs),
    );
    const recorder = this.#recorderOf(officer);
    const waiting = this.#waiting.get(recorder) ?? [];
    this.#waiting.set(recorder, [...waiting, ...kept]);
  }

  #recordActivity(officer: number, activity: TrueActivity): TrueClip[] {
    const random = this.#random;
    const { plan, startMs, endMs } = activity;
    const isFirst = officer === activity.officers[0];
    const lead = () => random.whole(75, 120) * 1000;
    const [fromMs, toMs] = [startMs - lead(), endMs + lead()];
    const middleMs = startMs + (endMs - startMs) * random.between(0.3, 0.6);
    switch (plan) {
      case 'none':
      case 'exempt':
        return [];
      case 'one-officer':
        return isFirst ? this.#recording(officer, activity, fromMs, toMs) : [];
      case 'gap': {
        const gapFromMs = startMs + (endMs - startMs) * 0.4 + random.whole(0, 20) * 1000;
        const gapToMs = gapFromMs + random.whole(180, 480) * 1000;
        return [
          ...this.#recording(officer, activity, fromMs, gapFromMs),
          ...this.#recording(officer, activity, gapToMs, toMs),
        ];
      }
      case 'short-gap': {
        if (!isFirst) return [];
        const gapMs = random.whole(5, 40) * 1000;
        return [
          ...this.#recording(officer, activity, fromMs, middleMs),
          ...this.#recording(officer, activity, middleMs + gapMs, toMs),
        ];
      }
      case 'late-start':
        return this.#recording(officer, activity, startMs + random.whole(180, 500) * 1000, toMs);
      case 'edge': {
        if (!isFirst) return [];
        return this.#recording(officer, activity, startMs - random.whole(-25, 25) * 1000, toMs);
      }
      case 'whole':
        return this.#recording(officer, activity, fromMs, toMs);
    }
  }

  /** One recording, which the recorder keeps in several files one after the other. */
  #recording(officer: number, activity: TrueActivity, fromMs: number, toMs: number): TrueClip[] {
    const random = this.#random;
    this.#recordings += 1;
    const files = random.whole(4, 6);
    const clips: TrueClip[] = [];
    let startMs = Math.round(fromMs);
    for (let file = 0; file < files; file += 1) {
      const isLast = file === files - 1;
      const endMs = isLast ? Math.round(toMs) : Math.round(fromMs + ((toMs - fromMs) * (file + 1)) / files);
      const isCodeShown = file === 0 && random.chance(0.1);
      clips.push(
        this.#clip(officer, startMs, endMs, {
          codeOf: isCodeShown ? Number(activity.activityId.split('-').at(-1)) : null,
        }),
      );
      startMs = endMs + random.whole(0, 800);
    }
    if (random.chance(0.15) && activity.plan === 'whole') {
      const atMs = Math.round(
        activity.startMs + (activity.endMs - activity.startMs) * random.between(0.3, 0.7),
      );
      this.#recordings += 1;
      clips.push(this.#clip(officer, atMs, atMs, { kind: 'photo' }));
    }
    return clips;
  }

  /** Clips of no activity, between two of them or very near to one. */
  #recordIdle(officer: number, own: readonly TrueActivity[], midnightMs: number): TrueClip[] {
    const clips: TrueClip[] = [];
    for (const [index, activity] of own.entries()) {
      if (!this.#random.chance(0.35)) continue;
      const nextMs = own[index + 1]?.startMs ?? midnightMs + 18 * hourMs;
      const startMs = Math.round(activity.endMs + this.#random.between(150_000, 900_000));
      const endMs = startMs + this.#random.whole(20, 300) * 1000;
      if (endMs + 130_000 > nextMs) continue;
      this.#recordings += 1;
      clips.push(this.#clip(officer, startMs, endMs, {}));
    }
    return clips;
  }

  #clip(wearer: number, startMs: number, endMs: number, more: Partial<TrueClip>): TrueClip {
    const clipId = `year-clip-${String(this.#clipCount).padStart(7, '0')}`;
    this.#clipCount += 1;
    return {
      clipId,
      recorder: this.#recorderOf(wearer),
      wearer,
      startMs,
      endMs,
      kind: 'video',
      codeOf: null,
      isMarked: this.#random.chance(0.03),
      recording: this.#recordings,
      ...more,
    };
  }

  /** In the evening recorders are docked; a few only days later, and on a few days the dock does not know the time. */
  #dock(midnightMs: number, working: number): TrueDocking[] {
    const isHostSynchronised = working % 83 !== 41;
    const dockings: TrueDocking[] = [];
    for (const { index } of this.recorders) {
      const clips = this.#waiting.get(index) ?? [];
      const isForgotten = this.#random.chance(0.03) && working !== this.options.firstDays - 1;
      if (clips.length === 0 || isForgotten) continue;
      const atMs = midnightMs + 18 * hourMs + index * 20_000 + this.#random.whole(0, 9000);
      const dockingId = `year-docking-${String(this.#dockings).padStart(6, '0')}`;
      this.#dockings += 1;
      this.#waiting.set(index, []);
      dockings.push({ dockingId, recorder: index, atMs, isHostSynchronised, clips });
    }
    return dockings;
  }

  #recorderOf(officer: number): number {
    const recorder = this.#worn[officer];
    if (recorder === undefined) throw new RangeError(`officer ${officer} has no recorder`);
    return recorder;
  }
}
