import fc from 'fast-check';
import { expect, test } from 'vitest';
import { axisFolds, axisTicks } from './axis-ticks.ts';
import { foldTime, placeOf } from './folded-time.ts';
import { wholeCase, zoomedTo } from './viewport.ts';

const minute = 60_000;
const day = 1_440 * minute;
const morning = Date.parse('2026-03-02T01:00:00.000Z');

test('days between two activities are folded; an hour of one is as wide as an hour of the other', () => {
  const time = foldTime([
    { fromMs: morning, toMs: morning + 60 * minute },
    { fromMs: morning + 40 * day, toMs: morning + 40 * day + 60 * minute },
  ]);
  expect(time).toHaveLength(2);
  const [first, second] = time.map(({ from, to }) => to - from);
  expect(first).toBeCloseTo(second ?? 0, 9);
  expect(first).toBeGreaterThan(0.4);
  expect(axisFolds({ time, viewport: wholeCase, widthPx: 1_000 })).toHaveLength(1);
});

test('activities that follow each other closely share one piece', () => {
  const time = foldTime([
    { fromMs: morning + 70 * minute, toMs: morning + 90 * minute },
    { fromMs: morning, toMs: morning + 60 * minute },
  ]);
  expect(time).toHaveLength(1);
  expect(time[0]?.to).toBe(1);
});

test('later is never further left', () => {
  const stretches = fc.array(
    fc.tuple(fc.integer({ min: 0, max: 90 * day }), fc.integer({ min: 0, max: 300 * minute })),
    {
      minLength: 1,
      maxLength: 12,
    },
  );
  const instants = fc.tuple(
    fc.integer({ min: -day, max: 95 * day }),
    fc.integer({ min: -day, max: 95 * day }),
  );
  fc.assert(
    fc.property(stretches, instants, (duties, [one, other]) => {
      const time = foldTime(duties.map(([from, long]) => ({ fromMs: from, toMs: from + long })));
      const [early, late] = [placeOf(time, Math.min(one, other)), placeOf(time, Math.max(one, other))];
      expect(early).toBeLessThanOrEqual(late);
      expect(early).toBeGreaterThanOrEqual(0);
      expect(late).toBeLessThanOrEqual(1);
    }),
  );
});

test('marks keep apart, lie on the strip, and speak seconds once they are seconds apart', () => {
  const duty = { fromMs: morning, toMs: morning + 45 * minute };
  const time = foldTime([duty, { fromMs: morning + 3 * day, toMs: morning + 3 * day + 20 * minute }]);
  const coarse = axisTicks({ time, viewport: wholeCase, widthPx: 900 });
  expect(coarse[0]?.grain).toBe('day');
  expect(coarse.some(({ grain }) => grain === 'second')).toBe(false);
  for (const [index, tick] of coarse.entries()) {
    expect(tick.x).toBeGreaterThanOrEqual(0);
    expect(tick.x).toBeLessThanOrEqual(900);
    expect(tick.x - (coarse[index - 1]?.x ?? -100)).toBeGreaterThan(70);
  }
  const close = zoomedTo(time, { fromMs: morning + 10 * minute, toMs: morning + 11 * minute });
  const fine = axisTicks({ time, viewport: close, widthPx: 900 });
  expect(fine.length).toBeGreaterThan(3);
  expect(fine.some(({ grain }) => grain === 'second')).toBe(true);
});
