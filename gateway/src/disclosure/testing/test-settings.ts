import type { Config } from '../../config/index.ts';

/** Settings of disclosure with the shortest waits. */
export function testSettings(change: Partial<Config['disclosure']> = {}): Config['disclosure'] {
  return {
    url: null,
    caFile: null,
    directory: null,
    keyFile: null,
    dutyLists: false,
    officers: false,
    decisions: false,
    statistics: 'never',
    timeoutMs: 10_000,
    retryBaseMs: 10,
    retryMaxMs: 10,
    ...change,
  };
}
