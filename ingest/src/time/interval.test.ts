import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  agreement,
  contains,
  difference,
  gapMs,
  hull,
  type Interval,
  intersection,
  sum,
  widened,
} from './interval.ts';

const whole = fc.integer({ min: -10_000, max: 10_000 });
const interval = fc.tuple(whole, fc.nat(5000)).map(([lowMs, width]) => ({ lowMs, highMs: lowMs + width }));
/** A value and an interval that holds it. */
const held = fc.tuple(whole, fc.nat(5000), fc.nat(5000)).map(([valueMs, below, above]) => ({
  valueMs,
  range: { lowMs: valueMs - below, highMs: valueMs + above },
}));

describe('intervals', () => {
  test('what is true of the values is true of the intervals', () => {
    fc.assert(
      fc.property(held, held, fc.nat(100), (left, right, by) => {
        expect(contains(sum(left.range, right.range), left.valueMs + right.valueMs)).toBe(true);
        expect(contains(difference(left.range, right.range), left.valueMs - right.valueMs)).toBe(true);
        expect(contains(hull(left.range, right.range), left.valueMs)).toBe(true);
        expect(contains(widened(left.range, by), left.valueMs + by)).toBe(true);
      }),
    );
  });

  test('an intersection holds exactly the values that all hold', () => {
    fc.assert(
      fc.property(fc.array(interval, { minLength: 1, maxLength: 5 }), whole, (intervals, valueMs) => {
        const shared = intersection(...intervals);
        const isInAll = intervals.every((one) => contains(one, valueMs));
        expect(shared !== null && contains(shared, valueMs)).toBe(isInAll);
      }),
    );
  });

  test('there is a gap just where nothing is shared', () => {
    fc.assert(
      fc.property(interval, interval, (left, right) => {
        expect(gapMs(left, right) === 0).toBe(intersection(left, right) !== null);
        expect(gapMs(left, right)).toBe(gapMs(right, left));
      }),
    );
  });

  test('agreement finds the range that the most intervals share', () => {
    fc.assert(
      fc.property(fc.array(interval, { minLength: 1, maxLength: 8 }), (intervals) => {
        const found = agreement(intervals);
        const depthAt = (valueMs: number) => intervals.filter((one) => contains(one, valueMs)).length;
        const deepest = Math.max(...intervals.map((one) => depthAt(one.lowMs)));
        expect(found?.agreeing).toBe(deepest);
        for (const edge of [found?.shared.lowMs, found?.shared.highMs]) {
          expect(depthAt(edge as number)).toBe(deepest);
        }
      }),
    );
  });

  test('where all agree, agreement is the intersection', () => {
    const truth: Interval[] = [
      { lowMs: 8, highMs: 12 },
      { lowMs: 11, highMs: 13 },
      { lowMs: 10, highMs: 12 },
    ];
    expect(agreement(truth)).toEqual({ shared: { lowMs: 11, highMs: 12 }, agreeing: 3 });
    expect(agreement([])).toBeNull();
  });
});
