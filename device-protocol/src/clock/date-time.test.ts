import { expect, test } from 'vitest';
import { parseDateTime } from './date-time.ts';
import { HostStopwatch } from './host-stopwatch.ts';
import { wallClockInZone } from './wall-clock.ts';

test.each([
  ['2026-08-04T10:00:00', '2026-08-04T10:00:00.000Z', null, 1000],
  ['2026-08-04T10:00:00Z', '2026-08-04T10:00:00.000Z', 0, 1000],
  ['2026-08-04T10:00:00+08:00', '2026-08-04T10:00:00.000Z', 28_800_000, 1000],
  ['2026-08-04T10:00:00-0330', '2026-08-04T10:00:00.000Z', -12_600_000, 1000],
  ['2026-08-04T10:00:00.123', '2026-08-04T10:00:00.123Z', null, 1],
  ['2026-08-04T10:00:00.123456', '2026-08-04T10:00:00.123Z', null, 1],
  ['2024-02-29T23:59:59.500Z', '2024-02-29T23:59:59.500Z', 0, 100],
])('%s', (text, wall, zoneOffsetMs, resolutionMs) => {
  expect(parseDateTime(text)).toEqual({ wallMs: Date.parse(wall), zoneOffsetMs, resolutionMs });
});

test('a fraction that may have lost its leading zeros is not believed', () => {
  // Stock Zephyr prints 45 ms as `.45`.
  expect(parseDateTime('2026-08-04T10:00:00.45')).toMatchObject({
    wallMs: Date.parse('2026-08-04T10:00:00Z'),
    resolutionMs: 1000,
  });
});

test('a clock of whole seconds that prints zeros is not taken for an exact one', () => {
  expect(parseDateTime('2026-08-04T10:00:00.000000')).toMatchObject({ resolutionMs: 1000 });
  expect(parseDateTime('2026-08-04T10:00:00.000001')).toMatchObject({ resolutionMs: 1 });
});

test.each([
  '',
  '2026-08-04',
  '2026-02-30T10:00:00',
  '2026-08-04T24:00:01',
  '2026-08-04T10:00:60',
  '2026-08-04 10:00:00',
  '2026-08-04T10:00:00+99:00',
  '2026-08-04T10:00:00.',
  '2026-08-04T10:00:00Z ',
  '٢٠٢٦-08-04T10:00:00',
])('no time: "%s"', (text) => {
  expect(parseDateTime(text)).toBeNull();
});

test('a wall clock is placed by the offset its zone had at that moment', () => {
  const at = (wall: string, zone: string) =>
    new Date(wallClockInZone(Date.parse(`${wall}Z`), zone)).toISOString();
  expect(at('2026-08-04T10:00:00.250', 'Asia/Shanghai')).toBe('2026-08-04T02:00:00.250Z');
  // Summer time was in force in China in 1990.
  expect(at('1990-07-01T10:00:00', 'Asia/Shanghai')).toBe('1990-07-01T01:00:00.000Z');
  expect(at('2026-03-29T03:30:00', 'Europe/Berlin')).toBe('2026-03-29T01:30:00.000Z');
});

test('host instants enclose what the system clock says between them', () => {
  const stopwatch = new HostStopwatch();
  for (let round = 0; round < 1000; round++) {
    const before = stopwatch.notLaterThanNowMs();
    const now = Date.now();
    const after = stopwatch.notEarlierThanNowMs();
    expect(before).toBeLessThanOrEqual(now + 1);
    expect(after).toBeGreaterThanOrEqual(now);
  }
});
