import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dayOf, instantOf } from './written-time.ts';

test.each([
  ['2026-03-05 09:30', '2026-03-05T01:30:00.000Z'],
  ['2026/3/5 9:30:15', '2026-03-05T01:30:15.000Z'],
  ['2026年3月5日 9时30分', '2026-03-05T01:30:00.000Z'],
  ['２０２６-０３-０５ ０９：３０', '2026-03-05T01:30:00.000Z'],
  ['2026-03-05T09:30:00.250', '2026-03-05T01:30:00.250Z'],
  [new Date('2026-03-05T09:29:59.999Z'), '2026-03-05T01:30:00.000Z'],
  ['2026-02-30 09:30', '2026-02-30 09:30'],
  ['2026-03-05T09:30:00+02:00', '2026-03-05T09:30:00+02:00'],
  ['soon', 'soon'],
])('%s in Shanghai', (written, instant) => {
  expect(instantOf(written, 'Asia/Shanghai')).toBe(instant);
});

test('a time that clocks skip is none; of one that they show twice, the first is taken', () => {
  expect(instantOf('2026-03-29 02:30', 'Europe/Berlin')).toBe('2026-03-29 02:30');
  expect(instantOf('2026-10-25 02:30', 'Europe/Berlin')).toBe('2026-10-25T00:30:00.000Z');
});

test('what a clock of any zone shows leads back to its instant, or to the first that it shows so', () => {
  const zones = fc.constantFrom(
    'Asia/Shanghai',
    'UTC',
    'Europe/Berlin',
    'America/St_Johns',
    'Pacific/Apia',
    'Asia/Kathmandu',
  );
  const seconds = fc.integer({ min: Date.UTC(2000) / 1000, max: Date.UTC(2040) / 1000 });
  fc.assert(
    fc.property(zones, seconds, (zone, second) => {
      const format = new Intl.DateTimeFormat('sv-SE', {
        timeZone: zone,
        dateStyle: 'short',
        timeStyle: 'medium',
      });
      const back = Date.parse(String(instantOf(format.format(second * 1000), zone)));
      expect(format.format(back)).toBe(format.format(second * 1000));
      expect(back).toBeLessThanOrEqual(second * 1000);
    }),
  );
});

test.each([
  ['2026/3/5', '2026-03-05'],
  ['2026年3月5日', '2026-03-05'],
  ['2026.3.5', '2026-03-05'],
  [new Date('2026-03-05T00:00:00Z'), '2026-03-05'],
  ['5.3.2026', '5.3.2026'],
])('%s is the day %s', (written, day) => expect(dayOf(written)).toBe(day));
