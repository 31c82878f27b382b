import type { ActivityFacts, CaseFacts, OfficerFacts } from '../../cases/case-record.ts';
import type { BearingException } from '../../coverage/approved-exceptions.ts';
import { usualCoverage } from '../../coverage/coverage.ts';
import type { ExceptionClaim } from '../../coverage/exception-record.ts';
import type { Footage } from '../../coverage/footage.ts';
import { judgeActivity } from '../../coverage/judge-activity.ts';
import type { CoverageState, Judgement } from '../../coverage/judgement.ts';
import { checkPeople } from '../../coverage/people-check.ts';
import type { MediaKind } from '../../duties/duty-list.ts';
import { dutyOf } from '../../duties/duty-of.ts';
import type { DutyListPreset } from '../../duties/presets/duty-list-preset.ts';
import type { TimeDoubt } from '../../time/clip-time.ts';
import { dayInZone } from '../../time/day-in-zone.ts';
import { exampleActivity, exampleCase, exampleOfficer } from '../example-facts.ts';

/** A clip as a lawyer would be told of it. Times by the clock of Beijing, `yyyy-mm-dd hh:mm:ss`. */
export interface WorkedClip {
  recorder: string;
  /** Who wore the recorder; one of the officers of the case. */
  officerId: string;
  mediaKind: Extract<MediaKind, 'video' | 'audio' | 'photo'>;
  /** True time, by the recorder's clock as it was measured, and by how much that may be wrong. */
  from: string;
  lengthSeconds: number;
  doubtSeconds: number;
  /** Where nothing proves the times: why. */
  doubts?: TimeDoubt[];
  sealedAt: string;
}

export interface WorkedException {
  claim: Pick<ExceptionClaim, 'kind' | 'reasonCode' | 'reason' | 'paperRecord'> & {
    from?: string;
    to?: string;
  };
  requestedBy: string;
  approvedBy: string;
  approvedAt: string;
}

/** One case of one department, from the facts to the judgement. */
export interface WorkedCase {
  name: string;
  /** The list that judges, with the sentences it comes from. */
  list: DutyListPreset;
  ofCase: CaseFacts;
  officers: OfficerFacts[];
  activity: ActivityFacts;
  clips: WorkedClip[];
  exceptions: WorkedException[];
  judgedAt: string;
  expected: CoverageState;
  /** Why, for somebody who has to defend it. */
  why: string;
}

export const zone = 'Asia/Shanghai';

/** Unix milliseconds of a time by the clock of Beijing. */
export function beijing(time: string): number {
  return Date.parse(`${time.replace(' ', 'T')}+08:00`);
}

export function instant(time: string): string {
  return new Date(beijing(time)).toISOString();
}

/** The parts that differ, on top of an example case. */
export function workedCase({
  ofCase,
  activity,
  officers,
  ...rest
}: Omit<WorkedCase, 'ofCase' | 'activity' | 'officers'> & {
  ofCase: Partial<CaseFacts>;
  activity: Partial<ActivityFacts> & { from: string; to: string };
  officers?: Partial<OfficerFacts>[];
}): WorkedCase {
  const { category = exampleCase.category } = ofCase;
  const { from, to, ...facts } = activity;
  const acting = (officers ?? [{}, {}]).map((officer, index) => ({
    ...exampleOfficer,
    officerId: `oa/officer-${index + 1}`,
    name: ['张三', '李四', '王五'][index] ?? '赵六',
    certificateNumber: `DEMO-00${index + 1}`,
    officerNumber: `00010${index + 1}`,
    categories: [category],
    ...officer,
  }));
  return {
    ...rest,
    ofCase: { ...exampleCase, departmentId: rest.list.departmentId, ...ofCase },
    officers: acting,
    activity: {
      ...exampleActivity,
      officerIds: acting.map(({ officerId }) => officerId),
      startedAt: instant(from),
      endedAt: instant(to),
      ...facts,
    },
  };
}

export function dutyOfWorked({ list, ofCase, activity }: WorkedCase) {
  return dutyOf(list.content, ofCase, activity);
}

/** Judges it by the rules alone; the test of the worked cases takes it through all parts and wants the same. */
export function judgeWorked(worked: WorkedCase): Judgement {
  const { list, ofCase, activity, officers, clips } = worked;
  const { item, level, raisedBy, isWholeProcessProposed } = dutyOfWorked(worked);
  const reference = {
    departmentId: list.departmentId,
    version: 1,
    sha256: '',
    itemNumber: item?.number ?? null,
  };
  return judgeActivity(
    {
      activity,
      duty: { reference, level, mediaKinds: item?.mediaKinds ?? null, raisedBy, isWholeProcessProposed },
      footage: clips.map(footageOf),
      exceptions: worked.exceptions.map(bearingOf),
      people: checkPeople({
        activity,
        category: ofCase.category,
        day: dayInZone(Date.parse(activity.startedAt ?? ''), zone),
        officers: new Map(officers.map((officer) => [officer.officerId, officer])),
        acceptedIssuers: list.content.certificateIssuers,
        recordedBy: clips.map(({ officerId }) => officerId),
      }),
    },
    usualCoverage,
    beijing(worked.judgedAt),
  );
}

export function clipName(_clip: WorkedClip, index: number): string {
  return `clip ${index + 1}`;
}

function footageOf(clip: WorkedClip, index: number): Footage {
  const [fromMs, toMs] = [beijing(clip.from), beijing(clip.from) + clip.lengthSeconds * 1000];
  const doubtMs = clip.doubtSeconds * 1000;
  const isProven = clip.doubts === undefined;
  const bound = (atMs: number) =>
    isProven
      ? { lowMs: atMs - doubtMs, highMs: atMs + doubtMs }
      : { lowMs: Number.NEGATIVE_INFINITY, highMs: Number.POSITIVE_INFINITY };
  return {
    clipId: clipName(clip, index),
    recorderId: clip.recorder,
    clockId: 'docking',
    officerId: clip.officerId,
    mediaKind: clip.mediaKind,
    span: { start: bound(fromMs), end: bound(toMs) },
    guess: { fromMs, toMs, doubtMs },
    ownClock: { fromMs, toMs },
    sharesPicturesWith: [],
    doubts: clip.doubts ?? [],
    isHashSound: true,
    sealedMs: beijing(clip.sealedAt),
  };
}

function bearingOf({ claim, approvedBy, approvedAt }: WorkedException, index: number): BearingException {
  return {
    exceptionId: `exception ${index + 1}`,
    kind: claim.kind,
    reasonCode: claim.reasonCode,
    approvedBy,
    approvedAt: instant(approvedAt),
    fromMs: claim.from === undefined ? null : beijing(claim.from),
    toMs: claim.to === undefined ? null : beijing(claim.to),
  };
}
