import fc from 'fast-check';
import type { ActivityFacts } from '../cases/case-record.ts';
import type { DutyFacts } from '../coverage/duty-facts.ts';
import type { Footage } from '../coverage/footage.ts';
import type { Interval } from '../time/interval.ts';

/** Everything happens on a line of seconds, so that all worlds can be gone through one by one. */
export const stepMs = 1000;
export const joinToleranceMs = 2 * stepMs;

/** One recorder’s clips of one docking: as the recorder’s clock has them, and what is known of that clock’s error. */
export interface RecordedGroup {
  clips: { fromMs: number; toMs: number; startDoubt: Interval; endDoubt: Interval; isLate: boolean }[];
  /** The error as it truly was, within all of the doubts. */
  errorMs: number;
}

export interface DrawnEvidence {
  start: Interval;
  end: Interval;
  groups: RecordedGroup[];
}

const seconds = (min: number, max: number) => fc.integer({ min, max }).map((count) => count * stepMs);
const doubt = fc.record({ lowMs: seconds(-4, 0), highMs: seconds(0, 4) });

const group: fc.Arbitrary<RecordedGroup> = fc
  .record({
    errorMs: seconds(-5, 5),
    firstMs: seconds(-6, 30),
    clips: fc.array(
      fc.record({
        lengthMs: seconds(1, 14),
        pauseMs: seconds(-1, 5),
        startDoubt: doubt,
        endDoubt: doubt,
        isLate: fc.boolean(),
      }),
      { minLength: 1, maxLength: 4 },
    ),
  })
  .map(({ errorMs, firstMs, clips }) => {
    let atMs = firstMs;
    return {
      errorMs,
      clips: clips.map(({ lengthMs, pauseMs, ...rest }) => {
        const clip = { fromMs: atMs, toMs: atMs + lengthMs, ...rest };
        atMs += lengthMs + pauseMs;
        return clip;
      }),
    };
  });

export const drawnEvidence: fc.Arbitrary<DrawnEvidence> = fc.record({
  start: seconds(0, 2).chain((lowMs) => seconds(0, 3).map((width) => ({ lowMs, highMs: lowMs + width }))),
  end: seconds(12, 30).chain((lowMs) => seconds(0, 3).map((width) => ({ lowMs, highMs: lowMs + width }))),
  groups: fc.array(group, { maxLength: 2 }),
});

/** Doubts made wider, by clip; the truth stays inside. */
export function widenedBy({ groups, ...duty }: DrawnEvidence, byMs: readonly number[]): DrawnEvidence {
  let index = 0;
  const wider = ({ lowMs, highMs }: Interval) => {
    const more = byMs[index++ % byMs.length] ?? 0;
    return { lowMs: lowMs - more, highMs: highMs + more };
  };
  return {
    start: wider(duty.start),
    end: wider(duty.end),
    groups: groups.map(({ errorMs, clips }) => ({
      errorMs,
      clips: clips.map((clip) => ({
        ...clip,
        startDoubt: wider(clip.startDoubt),
        endDoubt: wider(clip.endDoubt),
      })),
    })),
  };
}

const sealedMs = { inTime: 0, late: 10 * 86_400_000 };

/** The evidence as judging takes it. */
export function footageOf({ groups }: DrawnEvidence): Footage[] {
  return groups.flatMap(({ clips, errorMs }, groupIndex) =>
    clips.map(({ fromMs, toMs, startDoubt, endDoubt, isLate }, clipIndex) => ({
      clipId: `${groupIndex}-${clipIndex}`,
      recorderId: `recorder ${groupIndex}`,
      clockId: 'docking',
      officerId: null,
      mediaKind: 'video' as const,
      span: {
        start: { lowMs: fromMs + errorMs + startDoubt.lowMs, highMs: fromMs + errorMs + startDoubt.highMs },
        end: { lowMs: toMs + errorMs + endDoubt.lowMs, highMs: toMs + errorMs + endDoubt.highMs },
      },
      guess: { fromMs: null, toMs: null, doubtMs: null },
      ownClock: { fromMs, toMs },
      sharesPicturesWith: [],
      doubts: [],
      isHashSound: true,
      sealedMs: isLate ? sealedMs.late : sealedMs.inTime,
    })),
  );
}

/** One way things may have been: when the activity was, and what was recorded. */
export interface World {
  startMs: number;
  endMs: number;
  recorded: { fromMs: number; toMs: number }[];
}

/** Every world on the grid that the doubts allow. All clips of a group are off by the same. */
export function* worldsOf({ start, end, groups }: DrawnEvidence): Generator<World> {
  const errors = groups.map((one) => [...grid(commonError(one))]);
  for (const shifts of product(errors)) {
    const recorded = groups.flatMap(({ clips }, index) =>
      clips.map(({ fromMs, toMs }) => ({
        fromMs: fromMs + (shifts[index] ?? 0),
        toMs: toMs + (shifts[index] ?? 0),
      })),
    );
    for (const startMs of grid(start)) for (const endMs of grid(end)) yield { startMs, endMs, recorded };
  }
}

function commonError({ clips, errorMs }: RecordedGroup): Interval {
  const doubts = clips.flatMap(({ startDoubt, endDoubt }) => [startDoubt, endDoubt]);
  return {
    lowMs: errorMs + Math.max(...doubts.map(({ lowMs }) => lowMs)),
    highMs: errorMs + Math.min(...doubts.map(({ highMs }) => highMs)),
  };
}

function* grid({ lowMs, highMs }: Interval): Generator<number> {
  for (let atMs = lowMs; atMs <= highMs; atMs += stepMs) yield atMs;
}

function product(lists: readonly number[][]): number[][] {
  return lists.reduce<number[][]>(
    (rows, list) => rows.flatMap((row) => list.map((value) => [...row, value])),
    [[]],
  );
}

/** For each second of the activity, whether anybody recorded it. */
export function secondsRecorded({
  startMs,
  endMs,
  recorded,
}: World): { atMs: number; isRecorded: boolean }[] {
  return [...grid({ lowMs: startMs, highMs: endMs - stepMs })].map((atMs) => ({
    atMs,
    isRecorded: recorded.some(({ fromMs, toMs }) => fromMs <= atMs && atMs < toMs),
  }));
}

export function longestPauseMs(world: World): number {
  let longest = 0;
  let current = 0;
  for (const { isRecorded } of secondsRecorded(world)) {
    current = isRecorded ? 0 : current + stepMs;
    longest = Math.max(longest, current);
  }
  return longest;
}

export function drawnActivity({ start, end }: DrawnEvidence): ActivityFacts {
  // Start and end share one doubt in what case systems tell; the tests of the arithmetic take each by itself.
  const doubtMs = Math.max(start.highMs - start.lowMs, end.highMs - end.lowMs) / 2;
  return {
    activityId: 'sys/a-1',
    caseId: 'sys/c-1',
    kind: 'on-site-inspection',
    step: 'investigation',
    place: null,
    area: null,
    officerIds: [],
    startedAt: new Date((start.lowMs + start.highMs) / 2).toISOString(),
    endedAt: new Date((end.lowMs + end.highMs) / 2).toISOString(),
    timeDoubtMs: doubtMs,
    isRandomInspection: false,
    riskTriggers: [],
    isWholeProcess: false,
  };
}

export function dutyAt(level: DutyFacts['level']): DutyFacts {
  return {
    reference: { departmentId: 'demo', version: 1, sha256: '0'.repeat(64), itemNumber: '1' },
    level,
    mediaKinds: ['video'],
    raisedBy: [],
    isWholeProcessProposed: false,
  };
}
