import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { synchronisedHost, unsynchronisedHost } from '../testing/host-clocks.ts';
import { type ArrivedReport, type ArrivedUnit, captureTime } from './capture-time.ts';

const epochMs = Date.UTC(2026, 10, 22, 18);
const assumedDelayMs = 3000;

/** A stream as it truly was, and what of it reached the dock. Media time 0 was captured at `epochMs`. */
interface Stream {
  drift: number;
  lengthMs: number;
  encoderMs: number;
  units: { atMs: number; delayMs: number }[];
  reports: { atMs: number; delayMs: number; isProven: boolean; provenBeforeMs: number; isLost: boolean }[];
  clockOffsetMs: number;
}

const delay = fc.oneof(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 0, max: 2500 }));
const stream: fc.Arbitrary<Stream> = fc.record({
  drift: fc.double({ min: -99e-6, max: 99e-6, noNaN: true }),
  lengthMs: fc.integer({ min: 1000, max: 3_600_000 }),
  encoderMs: fc.integer({ min: 0, max: 400 }),
  units: fc.array(fc.record({ atMs: fc.double({ min: 0, max: 1, noNaN: true }), delayMs: delay }), {
    minLength: 1,
    maxLength: 40,
  }),
  reports: fc.array(
    fc.record({
      atMs: fc.double({ min: -0.5, max: 1, noNaN: true }),
      delayMs: delay,
      isProven: fc.boolean(),
      provenBeforeMs: fc.integer({ min: 0, max: 20_000 }),
      isLost: fc.boolean(),
    }),
    { maxLength: 12 },
  ),
  clockOffsetMs: fc.integer({ min: -1e9, max: 1e9 }),
});

/** True time of capture of a media time. */
function truth({ drift }: Stream, mediaMs: number): number {
  return epochMs + mediaMs * (1 + drift);
}

function arrived(of: Stream): { units: ArrivedUnit[]; reports: ArrivedReport[] } {
  // The rule rests on the least delayed unit being no older than the settings say; one a stream is.
  const units = of.units.map(({ atMs, delayMs }): ArrivedUnit => {
    const mediaMs = atMs * of.lengthMs;
    return { mediaMs, arrivedMs: truth(of, mediaMs) + of.encoderMs + delayMs };
  });
  const reports = of.reports
    .filter(({ isLost }) => !isLost)
    .map(({ atMs, delayMs, isProven, provenBeforeMs }): ArrivedReport => {
      const mediaMs = atMs * of.lengthMs;
      const sentMs = truth(of, mediaMs);
      return {
        mediaMs,
        arrivedMs: sentMs + delayMs,
        sentNotBeforeMs: isProven ? sentMs - provenBeforeMs : null,
        ntpMs: sentMs + of.clockOffsetMs,
      };
    })
    .sort((left, right) => left.arrivedMs - right.arrivedMs);
  return { units, reports };
}

function told(of: Stream, found: { units: ArrivedUnit[]; reports: ArrivedReport[] }, boundMs = 20) {
  return captureTime({
    fromMediaMs: 0,
    toMediaMs: of.lengthMs,
    ...found,
    assumedDelayMs,
    host: synchronisedHost(boundMs),
    isHostStepped: false,
  });
}

function holds(instant: { kind: string; notBefore: string | null; notAfter: string | null }, trueMs: number) {
  const low = instant.notBefore === null ? Number.NEGATIVE_INFINITY : Date.parse(instant.notBefore);
  const high = instant.notAfter === null ? Number.POSITIVE_INFINITY : Date.parse(instant.notAfter);
  return low <= trueMs && trueMs <= high;
}

