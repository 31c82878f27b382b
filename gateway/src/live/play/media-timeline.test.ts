import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MediaTimeline } from './media-timeline.ts';

const rate = 90_000;

/** Places of units, given as media seconds and arrival seconds. */
function places(units: readonly (readonly [number, number])[]): number[] {
  const timeline = new MediaTimeline(rate);
  return units.map(([media, arrival]) => {
    if (!timeline.hasBegun) timeline.begin(media * rate, arrival * 1_000, 0);
    return timeline.seconds(timeline.place(media * rate, arrival * 1_000));
  });
}

test('the first unit stands at zero, and the others as far from it as the sender says', () => {
  expect(
    places([
      [1000, 5],
      [1000.04, 5.3],
      [1000.08, 5.31],
    ]),
  ).toEqual([0, 0.04, 0.08]);
});

test('a clock set anew goes on where time has gone on', () => {
  expect(
    places([
      [1000, 5],
      [1001, 6],
      [3, 6.5],
      [3.5, 7],
    ]),
  ).toEqual([0, 1, 1.5, 2]);
  expect(
    places([
      [1000, 5],
      [1001, 6],
      [90_000, 6.5],
      [90_000.5, 7],
    ]),
  ).toEqual([0, 1, 1.5, 2]);
});

test('a connection that stood still and caught up is no clock set anew', () => {
  expect(
    places([
      [10, 5],
      [11, 6],
      [12, 16],
      [13, 16.1],
      [14, 16.2],
    ]),
  ).toEqual([0, 1, 2, 3, 4]);
});

test('whatever a sender says, places are finite and not negative', () => {
  const unit = fc.tuple(
    fc.double({ min: -1e6, max: 1e6, noNaN: true }),
    fc.double({ min: 0, max: 1e6, noNaN: true }),
  );
  fc.assert(
    fc.property(fc.array(unit, { minLength: 1, maxLength: 50 }), (units) => {
      for (const place of places(units)) expect(Number.isFinite(place) && place >= 0).toBe(true);
    }),
  );
});
