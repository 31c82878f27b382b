import type { Recorder } from '../recorder.ts';
import { identityChecks } from './identity-checks.ts';
import { leavingChecks } from './leaving-checks.ts';
import { listingChecks } from './listing-checks.ts';
import { erasingChecks, powerChecks } from './power-checks.ts';
import { readingChecks } from './reading-checks.ts';
import {
  briefError,
  type Check,
  LeftOut,
  type LeftOutReason,
  NotHeld,
  type RecorderOnTrial,
} from './trial.ts';

/** What every driver must do, in the order it is tried: what changes or ends something comes last. */
export const contractChecks = [
  ...identityChecks,
  ...listingChecks,
  ...readingChecks,
  ...powerChecks,
  ...erasingChecks,
  ...leavingChecks,
] as const;

export type CheckName = (typeof contractChecks)[number]['name'];

export type CheckResult = { check: CheckName; durationMs: number } & (
  | { verdict: 'held' }
  | { verdict: 'broken'; detail: string }
  | { verdict: 'left-out'; reason: LeftOutReason }
);

export interface RunOptions {
  signal: AbortSignal;
  /** A check that takes longer is broken. */
  checkTimeoutMs: number;
  onResult?(result: CheckResult): void;
}

/** Tries every rule of the contract on one recorder. Throws what opening it throws, and the reason of the signal. */
export async function runContract(subject: RecorderOnTrial, options: RunOptions): Promise<CheckResult[]> {
  const session = await TrialSession.open(subject, options);
  try {
    const results: CheckResult[] = [];
    for (const check of contractChecks) {
      const result = await session.run(check);
      results.push(result);
      options.onResult?.(result);
    }
    return results;
  } finally {
    await session.close();
  }
}

/** A recorder under trial, opened anew where a check left it unusable. */
export class TrialSession {
  readonly #subject: RecorderOnTrial;
  readonly #options: Omit<RunOptions, 'onResult'>;
  #recorder: Recorder;

  private constructor(subject: RecorderOnTrial, options: Omit<RunOptions, 'onResult'>, recorder: Recorder) {
    this.#subject = subject;
    this.#options = options;
    this.#recorder = recorder;
  }

  static async open(subject: RecorderOnTrial, options: Omit<RunOptions, 'onResult'>): Promise<TrialSession> {
    return new TrialSession(subject, options, await subject.open(options.signal));
  }

  /** Throws only the reason of the session's signal. */
  async run(check: Check<CheckName>): Promise<CheckResult> {
    this.#options.signal.throwIfAborted();
    const startedMs = performance.now();
    const verdict = await this.#judge(check);
    this.#options.signal.throwIfAborted();
    if (verdict.verdict === 'broken') await this.#recover();
    return { check: check.name, durationMs: Math.round(performance.now() - startedMs), ...verdict };
  }

  async #judge(check: Check<CheckName>) {
    const { signal, checkTimeoutMs } = this.#options;
    const timeout = AbortSignal.timeout(checkTimeoutMs);
    const trial = {
      subject: this.#subject,
      recorder: this.#recorder,
      signal: AbortSignal.any([signal, timeout]),
      reopen: () => this.#reopen(),
    };
    try {
      if (check.needs !== undefined && !this.#recorder.capabilities.has(check.needs)) {
        throw new LeftOut('no-capability');
      }
      if (check.effect !== undefined && !this.#subject.allows[check.effect]) throw new LeftOut('not-allowed');
      await orAborted(check.run(trial), trial.signal);
      return { verdict: 'held' } as const;
    } catch (error) {
      if (error instanceof LeftOut) return { verdict: 'left-out', reason: error.reason } as const;
      if (timeout.aborted)
        return { verdict: 'broken', detail: `not done within ${checkTimeoutMs / 1000} s` } as const;
      const detail = error instanceof NotHeld ? error.message : `it threw ${briefError(error)}`;
      return { verdict: 'broken', detail } as const;
    }
  }

  /** After a rule was broken the next ones get a recorder in a known state, where there still is one. */
  async #recover(): Promise<void> {
    await this.#reopen().catch(() => {});
  }

  async #reopen(): Promise<Recorder> {
    await this.#recorder.close().catch(() => {});
    this.#recorder = await this.#subject.open(this.#options.signal);
    return this.#recorder;
  }

  async close(): Promise<void> {
    await this.#recorder.close().catch(() => {});
  }
}

/** A driver that does not heed its signal is not waited for. */
async function orAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  work.catch(() => {});
  let onAbort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
