import { describe, expect, test } from 'vitest';
import type { ActivityFacts } from '../cases/case-record.ts';
import { dutyAt } from '../testing/coverage-worlds.ts';
import { exampleActivity } from '../testing/example-facts.ts';
import type { BearingException } from './approved-exceptions.ts';
import { type DutyFacts, noDutyList } from './duty-facts.ts';
import type { Footage } from './footage.ts';
import { judgeActivity } from './judge-activity.ts';
import type { Judgement } from './judgement.ts';
import { rollUp } from './roll-up.ts';

const startMs = Date.parse(exampleActivity.startedAt ?? '');
const policy = { joinToleranceMs: 2000, uploadWithinMs: 86_400_000 };

/** A clip from this second of the activity to that one, each ± the doubt. */
function clip(
  fromSecond: number,
  toSecond: number,
  change: Partial<Footage> & { doubtMs?: number } = {},
): Footage {
  const { doubtMs = 1000, ...rest } = change;
  const [fromMs, toMs] = [startMs + fromSecond * 1000, startMs + toSecond * 1000];
  const bound = (atMs: number) => ({ lowMs: atMs - doubtMs, highMs: atMs + doubtMs });
  return {
    clipId: `${fromSecond}`,
    recorderId: 'A',
    clockId: 'docking',
    officerId: null,
    mediaKind: 'video',
    span: { start: bound(fromMs), end: bound(toMs) },
    guess: { fromMs: null, toMs: null, doubtMs: null },
    ownClock: { fromMs, toMs },
    sharesPicturesWith: [],
    doubts: [],
    isHashSound: true,
    sealedMs: startMs,
    ...rest,
  };
}

const unknown = {
  start: { lowMs: Number.NEGATIVE_INFINITY, highMs: Number.POSITIVE_INFINITY },
  end: { lowMs: Number.NEGATIVE_INFINITY, highMs: Number.POSITIVE_INFINITY },
};

function judge(
  duty: DutyFacts,
  footage: Footage[],
  activity: Partial<ActivityFacts> = {},
  exceptions: BearingException[] = [],
): Judgement {
  const evidence = { activity: { ...exampleActivity, ...activity }, duty, footage, exceptions, people: [] };
  return judgeActivity(evidence, policy, startMs);
}
const whole = dutyAt('whole-process');
const required = dutyAt('required');
const approved: BearingException = {
  exceptionId: 'e-1',
  kind: 'exemption',
  reasonCode: 'privacy',
  approvedBy: '李四',
  approvedAt: '2026-03-02T05:00:00.000Z',
  fromMs: null,
  toMs: null,
};

describe('a required activity', () => {
  test('is answered by any clip that surely lies in it, even one shorter than its doubt', () => {
    expect(judge(required, [clip(600, 601, { doubtMs: 30_000 })]).state).toBe('met');
  });

  test('is not surely answered by an overlap shorter than the doubts together', () => {
    expect(judge(required, [clip(-600, 1)])).toMatchObject({
      state: 'unverifiable',
      unproven: ['overlap-within-doubt'],
    });
    expect(judge(required, [clip(-600, 4)], { timeDoubtMs: 5000 }).state).toBe('unverifiable');
    expect(judge(required, [clip(-600, 7)], { timeDoubtMs: 5000 }).state).toBe('met');
  });

  test('is missing where what is here surely lies elsewhere', () => {
    expect(judge(required, [clip(-600, -2)]).state).toBe('missing');
  });

  test('is answered by a photo, where the list allows one; a clip of another kind is shown and does not count', () => {
    const photo = clip(600, 600, { mediaKind: 'photo' });
    expect(judge({ ...required, mediaKinds: ['photo'] }, [photo]).state).toBe('met');
    const judgement = judge(required, [photo]);
    expect(judgement).toMatchObject({
      state: 'missing',
      clips: [{ shortcoming: 'kind-not-allowed', run: null }],
    });
  });

  test('is told without gaps: nothing wants the whole of it', () => {
    expect(judge(required, [clip(600, 700)])).toMatchObject({ gaps: [], gapMs: null, coveredMs: 98_000 });
  });
});

