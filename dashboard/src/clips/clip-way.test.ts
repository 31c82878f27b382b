import { describe, expect, test } from 'vitest';
import { clipWay, isKept, standingOf } from './clip-way.ts';

const way = (state: Parameters<typeof standingOf>[1]) => clipWay.map((step) => standingOf(step, state));

describe('the way of a clip', () => {
  test('nothing beyond the state is called passed', () => {
    expect(way('pulled')).toEqual(['passed', 'current', 'ahead', 'ahead', 'ahead', 'ahead', 'ahead']);
    expect(way('released').at(-1)).toBe('current');
  });

  test.each(['unreadable', 'lost'] as const)('%s ends after the listing', (state) => {
    expect(way(state)).toEqual(['passed', 'blocked', 'ahead', 'ahead', 'ahead', 'ahead', 'ahead']);
  });

  test('bytes not read back are not a kept copy', () => {
    expect((['listed', 'pulled', 'unreadable', 'lost'] as const).some(isKept)).toBe(false);
    expect((['verified', 'sealed', 'forwarded', 'receipted', 'released'] as const).every(isKept)).toBe(true);
  });
});
