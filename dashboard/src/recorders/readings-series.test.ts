import type { RecorderReading } from '@docket/gateway/contract';
import { expect, test } from 'vitest';
import { readingsSeries, usedPercent } from './readings-series.ts';

const reading = (at: string, parts: Partial<RecorderReading>): RecorderReading => ({
  at,
  dockingId: at,
  batteryPercent: null,
  capacityBytes: null,
  freeBytes: null,
  ...parts,
});

test('the oldest reading stands first, and what was not told is a gap', () => {
  expect(
    readingsSeries([
      reading('1970-01-01T00:00:02Z', { batteryPercent: 40 }),
      reading('1970-01-01T00:00:01Z', { capacityBytes: 100, freeBytes: 25 }),
    ]),
  ).toEqual([
    [1, 2],
    [null, 40],
    [75, null],
  ]);
});

test('a recorder that claims more room than it has fills no more than the chart', () => {
  expect(usedPercent(reading('', { capacityBytes: 10, freeBytes: 20 }))).toBe(0);
  expect(usedPercent(reading('', { capacityBytes: 0, freeBytes: 0 }))).toBeNull();
});
