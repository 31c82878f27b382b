import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { expect } from 'vitest';
import { fuzzRuns } from './fuzz-runs.ts';

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');
const usualRuns = 500;
/** A decoder's input is bounded, so what it leaves behind after many inputs is too. */
const mostGrowthBytes = 64 * 1024 * 1024;

/**
 * Gives a decoder inputs that no honest sender makes: it must answer each, with a value or with one of its own errors,
 * and keep nothing of them.
 */
export function holdsAgainst<Input>(
  inputs: fc.Arbitrary<Input>,
  decode: (input: Input) => unknown,
  isOwnError: (error: unknown) => boolean,
): void {
  const before = heldBytes();
  fc.assert(
    fc.property(inputs, (input) => {
      try {
        decode(input);
      } catch (error) {
        if (!isOwnError(error)) throw error;
      }
    }),
    { numRuns: fuzzRuns(usualRuns) },
  );
  expect(heldBytes() - before).toBeLessThan(mostGrowthBytes);
}

function heldBytes(): number {
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
