import type { Lab } from './lab.ts';

/** One thing that happens to a dock, judged from outside. */
export interface Scenario {
  name: string;
  /** The rule it checks, as a sentence. */
  title: string;
  /** Whether store and archive are to be looked at after the power is cut: `lab.dataDisk` is then written for good. */
  keepsData?: boolean;
  /** Resolves with why it cannot be run here, or `null`. */
  missing?(): Promise<string | null>;
  run(lab: Lab): Promise<void>;
}

export type Outcome =
  | { result: 'passed'; seconds: number }
  | { result: 'failed'; seconds: number; error: string; keptIn: string }
  | { result: 'skipped'; reason: string }
  | { result: 'not run' };
