import { readdirSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './.ci/longest-first.mjs';

/**
 * Tests run as compiled: what is tested is what ships, and workers and child processes need no loader. The list is
 * taken from the sources, so that a deleted test does not live on in `dist`.
 */
const compiledTests = ['device-protocol', 'ingest', 'gateway', 'bench', 'test', 'lab'].flatMap((folder) =>
  readdirSync(`${folder}/src`, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => `${folder}/dist/${file.replace(/\.ts$/u, '.js')}`),
);

export default defineConfig({
  test: {
    include: [...compiledTests, 'dashboard/src/**/*.test.ts'],
    exclude: ['**/node_modules/**'],
    passWithNoTests: false,
    // These end what hangs; a slow machine is no failure.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 20_000 } },
    // Many tests wait for others: two would leave two cores idle for a third of the time.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    reporters: ['default', './.ci/plain-line-reporter.mjs'],
  },
});
