import { outcomeLine } from './report.ts';
import { runScenario } from './run-scenario.ts';
import type { SavedState } from './saved-state.ts';
import type { Outcome, Scenario } from './scenario.ts';

export interface RunAllOptions {
  scenarios: readonly Scenario[];
  state: SavedState;
  /** Machines at a time. */
  machines: number;
  /** No scenario is begun after this. */
  budgetMs: number;
  say(words: string): void;
}

/** Runs the scenarios in their order, so many at a time, and tells of each as it ends. */
export async function runAll({
  scenarios,
  state,
  machines,
  budgetMs,
  say,
}: RunAllOptions): Promise<Outcome[]> {
  const deadline = performance.now() + budgetMs;
  const waiting = [...scenarios];
  const outcomes: Outcome[] = [];
  const worker = async () => {
    for (let scenario = waiting.shift(); scenario !== undefined; scenario = waiting.shift()) {
      const late = performance.now() > deadline;
      const outcome: Outcome = late ? { result: 'not run' } : await runScenario(scenario, state);
      outcomes.push(outcome);
      say(outcomeLine(scenario, outcome));
    }
  };
  await Promise.all(Array.from({ length: machines }, worker));
  return outcomes;
}
