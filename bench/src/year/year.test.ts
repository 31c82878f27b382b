import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { RunningYear } from './run-year.ts';

test.each([1, 2, 3])(
  'a small year (seed %i): no wrong link by the rules, coverage as the truth has it',
  async (seed) => {
    const folder = await mkdtemp(join(tmpdir(), 'docket-small-year-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const running = await RunningYear.open(join(folder, 'index.sqlite'), {
      clips: 700,
      officers: 8,
      seed,
      firstDays: 2,
    });
    onTestFinished(() => running.close());
    const { signal } = new AbortController();
    await running.live(running.year.days, signal);
    const mapping = await running.mapping();
    expect(mapping.wrongLinks).toEqual([]);
    expect(mapping.automaticLinks).toBeGreaterThan(mapping.truePairs / 4);
    expect(running.brokenTimes()).toBe(0);
    await running.workThroughQueue(signal);
    const coverage = await running.coverage();
    expect(coverage.differing).toEqual([]);
    expect(Object.keys(coverage.expected).length).toBeGreaterThan(3);
    const { total } = await running.caseWork.statistics.ask({
      measure: 'clips',
      by: [],
      from: '2025-01-01',
      to: '2025-12-31',
      filter: {},
    });
    expect(total.numerator).toBe(running.year.clips.length);
  },
  120_000,
);
