import type { ClipsResult, Run } from '../cases/clips-case.ts';
import type { Cost } from '../run-command.ts';
import { type Spread, spreadOf } from '../statistics.ts';

/** What is compared. */
export type Measure = 'wall' | 'cpu';

export function cpuSeconds(cost: Cost): number {
  return cost.userSeconds + cost.systemSeconds;
}

function measureOf(cost: Cost, measure: Measure): number {
  return measure === 'wall' ? cost.wallSeconds : cpuSeconds(cost);
}

export function runsOf(result: ClipsResult, peer: string): Run[] {
  return result.runs.filter((run) => run.peer === peer);
}

/** One peer over another, taken within each round, where noise hits both alike; `null` where one was not run. */
export function ratioOf(result: ClipsResult, peer: string, over: string, measure: Measure): Spread | null {
  const others = new Map(runsOf(result, over).map((run) => [run.round, run.cost]));
  const ratios = runsOf(result, peer).flatMap(({ round, cost }) => {
    const other = others.get(round);
    return other === undefined ? [] : [measureOf(cost, measure) / measureOf(other, measure)];
  });
  return ratios.length === 0 ? null : spreadOf(ratios);
}
