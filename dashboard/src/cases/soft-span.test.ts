import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { foldTime } from './folded-time.ts';
import { type Box, boxOn, doubtMs, footageSpan, gapSpan, type SoftSpan, softShape } from './soft-span.ts';
import { movedBy, type Scale, scaledBy, wholeCase, xOf, zoomedTo } from './viewport.ts';

const dayMs = 86_400_000;
const morning = Date.parse('2026-03-02T01:00:00.000Z');

/** An hour of duty on a first day and half of one nine days later, on a strip of so many pixels. */
function strip(widthPx: number, viewport = wholeCase): Scale {
  const time = foldTime([
    { fromMs: morning, toMs: morning + 3_600_000 },
    { fromMs: morning + 9 * dayMs, toMs: morning + 9 * dayMs + 1_800_000 },
  ]);
  return { time, viewport, widthPx };
}

const spans = fc
  .tuple(
    fc.integer({ min: -3_600_000, max: 10 * dayMs }),
    fc.integer({ min: 0, max: 600_000 }),
    fc.integer({ min: -600_000, max: 7_200_000 }),
    fc.integer({ min: 0, max: 600_000 }),
  )
  .map(
    ([startMs, firstDoubtMs, sureMs, lastDoubtMs]): SoftSpan => ({
      fromLowMs: morning + startMs,
      fromHighMs: morning + startMs + firstDoubtMs,
      toLowMs: morning + startMs + firstDoubtMs + sureMs,
      toHighMs: Math.max(
        morning + startMs + firstDoubtMs,
        morning + startMs + firstDoubtMs + sureMs + lastDoubtMs,
      ),
    }),
  );
const widths = fc.integer({ min: 200, max: 2_000 });
const boxes = ({ core, rising, falling, unsure }: ReturnType<typeof softShape>) =>
  [core, rising, falling, unsure].filter((box): box is Box => box !== null);

describe('a stretch with soft edges', () => {
  test('nothing of it is drawn outside the strip, at any zoom', () => {
    fc.assert(
      fc.property(
        spans,
        widths,
        fc.integer({ min: 1, max: 100 }),
        fc.integer({ min: 0, max: 10 }),
        (span, width, percent, steps) => {
          const whole = strip(width);
          const zoomed = movedBy(scaledBy(whole.time, wholeCase, percent / 100), steps / 10);
          for (const { x, width: wide } of boxes(softShape({ ...whole, viewport: zoomed }, span))) {
            expect(x).toBeGreaterThanOrEqual(0);
            expect(wide).toBeGreaterThan(0);
            expect(x + wide).toBeLessThanOrEqual(width + 1e-6);
          }
        },
      ),
    );
  });

  test('a gap in a duty is drawn within the duty, widened by no more than its own doubt', () => {
    const hour = fc.integer({ min: 0, max: 3_600_000 });
    const doubt = fc.integer({ min: 0, max: 60_000 });
    fc.assert(
      fc.property(hour, hour, doubt, doubt, widths, (one, other, fromDoubtMs, toDoubtMs, width) => {
        const scale = strip(width);
        const from = new Date(morning + Math.min(one, other)).toISOString();
        const to = new Date(morning + Math.max(one, other)).toISOString();
        const shape = softShape(scale, gapSpan({ from, fromDoubtMs, to, toDoubtMs }));
        const duty = boxOn(scale, morning - fromDoubtMs, morning + 3_600_000 + toDoubtMs) as Box;
        for (const { x, width: wide } of boxes(shape)) {
          expect(x).toBeGreaterThanOrEqual(duty.x - 1e-6);
          expect(x + wide).toBeLessThanOrEqual(duty.x + duty.width + 1e-6);
        }
      }),
    );
  });

  test('its edges together are as wide as its doubt', () => {
    const within = fc.tuple(
      fc.integer({ min: 0, max: 300_000 }),
      fc.integer({ min: 0, max: 300_000 }),
      fc.integer({ min: 1, max: 600_000 }),
    );
    fc.assert(
      fc.property(within, ([firstDoubtMs, lastDoubtMs, sureMs]) => {
        const fromMs = morning + 60_000;
        const span = footageSpan({
          sure: { fromMs: fromMs + firstDoubtMs, toMs: fromMs + firstDoubtMs + sureMs },
          possible: { fromMs, toMs: fromMs + firstDoubtMs + sureMs + lastDoubtMs },
        });
        expect(doubtMs(span)).toBe(firstDoubtMs + lastDoubtMs);
        const scale = strip(1_000);
        const { core, rising, falling } = softShape(scale, span);
        const msPerPx = 3_600_000 / (xOf(scale, morning + 3_600_000) - xOf(scale, morning));
        const edgesMs = ((rising?.width ?? 0) + (falling?.width ?? 0)) * msPerPx;
        expect(edgesMs).toBeCloseTo(firstDoubtMs + lastDoubtMs, 0);
        expect((core as Box).width * msPerPx).toBeCloseTo(sureMs, 0);
        // One edge ends where the next begins: no seam, no overlap.
        if (rising) expect(rising.x + rising.width).toBeCloseTo((core as Box).x, 6);
      }),
    );
  });

  test('without a sure part there is no core, and an end nobody knows runs to the edge of the strip', () => {
    const shape = softShape(
      strip(500),
      footageSpan({ sure: null, possible: { fromMs: null, toMs: morning } }),
    );
    expect(shape.core).toBeNull();
    expect(shape.unsure?.x).toBe(0);
  });
});

describe('the part that is shown', () => {
  test('a duty zoomed to is seen whole, with a margin', () => {
    const { time } = strip(1_000);
    const scale = strip(1_000, zoomedTo(time, { fromMs: morning, toMs: morning + 3_600_000 }));
    expect(xOf(scale, morning)).toBeGreaterThan(0);
    expect(xOf(scale, morning)).toBeLessThan(100);
    expect(xOf(scale, morning + 3_600_000)).toBeGreaterThan(900);
    expect(xOf(scale, morning + 3_600_000)).toBeLessThanOrEqual(1_000);
  });

  test('no zoom and no move leaves the case', () => {
    const { time } = strip(1_000);
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 300 }),
        fc.integer({ min: 0, max: 100 }),
        fc.integer({ min: -30, max: 30 }),
        (percent, around, tenths) => {
          const zoomed = scaledBy(time, { from: 0.3, to: 0.6 }, percent / 100, around / 100);
          for (const { from, to } of [zoomed, movedBy(zoomed, tenths / 10)]) {
            expect(from).toBeGreaterThanOrEqual(0);
            expect(to).toBeLessThanOrEqual(1 + 1e-9);
            expect(to).toBeGreaterThan(from);
          }
        },
      ),
    );
  });
});
