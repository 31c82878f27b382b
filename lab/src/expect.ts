import { isDeepStrictEqual } from 'node:util';

/** Throws, naming what was looked at, unless it is as said. */
export function expectEqual(what: string, found: unknown, said: unknown): void {
  if (!isDeepStrictEqual(found, said)) {
    throw new Error(`${what}: found ${JSON.stringify(found)}, not ${JSON.stringify(said)}`);
  }
}

export function expectTrue(what: string, holds: boolean): void {
  if (!holds) throw new Error(`not so: ${what}`);
}
