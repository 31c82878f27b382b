import type { ClockHistory } from '@docket/gateway/contract';
import { expect, test } from 'vitest';
import { clockSeries } from './clock-series.ts';

type Entry = ClockHistory['entries'][number];

const host = {
  source: 'chrony' as const,
  state: 'synchronised' as const,
  stratum: 3,
  rootDelayMs: 1,
  rootDispersionMs: 1,
  boundMs: 2,
  leap: 'none' as const,
  readAt: '2026-11-22T08:00:00.000Z',
};

function measured(readAt: string, offsetMs: number, halfWidthMs: number): Entry['found'] {
  return {
    state: 'measured',
    offsetMs,
    halfWidthMs,
    kind: 'bound',
    method: 'smp-datetime',
    samples: 4,
    resolutionMs: 1000,
    rttMsMin: 3,
    readAt,
    host,
    assumedZone: 'Asia/Shanghai',
  };
}

function entry(change: Partial<Entry>): Entry {
  return {
    dockingId: 'd',
    slot: '1-1',
    at: '2026-11-22T08:00:00.000Z',
    host,
    found: { state: 'unreadable', reason: 'read-failed' },
    setting: null,
    afterSet: null,
    drift: null,
    verdict: { state: 'unknown', reasons: [] },
    ...change,
  };
}

test('a clock as found and as set, with its doubt; what was not read has no point', () => {
  const series = clockSeries([
    entry({}),
    entry({
      found: measured('2026-11-22T08:00:00.000Z', 4000, 500),
      setting: { outcome: 'set', at: '2026-11-22T08:00:02.000Z', deviceText: '' },
      afterSet: measured('2026-11-22T08:00:03.000Z', -500, 250),
    }),
    entry({
      found: measured('2026-11-23T08:00:00.000Z', 60_000, 500),
      verdict: { state: 'fault', reasons: ['clock-step-suspected'] },
    }),
  ]);
  const [first, second, third] = [1795334400, 1795334403, 1795420800];
  expect(series).toEqual({
    data: [
      [first, second, third],
      [4, -0.5, 60],
      [3.5, -0.75, 59.5],
      [4.5, -0.25, 60.5],
    ],
    setAt: [1795334402],
    steps: [2],
  });
});
