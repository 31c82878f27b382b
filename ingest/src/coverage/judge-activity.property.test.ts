import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type DrawnEvidence,
  drawnActivity,
  drawnEvidence,
  dutyAt,
  footageOf,
  joinToleranceMs,
  longestPauseMs,
  secondsRecorded,
  stepMs,
  widenedBy,
  worldsOf,
} from '../testing/coverage-worlds.ts';
import { coverOf } from './cover.ts';
import type { DutyFacts } from './duty-facts.ts';
import { judgeActivity } from './judge-activity.ts';
import type { CoverageState } from './judgement.ts';
import { runsOf } from './runs.ts';
import { type Stretch, totalMs, union } from './stretches.ts';

const coverOfDrawn = (drawn: DrawnEvidence) =>
  coverOf({ start: drawn.start, end: drawn.end }, runsOf(footageOf(drawn), joinToleranceMs), joinToleranceMs);

const policy = { joinToleranceMs, uploadWithinMs: 86_400_000 };
const judge = (drawn: DrawnEvidence, level: DutyFacts['level'], footage = footageOf(drawn)) =>
  judgeActivity(
    { activity: drawnActivity(drawn), duty: dutyAt(level), footage, exceptions: [], people: [] },
    policy,
    0,
  );

/** The worlds of an activity whose ends share one doubt, as it is judged. */
const worldsOfActivity = (drawn: DrawnEvidence) => {
  const { startedAt, endedAt, timeDoubtMs } = drawnActivity(drawn);
  const onGrid = (instant: string | null) => ({
    lowMs: Math.ceil((Date.parse(instant ?? '') - timeDoubtMs) / stepMs) * stepMs,
    highMs: Math.floor((Date.parse(instant ?? '') + timeDoubtMs) / stepMs) * stepMs,
  });
  return worldsOf({ ...drawn, start: onGrid(startedAt), end: onGrid(endedAt) });
};

const levels = fc.constantFrom('required' as const, 'whole-process' as const);

/** From the worst: footage can only lift a state. */
const lifted: readonly CoverageState[] = ['missing', 'partial', 'unverifiable', 'late', 'met'];

describe('cover of a duty', () => {
  test('sure, doubtful and uncovered time make up the duty, to the millisecond and without overlap', () => {
    fc.assert(
      fc.property(drawnEvidence, (drawn) => {
        const { sure, doubtful, uncovered } = coverOfDrawn(drawn);
        const all: Stretch[] = [...sure, ...doubtful, ...uncovered];
        const whole = { fromMs: drawn.start.lowMs, toMs: drawn.end.highMs };
        expect(union(all)).toEqual([whole]);
        expect(totalMs(all)).toBe(whole.toMs - whole.fromMs);
      }),
    );
  });

  test('what surely was recorded is in every world, what surely was not is in none', () => {
    fc.assert(
      fc.property(drawnEvidence, (drawn) => {
        const { sure, uncovered } = coverOfDrawn(drawn);
        const holds = (pieces: readonly Stretch[], atMs: number) =>
          pieces.some(({ fromMs, toMs }) => fromMs <= atMs && atMs + stepMs <= toMs);
        for (const world of worldsOf(drawn)) {
          let pauseMs = 0;
          for (const { atMs, isRecorded } of secondsRecorded(world)) {
            if (holds(uncovered, atMs)) expect(isRecorded).toBe(false);
            // Within a run a pause that is allowed may hide anywhere.
            pauseMs = isRecorded || !holds(sure, atMs) ? 0 : pauseMs + stepMs;
            expect(pauseMs).toBeLessThanOrEqual(joinToleranceMs);
          }
        }
      }),
    );
  });

  test('a sure gap is one in every world, and longer than the doubts at its ends together', () => {
    fc.assert(
      fc.property(drawnEvidence, (drawn) => {
        const gaps = coverOfDrawn(drawn).gaps.filter(({ kind }) => kind === 'sure');
        for (const { from, to } of gaps) {
          expect(to.lowMs - from.highMs).toBeGreaterThan(joinToleranceMs);
          const middles = (to.lowMs + to.highMs - from.lowMs - from.highMs) / 2;
          expect(middles).toBeGreaterThan((from.highMs - from.lowMs + to.highMs - to.lowMs) / 2);
        }
        for (const world of worldsOf(drawn)) {
          for (const { from, to } of gaps) {
            const inGap = secondsRecorded(world).filter(
              ({ atMs }) => from.highMs <= atMs && atMs + stepMs <= to.lowMs,
            );
            expect(inGap.length * stepMs).toBeGreaterThan(joinToleranceMs);
            expect(inGap.every(({ isRecorded }) => !isRecorded)).toBe(true);
          }
        }
      }),
    );
  });

  test('the gaps and their soft ends fill every stretch without sure cover that is longer than allowed', () => {
    fc.assert(
      fc.property(drawnEvidence, (drawn) => {
        const { gaps, doubtful, uncovered } = coverOfDrawn(drawn);
        const open = union([...doubtful, ...uncovered]).filter(
          ({ fromMs, toMs }) => toMs - fromMs > joinToleranceMs,
        );
        expect(union(gaps.map(({ from, to }) => ({ fromMs: from.lowMs, toMs: to.highMs })))).toEqual(open);
      }),
    );
  });
});

