import { expect, test } from 'vitest';
import { durationOf, periodOf, periodParts } from './storage-period.ts';

test('a period is told part by part', () => {
  expect(periodParts('P3Y')).toEqual([{ count: 3, unit: 'year' }]);
  expect(periodParts('P1Y6M10D')).toEqual([
    { count: 1, unit: 'year' },
    { count: 6, unit: 'month' },
    { count: 10, unit: 'day' },
  ]);
});

test.each(['P3Y', 'P6M', 'P30D'])('%s goes through the form unchanged', (duration) => {
  expect(durationOf(periodOf({ duration }))).toBe(duration);
});
