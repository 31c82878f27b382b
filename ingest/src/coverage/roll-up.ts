import type { CoverageRollUp } from './coverage-view.ts';
import { type CoverageState, coverageStates, type Judgement } from './judgement.ts';
import { statesWorstFirst } from './state-precedence.ts';

/** States in which a duty is not answered. */
const openStates: readonly CoverageState[] = ['missing', 'partial', 'unverifiable'];

/** Sums activities up; `null` stands for one that has not been judged yet. */
export function rollUp(judgements: readonly (Judgement | null)[]): CoverageRollUp {
  const judged = judgements.filter((judgement) => judgement !== null);
  const counts = Object.fromEntries(
    coverageStates.map((state) => [state, judged.filter((one) => one.state === state).length]),
  ) as Record<CoverageState, number>;
  const whole = judged.filter(({ level, gapMs }) => level === 'whole-process' && gapMs !== null);
  const sumOf = (value: (judgement: Judgement) => number) =>
    whole.reduce((sum, judgement) => sum + value(judgement), 0);
  return {
    state: statesWorstFirst.find((state) => counts[state] > 0) ?? null,
    activities: judgements.length,
    unjudged: judgements.length - judged.length,
    counts,
    overdue: judged.filter((one) => openStates.includes(one.state) && one.isDue && !one.isExplained).length,
    explained: judged.filter((one) => one.isExplained).length,
    wholeProcessMs: sumOf(({ startedMs, endedMs }) => Math.max(0, (endedMs ?? 0) - (startedMs ?? 0))),
    coveredMs: sumOf(({ coveredMs }) => coveredMs ?? 0),
    gapMs: sumOf(({ gapMs }) => gapMs ?? 0),
    personConcerns: judged.reduce((sum, { people }) => sum + people.length, 0),
    wholeProcessProposed: judged.filter((one) => one.isWholeProcessProposed).length,
  };
}
