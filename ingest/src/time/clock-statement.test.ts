import type { ClockReading } from '@docket/device-protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { synchronisedHost, unsynchronisedHost } from '../testing/host-clocks.ts';
import { clockStatement, offsetOf } from './clock-statement.ts';

function reading(change: Partial<ClockReading>): ClockReading {
  return {
    deviceText: '',
    deviceMs: 0,
    resolutionMs: 1000,
    hostBeforeMs: 0,
    hostAfterMs: 0,
    assumedZone: 'Asia/Shanghai',
    method: 'smp-datetime',
    ...change,
  };
}

/** Readings of a clock that is `offsetMs` ahead and shows its time in steps, each asked at a time with a way there and back. */
function simulate(
  offsetMs: number,
  resolutionMs: number,
  asked: readonly { atMs: number; thereMs: number; backMs: number }[],
): ClockReading[] {
  return asked.map(({ atMs, thereMs, backMs }) => {
    const trueDeviceMs = atMs + thereMs + offsetMs;
    return reading({
      deviceMs: Math.floor(trueDeviceMs / resolutionMs) * resolutionMs,
      resolutionMs,
      hostBeforeMs: atMs,
      hostAfterMs: atMs + thereMs + backMs,
    });
  });
}

/** Milliseconds in steps of 1/64, which doubles hold exactly: what is tested is the statement, not the arithmetic. */
const milliseconds = (max: number, min = 0) =>
  fc.integer({ min: min * 64, max: max * 64 }).map((steps) => steps / 64);
const askings = fc.array(
  fc.record({ atMs: milliseconds(60_000), thereMs: milliseconds(2000), backMs: milliseconds(2000) }),
  { minLength: 1, maxLength: 32 },
);

describe('the clock statement', () => {
  test('the true offset always lies within the bounds it states', () => {
    fc.assert(
      fc.property(
        milliseconds(1e7, -1e7),
        fc.constantFrom(1, 10, 1000, 2000, 60_000),
        askings,
        (offsetMs, resolutionMs, asked) => {
          const statement = clockStatement(simulate(offsetMs, resolutionMs, asked), synchronisedHost(0));
          if (statement.state !== 'measured') throw new Error(`not measured: ${statement.reason}`);
          // Tenths of a millisecond are not exact as doubles.
          expect(Math.abs(offsetMs - statement.offsetMs)).toBeLessThanOrEqual(statement.halfWidthMs + 1e-6);
          expect(statement.samples).toBe(asked.length);
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('rounding does not push the truth out of the bounds', () => {
    const fine = milliseconds(2);
    fc.assert(
      fc.property(fine, fine, fine, fc.boolean(), (thereMs, backMs, startMs, isLowest) => {
        // The recorder steps just as it is asked: the true offset is the very edge of what one reading allows.
        const shownMs = 5000;
        const hostMs = startMs + thereMs;
        const offsetMs = shownMs - hostMs + (isLowest ? 0 : 1 - 1 / 64);
        const statement = clockStatement(
          [
            reading({
              deviceMs: shownMs,
              resolutionMs: 1,
              hostBeforeMs: isLowest ? startMs : hostMs,
              hostAfterMs: isLowest ? hostMs : hostMs + backMs,
            }),
          ],
          synchronisedHost(0),
        );
        if (statement.state !== 'measured') throw new Error('not measured');
        expect(Math.abs(offsetMs - statement.offsetMs)).toBeLessThanOrEqual(statement.halfWidthMs + 1e-6);
      }),
    );
  });

  test('more readings never widen the bounds by more than their rounding', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e6, max: 1e6 }), askings, (offsetMs, asked) => {
        const all = clockStatement(simulate(offsetMs, 1000, asked), synchronisedHost(0));
        const fewer = clockStatement(simulate(offsetMs, 1000, asked.slice(0, 1)), synchronisedHost(0));
        if (all.state !== 'measured' || fewer.state !== 'measured') throw new Error('not measured');
        expect(all.halfWidthMs).toBeLessThanOrEqual(fewer.halfWidthMs + 0.2);
      }),
    );
  });

  test('a clock that shows 12:00:05 when the host asks from 12:00:00.000 to 12:00:00.400 is 4.6 to 6 s ahead', () => {
    const host = synchronisedHost(0);
    const readings = [reading({ deviceMs: 43_205_000, hostBeforeMs: 43_200_000, hostAfterMs: 43_200_400 })];
    expect(clockStatement(readings, host)).toEqual({
      state: 'measured',
      offsetMs: 5300,
      halfWidthMs: 700,
      kind: 'bound',
      readAt: '1970-01-01T12:00:00.000Z',
      samples: 1,
      resolutionMs: 1000,
      rttMsMin: 400,
      host,
      method: 'smp-datetime',
      assumedZone: 'Asia/Shanghai',
    });
  });

  test('the doubt of the host’s own clock is part of it', () => {
    const readings = [reading({ deviceMs: 43_205_000, hostBeforeMs: 43_200_000, hostAfterMs: 43_200_400 })];
    expect(clockStatement(readings, synchronisedHost(25))).toMatchObject({
      offsetMs: 5300,
      halfWidthMs: 725,
    });
  });

  test('against a host that is not synchronised it is unverified, and nothing is reckoned with it', () => {
    const readings = [reading({ deviceMs: 43_205_000, hostBeforeMs: 43_200_000, hostAfterMs: 43_200_400 })];
    const statement = clockStatement(readings, unsynchronisedHost);
    expect(statement).toMatchObject({
      offsetMs: 5300,
      halfWidthMs: 700,
      kind: 'unverified',
      host: { state: 'unsynchronised' },
    });
    expect(offsetOf(statement)).toBeNull();
    expect(offsetOf(clockStatement(readings, synchronisedHost(0)))).toEqual({ lowMs: 4100, highMs: 6000 });
  });

  test('a clock moved between two readings is told as such, and nothing is averaged', () => {
    const readings = [
      reading({ deviceMs: 10_000, hostBeforeMs: 10_000, hostAfterMs: 10_020 }),
      reading({ deviceMs: 11_000, hostBeforeMs: 11_000, hostAfterMs: 11_020 }),
      reading({ deviceMs: 71_000, hostBeforeMs: 12_000, hostAfterMs: 12_020 }),
    ];
    const stepped = { state: 'unreadable', reason: 'clock-stepped' };
    expect(clockStatement(readings, synchronisedHost(0))).toEqual(stepped);
    expect(clockStatement([...readings].reverse(), synchronisedHost(0))).toEqual(stepped);
  });

  test('readings that no one step explains disagree', () => {
    const readings = [10_000, 71_000, 12_000].map((deviceMs, index) =>
      reading({ deviceMs, hostBeforeMs: 10_000 + index * 1000, hostAfterMs: 10_020 + index * 1000 }),
    );
    expect(clockStatement(readings, synchronisedHost(0))).toEqual({
      state: 'unreadable',
      reason: 'readings-disagree',
    });
  });

  test('no reading at all is a clock that could not be read', () => {
    expect(clockStatement([], synchronisedHost(0))).toEqual({ state: 'unreadable', reason: 'read-failed' });
  });
});
