import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CheckName, contractChecks, TrialSession } from '../run-checks.ts';
import type { RecorderOnTrial } from '../trial.ts';

export interface TestSubject extends RecorderOnTrial {
  /** Takes down what plays the recorder. */
  end(): Promise<void>;
}

/**
 * Holds a driver to the contract, one test a rule. `leftOut` names the rules that cannot be tried on this recorder, so
 * that none is left out unseen.
 */
export function holdToContract(
  title: string,
  make: () => Promise<TestSubject>,
  leftOut: readonly CheckName[] = [],
): void {
  describe(`${title} keeps the contract`, () => {
    let subject: TestSubject;
    let session: TrialSession;

    beforeAll(async () => {
      subject = await make();
      const signal = new AbortController().signal;
      session = await TrialSession.open(subject, { signal, checkTimeoutMs: 25_000 });
    });

    afterAll(async () => {
      await session?.close();
      await subject?.end();
    });

    for (const check of contractChecks) {
      const expected = leftOut.includes(check.name) ? 'left-out' : 'held';
      test(expected === 'held' ? check.name : `${check.name} (left out)`, async () => {
        expect(await session.run(check)).toMatchObject({ verdict: expected });
      });
    }
  });
}
