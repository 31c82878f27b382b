import { describe, expect, test } from 'vitest';
import { formatBytes, formatBytesOf, wholePercent } from './bytes.ts';
import { formatSeconds, readOffset } from './clock-offset.ts';
import { coarseTimeLeftMs, durationParts, formatRunningTime } from './duration.ts';
import { formatAgo } from './instant.ts';

describe('bytes', () => {
  test.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.00 kB'],
    [9_994, '9.99 kB'],
    [9_995, '10.0 kB'],
    [999_499, '999 kB'],
    [999_500, '1.00 MB'],
    [18_700_000_000, '18.7 GB'],
  ])('%d is %s', (bytes, text) => {
    expect(formatBytes(bytes, 'en')).toBe(text);
  });

  test('an amount of a total says a common unit once', () => {
    expect(formatBytesOf(7.2e9, 18.7e9, 'en')).toEqual({ done: '7.20', total: '18.7 GB' });
    expect(formatBytesOf(7.2e6, 18.7e9, 'en')).toEqual({ done: '7.20 MB', total: '18.7 GB' });
  });

  test('100 % only when everything is there', () => {
    expect(wholePercent(999_999, 1_000_000)).toBe(99);
    expect(wholePercent(1_000_000, 1_000_000)).toBe(100);
    expect(wholePercent(5, 0)).toBe(0);
  });
});

describe('spans of time', () => {
  test('two units that say something', () => {
    expect(durationParts(42_400)).toEqual({ unit: 'seconds', seconds: 42 });
    expect(durationParts(61_000)).toEqual({ unit: 'minutes', minutes: 1, seconds: 1 });
    expect(durationParts(300_000)).toEqual({ unit: 'wholeMinutes', minutes: 5 });
    expect(durationParts(3_660_000)).toEqual({ unit: 'hours', hours: 1, minutes: 1 });
    expect(durationParts(7_200_000)).toEqual({ unit: 'wholeHours', hours: 2 });
    expect(durationParts(90_000_000)).toEqual({ unit: 'days', days: 1, hours: 1 });
  });

  test('time left is rounded up, and never to nothing', () => {
    expect(coarseTimeLeftMs(299)).toBe(300_000);
    expect(coarseTimeLeftMs(61)).toBe(70_000);
    expect(coarseTimeLeftMs(3.2)).toBe(4_000);
    expect(coarseTimeLeftMs(0)).toBe(1_000);
  });

  test('running time as players write it', () => {
    expect(formatRunningTime(42_000)).toBe('0:42');
    expect(formatRunningTime(3_723_000)).toBe('1:02:03');
  });

  test('“ago” follows the clock it is given and never looks ahead', () => {
    const now = Date.parse('2026-11-22T08:00:00Z');
    expect(formatAgo('2026-11-22T07:57:00Z', now, 'zh-CN')).toBe('3分钟前');
    expect(formatAgo('2026-11-22T08:00:09Z', now, 'zh-CN')).toBe('现在');
  });
});

describe('clock offset', () => {
  test('zero within the bounds is no difference found, not a difference of zero', () => {
    expect(readOffset(300, 500).direction).toBe('agrees');
    expect(readOffset(500, 500).direction).toBe('agrees');
    expect(readOffset(501, 500).direction).toBe('ahead');
    expect(readOffset(-501, 500).direction).toBe('behind');
  });

  test('no more decimals than the measurement bears', () => {
    expect(readOffset(2_350, 512).decimals).toBe(2);
    expect(readOffset(2_350, 1_200).decimals).toBe(1);
    expect(readOffset(-75_210, 30_000).decimals).toBe(0);
    expect(formatSeconds(75_210, 1, 'en')).toBe('75.2');
  });
});
