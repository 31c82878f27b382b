import { describe, expect, test } from 'vitest';
import { fleetClasses } from './fleet-classes.ts';
import { simulateClass } from './simulate.ts';

/** Enough for each way things can go; `npm run time` does thousands with other seeds. */
const recorders = 60;

/** Classes in which nothing may be claimed, for nothing can be checked. */
const unprovable = ['dock not synchronised', 'clock cannot be read', 'set, cannot be read'];

describe.each(fleetClasses)('recorders: $name', (fleet) => {
  const result = simulateClass(fleet, recorders, 1);

  test('the truth keeps every claim', () => {
    expect(result.violations).toEqual([]);
  });

  test(unprovable.includes(fleet.name) ? 'nothing is claimed' : 'something is claimed', () => {
    expect(result.clips).toBeGreaterThan(recorders);
    expect(result.bounded > 0).toBe(!unprovable.includes(fleet.name));
  });
});

test('a clock that is read and set at each docking bounds clips by seconds', () => {
  const [fleet] = fleetClasses;
  if (fleet === undefined) throw new Error('no class');
  const result = simulateClass(fleet, recorders, 1);
  expect(result.bounded / result.clips).toBeGreaterThan(0.5);
  expect(result.meanHalfWidthMs).toBeLessThan(12_000);
});
