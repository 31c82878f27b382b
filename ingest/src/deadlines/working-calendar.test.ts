import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dayOf, daysAfter, startOfDay, weekdayOf } from './calendar-day.ts';
import { holidayNotices } from './holiday-notices.ts';
import { WorkingCalendar } from './working-calendar.ts';

const calendar = new WorkingCalendar();
const span = (first: string, last: string) => {
  const days: string[] = [];
  for (let day = first; day <= last; day = daysAfter(day, 1)) days.push(day);
  return days;
};

/** As the State Council's notices have them, written out by hand. */
const notices: [string, [first: string, last: string][], worked: string[]][] = [
  [
    '国办发明电〔2023〕7号 (2024)',
    [
      ['2024-02-10', '2024-02-17'],
      ['2024-04-04', '2024-04-06'],
      ['2024-05-01', '2024-05-05'],
      ['2024-10-01', '2024-10-07'],
    ],
    [
      '2024-02-04',
      '2024-02-18',
      '2024-04-07',
      '2024-04-28',
      '2024-05-11',
      '2024-09-14',
      '2024-09-29',
      '2024-10-12',
    ],
  ],
  [
    '国办发明电〔2024〕12号 (2025)',
    [
      ['2025-01-28', '2025-02-04'],
      ['2025-05-01', '2025-05-05'],
      ['2025-10-01', '2025-10-08'],
    ],
    ['2025-01-26', '2025-02-08', '2025-04-27', '2025-09-28', '2025-10-11'],
  ],
  [
    '国办发明电〔2025〕7号 (2026)',
    [
      ['2026-01-01', '2026-01-03'],
      ['2026-02-15', '2026-02-23'],
      ['2026-05-01', '2026-05-05'],
      ['2026-10-01', '2026-10-07'],
    ],
    ['2026-01-04', '2026-02-14', '2026-02-28', '2026-05-09', '2026-09-20', '2026-10-10'],
  ],
];

describe.each(notices)('%s', (_name, holidays, worked) => {
  test.each(holidays)('no day from %s to %s is worked', (first, last) => {
    expect(span(first, last).filter((day) => calendar.isWorkingDay(day))).toEqual([]);
  });

  test('the weekend days worked instead are working days, and are on weekends', () => {
    for (const day of worked) {
      expect(calendar.isWorkingDay(day), day).toBe(true);
      expect([0, 6], day).toContain(weekdayOf(day));
    }
  });

  test('no other weekend day of the year is worked', () => {
    const year = worked[0]?.slice(0, 4) ?? '';
    const weekends = span(`${year}-01-01`, `${year}-12-31`).filter((day) => [0, 6].includes(weekdayOf(day)));
    expect(weekends.filter((day) => calendar.isWorkingDay(day))).toEqual(worked);
  });
});

describe('counting', () => {
  test.each([
    ['the day of the event is not counted', '2026-11-20', 1, '2026-11-23'],
    ['seven working days over one weekend', '2026-11-02', 7, '2026-11-11'],
    ['seven working days over Spring Festival 2026 and its worked Saturday', '2026-02-13', 7, '2026-03-02'],
    ['twenty working days over National Day 2025', '2025-09-25', 20, '2025-10-29'],
    ['an event on a holiday begins to count after it', '2025-10-01', 3, '2025-10-11'],
  ])('%s', (_rule, event, count, last) => {
    expect(calendar.afterWorkingDays(event, count)).toEqual({ day: last, isProvisional: false });
  });

  test('calendar days that end on a day off are carried to the next working day', () => {
    expect(calendar.carriedTo(calendar.afterDays('2026-09-05', 30).day).day).toBe('2026-10-08');
    expect(calendar.carriedTo('2026-10-10').day).toBe('2026-10-10');
  });

  const day = fc
    .integer({ min: Date.parse('2010-01-01') / 86_400_000, max: Date.parse('2026-12-01') / 86_400_000 })
    .map((days) => new Date(days * 86_400_000).toISOString().slice(0, 10));

  test('the last day is worked, and between event and end lie exactly so many working days', () => {
    fc.assert(
      fc.property(day, fc.integer({ min: 1, max: 30 }), (event, count) => {
        const end = calendar.afterWorkingDays(event, count).day;
        expect(calendar.isWorkingDay(end)).toBe(true);
        const counted = span(daysAfter(event, 1), end).filter((one) => calendar.isWorkingDay(one));
        expect(counted).toHaveLength(count);
      }),
    );
  });

  test('one period after another is as long as both together, and a later event never ends earlier', () => {
    const few = fc.integer({ min: 1, max: 20 });
    fc.assert(
      fc.property(day, few, few, (event, first, second) => {
        const middle = calendar.afterWorkingDays(event, first).day;
        const end = calendar.afterWorkingDays(event, first + second).day;
        expect(calendar.afterWorkingDays(middle, second).day).toBe(end);
        expect(calendar.afterWorkingDays(daysAfter(event, 1), first).day >= middle).toBe(true);
      }),
    );
  });
});

describe('a year whose notice is not known', () => {
  const first = `${Number([...holidayNotices().years].sort().at(-1)) + 1}`;

  test('knows weekends only, and says that it is provisional', () => {
    expect(calendar.isWorkingDay(`${first}-10-01`)).toBe(![0, 6].includes(weekdayOf(`${first}-10-01`)));
    expect(calendar.isProvisional(`${first}-10-01`)).toBe(true);
    expect(calendar.afterWorkingDays(`${first}-09-28`, 5).isProvisional).toBe(true);
  });

  test('may still move the last week of the year before it', () => {
    expect(calendar.isProvisional('2026-12-24')).toBe(false);
    expect(calendar.isProvisional('2026-12-25')).toBe(true);
  });

  test('is known where the operator says it, day by day', () => {
    const own = new WorkingCalendar({ holidays: ['2027-10-01'], workdays: ['2027-10-09', '2026-10-01'] });
    expect(own.isWorkingDay('2027-10-01')).toBe(false);
    expect(own.isWorkingDay('2027-10-09')).toBe(true);
    expect(own.isProvisional('2027-10-09')).toBe(false);
    expect(own.isWorkingDay('2026-10-01')).toBe(true);
  });

  test('is not before 2010 in the data as a gap', () => {
    const years = [...holidayNotices().years].sort();
    expect(years[0]).toBe('2004');
    expect(years).toHaveLength(Number(years.at(-1)) - 2003);
    expect(years.at(-1)).toBe('2026');
  });
});

describe('days in a zone', () => {
  test('begin at its midnight', () => {
    expect(startOfDay('2026-11-22', 'Asia/Shanghai')).toBe('2026-11-21T16:00:00.000Z');
    expect(dayOf('2026-11-21T15:59:59.999Z', 'Asia/Shanghai')).toBe('2026-11-21');
    expect(dayOf('2026-11-21T16:00:00.000Z', 'Asia/Shanghai')).toBe('2026-11-22');
  });

  test('an instant lies in the day that it is said to fall on, whatever the zone', () => {
    const zones = fc.constantFrom('Asia/Shanghai', 'UTC', 'America/New_York', 'Pacific/Kiritimati');
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_000_000_000_000 }), zones, (ms, zone) => {
        const instant = new Date(ms).toISOString();
        const found = dayOf(instant, zone);
        expect(startOfDay(found, zone) <= instant).toBe(true);
        expect(startOfDay(daysAfter(found, 1), zone) > instant).toBe(true);
      }),
    );
  });
});