describe('a whole-process activity', () => {
  test('joins the files of one recording by the clock of the recorder', () => {
    const files = [clip(-60, 1800, { doubtMs: 30_000 }), clip(1801, 3660, { doubtMs: 30_000 })];
    expect(judge(whole, files)).toMatchObject({ state: 'met', clips: [{ run: 0 }, { run: 0 }] });
  });

  test('does not join files of two recorders, of two dockings, or of a clock that was moved between them', () => {
    const first = clip(-60, 1800);
    const next = (change: Partial<Footage>) => judge(whole, [first, clip(1801, 3660, change)]).state;
    expect(next({})).toBe('met');
    expect(next({ recorderId: 'B' })).toBe('unverifiable');
    expect(next({ clockId: 'later' })).toBe('unverifiable');
    const ownClock = { fromMs: startMs + 1_795_000, toMs: startMs + 3_654_000 };
    expect(next({ ownClock })).toBe('unverifiable');
  });

  test('is not covered by photos', () => {
    const photo = clip(600, 600, { mediaKind: 'photo' });
    expect(judge({ ...whole, mediaKinds: null }, [photo])).toMatchObject({ state: 'partial', coveredMs: 0 });
  });

  test('tells a gap with the doubt of both ends, and what lies between', () => {
    const footage = [clip(-60, 1200), clip(1800, 3660, { doubtMs: 3000 })];
    expect(judge(whole, footage)).toMatchObject({
      state: 'partial',
      coveredMs: 3_600_000 - 604_000,
      gapMs: 596_000,
      gaps: [
        {
          kind: 'sure',
          from: '2026-03-02T01:20:00.000Z',
          fromDoubtMs: 1000,
          to: '2026-03-02T01:30:00.000Z',
          toDoubtMs: 3000,
        },
      ],
    });
  });

  test('footage whose times nobody knows may fill any gap: nothing is claimed', () => {
    const judgement = judge(whole, [
      clip(-60, 1200),
      clip(0, 1, { span: unknown, doubts: ['host-unsynchronised'] }),
    ]);
    expect(judgement).toMatchObject({ state: 'unverifiable', unproven: ['host-unsynchronised'], gapMs: 0 });
    expect(judgement.clips[1]).toMatchObject({ sure: null, possible: { fromMs: null, toMs: null } });
  });
});

describe('what cannot be judged', () => {
  test('without a list, or with one that leaves it to the department', () => {
    const footage = [clip(0, 3600)];
    expect(judge(noDutyList, footage)).toMatchObject({ state: 'unverifiable', unproven: ['no-duty-list'] });
    expect(judge(dutyAt('own-list'), footage)).toMatchObject({
      state: 'unverifiable',
      unproven: ['list-is-silent'],
    });
    expect(judge(dutyAt('none'), footage).state).toBe('not-required');
  });

  test('without start or end: presence, and never completeness', () => {
    const untold = { endedAt: null };
    expect(judge(required, [], untold)).toMatchObject({ state: 'missing', uploadDueAt: null, isDue: false });
    expect(judge(required, [clip(0, 3600)], untold)).toMatchObject({
      state: 'unverifiable',
      unproven: ['activity-without-times'],
      coveredMs: null,
      gapMs: null,
    });
  });
});

describe('an exemption', () => {
  test('excuses what is not here, and changes nothing of what is', () => {
    expect(judge(required, [], {}, [approved]).state).toBe('exempt');
    expect(judge(whole, [clip(0, 600)], {}, [approved]).state).toBe('exempt');
    expect(judge(required, [clip(0, 600)], {}, [approved])).toMatchObject({
      state: 'met',
      exemption: { exceptionId: 'e-1', code: 'privacy' },
    });
  });
});

describe('activities summed up', () => {
  test('are as bad as the worst, and count what is overdue and not explained', () => {
    const met = judge(required, [clip(0, 600)]);
    const partial = judge(whole, [clip(-60, 1200)]);
    const missing = { ...judge(required, []), isDue: true };
    expect(rollUp([met, partial, missing, null])).toMatchObject({
      state: 'missing',
      activities: 4,
      unjudged: 1,
      counts: { met: 1, partial: 1, missing: 1, late: 0 },
      overdue: 1,
      wholeProcessMs: 3_600_000,
      gapMs: 3_600_000 - 1_201_000,
    });
    expect(rollUp([{ ...missing, isExplained: true }])).toMatchObject({ overdue: 0, explained: 1 });
    expect(rollUp([met, judge(dutyAt('none'), [])]).state).toBe('met');
    expect(rollUp([]).state).toBeNull();
  });
});
