import { daysAfter, weekdayOf } from './calendar-day.ts';
import { type HolidayNotices, holidayNotices } from './holiday-notices.ts';

/** A day that was counted to; `isProvisional` where a notice not yet known may still move it. */
export interface CountedDay {
  day: string;
  isProvisional: boolean;
}

export interface CalendarOptions {
  /** Days off beside the notices, `yyyy-mm-dd`; these stand above them. */
  holidays?: readonly string[];
  /** Days worked beside the notices; these stand above all. */
  workdays?: readonly string[];
  notices?: HolidayNotices;
}

/** Days before New Year that the next year's notice may still move. */
const movableDays = 7;

/**
 * Working days in China (工作日): the weekdays but for the holidays of the State Council's yearly notice, and the weekend
 * days that the notice has worked instead (调休). For a year whose notice is not known only weekends are days off, and
 * whatever is counted there is provisional.
 */
export class WorkingCalendar {
  readonly #notices: HolidayNotices;
  readonly #holidays: ReadonlySet<string>;
  readonly #workdays: ReadonlySet<string>;

  constructor(options: CalendarOptions = {}) {
    this.#notices = options.notices ?? holidayNotices();
    this.#holidays = new Set(options.holidays);
    this.#workdays = new Set(options.workdays);
  }

  isWorkingDay(day: string): boolean {
    if (this.#workdays.has(day)) return true;
    if (this.#holidays.has(day)) return false;
    if (this.#notices.workdays.has(day)) return true;
    if (this.#notices.holidays.has(day)) return false;
    return !isWeekend(day);
  }

  /** True where a notice that is not known yet may say otherwise of this day. */
  isProvisional(day: string): boolean {
    if (this.#workdays.has(day) || this.#holidays.has(day)) return false;
    const years = [day.slice(0, 4), daysAfter(day, movableDays).slice(0, 4)];
    return years.some((year) => !this.#notices.years.has(year));
  }

  /**
   * The last day of a period of working days. The day of the event is not counted: a period of one working day that
   * begins with an event on a Friday ends on Monday.
   */
  afterWorkingDays(event: string, count: number): CountedDay {
    let day = event;
    let isProvisional = false;
    for (let left = count; left > 0; ) {
      day = daysAfter(day, 1);
      isProvisional ||= this.isProvisional(day);
      if (this.isWorkingDay(day)) left -= 1;
    }
    return { day, isProvisional };
  }

  /** The last day of a period of calendar days; the day of the event is not counted. */
  afterDays(event: string, count: number): CountedDay {
    return { day: daysAfter(event, count), isProvisional: false };
  }

  /** The day itself, or the first working day after it: a period that would end on a day off ends then (期间顺延). */
  carriedTo(day: string): CountedDay {
    let carried = day;
    let isProvisional = this.isProvisional(day);
    while (!this.isWorkingDay(carried)) {
      carried = daysAfter(carried, 1);
      isProvisional ||= this.isProvisional(carried);
    }
    return { day: carried, isProvisional };
  }
}

function isWeekend(day: string): boolean {
  const weekday = weekdayOf(day);
  return weekday === 0 || weekday === 6;
}
