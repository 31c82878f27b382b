import { wallClockInZone } from '@docket/device-protocol';

const dayMs = 86_400_000;

/** A calendar day `yyyy-mm-dd` so many days later; earlier where `days` is negative. */
export function daysAfter(day: string, days: number): string {
  return new Date(Date.parse(day) + days * dayMs).toISOString().slice(0, 10);
}

/** 0 for Sunday to 6 for Saturday. */
export function weekdayOf(day: string): number {
  return new Date(Date.parse(day)).getUTCDay();
}

/** The instant at which a day begins in an IANA zone. */
export function startOfDay(day: string, zone: string): string {
  return new Date(wallClockInZone(Date.parse(day), zone)).toISOString();
}

/** The day that an instant falls on in an IANA zone. */
export function dayOf(instant: string, zone: string): string {
  let day = new Date(Date.parse(instant)).toISOString().slice(0, 10);
  while (startOfDay(day, zone) > instant) day = daysAfter(day, -1);
  while (startOfDay(daysAfter(day, 1), zone) <= instant) day = daysAfter(day, 1);
  return day;
}