describe('the time of live footage', () => {
  test('holds the true time of capture, whatever delays, drift and lost reports', () => {
    fc.assert(
      fc.property(stream, (of) => {
        const time = told(of, arrived(of));
        expect(time.conflicts).toEqual([]);
        expect(time.start.kind).toBe('bounded');
        expect(holds(time.start, truth(of, 0))).toBe(true);
        expect(holds(time.end, truth(of, of.lengthMs))).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  test('is narrower with a proven report than what the settings assume', () => {
    const of: Stream = {
      drift: 0,
      lengthMs: 10_000,
      encoderMs: 80,
      clockOffsetMs: 0,
      units: [{ atMs: 0, delayMs: 20 }],
      reports: [{ atMs: 0, delayMs: 5, isProven: true, provenBeforeMs: 40, isLost: false }],
    };
    const { start, doubts } = told(of, arrived(of), 0);
    expect(doubts).toEqual([]);
    expect(start.halfWidthMs).toBeLessThanOrEqual(24);
    const without = told(of, { ...arrived(of), reports: [] }, 0);
    expect(without.doubts).toEqual(['delay-assumed']);
    expect(without.start.halfWidthMs).toBeGreaterThanOrEqual(1500);
  });

  test('is never bounded wrongly by a report whose media time was forged beside true ones', () => {
    const forged = fc.record({
      of: stream.filter(({ reports }) => reports.filter(({ isLost }) => !isLost).length >= 2),
      which: fc.nat(),
      byMs: fc.oneof(fc.integer({ min: 6000, max: 3_600_000 }), fc.integer({ min: -3_600_000, max: -6000 })),
    });
    fc.assert(
      fc.property(forged, ({ of, which, byMs }) => {
        const found = arrived(of);
        const victim = found.reports[which % found.reports.length] as ArrivedReport;
        victim.mediaMs += byMs;
        const time = told(of, found);
        for (const [instant, trueMs] of [
          [time.start, truth(of, 0)],
          [time.end, truth(of, of.lengthMs)],
        ] as const) {
          expect(holds(instant, trueMs)).toBe(true);
          if (instant.kind === 'bounded') continue;
          expect(time.doubts).toContain('sources-conflict');
          expect(instant.notAfter).not.toBeNull();
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('is told by the same bounds whatever wall clock the sender writes: of 1970, of 1900, or one that was moved', () => {
    const clock = fc.constantFrom(
      (_ntpMs: number) => 0,
      () => Date.UTC(1900, 0, 1),
      (ntpMs: number) => ntpMs + 8 * 3_600_000,
      (ntpMs: number, index: number) => ntpMs + (index > 1 ? -86_400_000 : 0),
    );
    fc.assert(
      fc.property(stream, clock, (of, shown) => {
        const { units, reports } = arrived(of);
        const wrong = reports.map((report, index) => ({ ...report, ntpMs: shown(report.ntpMs, index) }));
        const [right, time] = [told(of, { units, reports }), told(of, { units, reports: wrong })];
        expect(holds(time.start, truth(of, 0))).toBe(true);
        expect(holds(time.end, truth(of, of.lengthMs))).toBe(true);
        if (time.conflicts.length > 0) {
          expect(time.start.kind).toBe('one-sided');
          return;
        }
        expect([time.start, time.end, time.doubts]).toEqual([right.start, right.end, right.doubts]);
      }),
      { numRuns: 1000 },
    );
  });

  test('is guessed and never bounded where the clock of the dock is not right', () => {
    const of: Stream = {
      drift: 0,
      lengthMs: 1000,
      encoderMs: 0,
      clockOffsetMs: 0,
      units: [{ atMs: 0, delayMs: 0 }],
      reports: [],
    };
    for (const wrong of [{ host: unsynchronisedHost }, { isHostStepped: true }]) {
      const time = captureTime({
        fromMediaMs: 0,
        toMediaMs: 1000,
        ...arrived(of),
        assumedDelayMs,
        host: synchronisedHost(10),
        isHostStepped: false,
        ...wrong,
      });
      expect(time.doubts).toContain('host-unsynchronised');
      expect(time.start).toMatchObject({ kind: 'unbounded', notBefore: null, notAfter: null });
      expect(time.start.value).not.toBeNull();
    }
  });
});
