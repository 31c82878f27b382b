import fc from 'fast-check';
import { expect, test } from 'vitest';
import { deviceTimeText, parseDeviceTime } from './device-time.ts';

test('a zone that the habit of naming tells stands in brackets', () => {
  const time = { text: '2026-08-04T10:00:00', source: 'name', assumedZone: 'UTC' } as const;
  expect(deviceTimeText(time)).toBe('2026-08-04T10:00:00[UTC]');
  expect(deviceTimeText({ ...time, assumedZone: null })).toBe('2026-08-04T10:00:00');
});

test('every device time comes back from its text', () => {
  const instants = fc.date({ min: new Date('1980-01-01'), max: new Date('2107-12-31'), noInvalidDate: true });
  const zones = fc.constantFrom(null, 'UTC', 'Asia/Shanghai', 'America/Argentina/Buenos_Aires');
  const sources = fc.constantFrom('name' as const, 'file-time' as const);
  fc.assert(
    fc.property(
      instants,
      zones,
      sources,
      fc.constantFrom('', 'Z', '+08:00'),
      (instant, assumedZone, source, offset) => {
        const time = { text: `${instant.toISOString().slice(0, 19)}${offset}`, source, assumedZone };
        expect(parseDeviceTime(deviceTimeText(time), source)).toEqual(time);
      },
    ),
  );
});