describe('judging', () => {
  test('`met` and `late` hold in every world', () => {
    fc.assert(
      fc.property(drawnEvidence, levels, (drawn, level) => {
        const { state } = judge(drawn, level);
        if (state !== 'met' && state !== 'late') return;
        for (const world of worldsOfActivity(drawn)) {
          expect(secondsRecorded(world).some(({ isRecorded }) => isRecorded)).toBe(true);
          if (level === 'whole-process') expect(longestPauseMs(world)).toBeLessThanOrEqual(joinToleranceMs);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('`missing` and `partial` are disproven in no world', () => {
    fc.assert(
      fc.property(drawnEvidence, levels, (drawn, level) => {
        const { state } = judge(drawn, level);
        for (const world of worldsOfActivity(drawn)) {
          if (state === 'missing')
            expect(secondsRecorded(world).every(({ isRecorded }) => !isRecorded)).toBe(true);
          if (state === 'partial') expect(longestPauseMs(world)).toBeGreaterThan(joinToleranceMs);
        }
      }),
    );
  });

  test('a wider doubt never makes anything met', () => {
    const byMs = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(drawnEvidence, levels, byMs, (drawn, level, by) => {
        const wider = widenedBy(
          drawn,
          by.map((count) => 2 * count * stepMs),
        );
        if (judge(wider, level).state === 'met') expect(judge(drawn, level).state).toBe('met');
      }),
      { numRuns: 500 },
    );
  });

  test('more footage never lowers a state', () => {
    fc.assert(
      fc.property(drawnEvidence, levels, fc.nat(7), (drawn, level, leftOut) => {
        const all = footageOf(drawn);
        const fewer = judge(
          drawn,
          level,
          all.filter((_clip, index) => index !== leftOut),
        ).state;
        expect(lifted.indexOf(judge(drawn, level, all).state)).toBeGreaterThanOrEqual(lifted.indexOf(fewer));
      }),
      { numRuns: 500 },
    );
  });

  test('`late` is said only where the footage that was handed in in time does not do', () => {
    fc.assert(
      fc.property(drawnEvidence, levels, (drawn, level) => {
        const all = footageOf(drawn);
        const inTime = all.filter(({ sealedMs }) => sealedMs === 0);
        const [state, stateInTime] = [judge(drawn, level, all).state, judge(drawn, level, inTime).state];
        if (state === 'met') expect(stateInTime).toBe('met');
        if (state === 'late') expect(stateInTime).not.toBe('met');
      }),
    );
  });

  test('the drawn evidence reaches every state', () => {
    const seen = new Set<CoverageState>();
    for (const drawn of fc.sample(drawnEvidence, { numRuns: 500, seed: 1 })) {
      for (const level of ['required', 'whole-process'] as const) seen.add(judge(drawn, level).state);
    }
    expect([...seen].sort()).toEqual([...lifted].sort());
  });
});
