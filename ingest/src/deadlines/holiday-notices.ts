import { createRequire } from 'node:module';
import { Check, Type } from '@docket/device-protocol/schema';
import { IngestError } from '../errors.ts';

/** What the State Council's yearly notices (国务院办公厅关于…部分节假日安排的通知) say, day by day. */
export interface HolidayNotices {
  /** Days off, weekends among them. */
  holidays: ReadonlySet<string>;
  /** Weekend days that are worked (调休上班). */
  workdays: ReadonlySet<string>;
  /** Years whose notice is in the data. */
  years: ReadonlySet<string>;
}

const dayMap = Type.Record(Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' }), Type.String());
const Data = Type.Object({ holidays: dayMap, workdays: dayMap });

let notices: HolidayNotices | null = null;

/** The notices as `chinese-days` carries them, read once. Throws IngestError INDEX_FAILED where the package is damaged. */
export function holidayNotices(): HolidayNotices {
  notices ??= readNotices();
  return notices;
}

function readNotices(): HolidayNotices {
  const data: unknown = createRequire(import.meta.url)('chinese-days/dist/chinese-days.json');
  if (!Check(Data, data)) throw new IngestError('INDEX_FAILED', 'the holiday data is not as expected');
  const holidays = new Set(Object.keys(data.holidays));
  // A notice also moves days of December before its year; New Year's Day itself is in the notice of its own.
  const years = [...holidays].filter((day) => day.endsWith('-01-01')).map((day) => day.slice(0, 4));
  return { holidays, workdays: new Set(Object.keys(data.workdays)), years: new Set(years) };
}
