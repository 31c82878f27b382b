const pattern = /^P(?:(\d{1,4})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,5})D)?$/u;

/** The instant an ISO 8601 duration of years, months, weeks and days later; `null` where the text is no such duration. */
export function afterDuration(instant: string, duration: string): string | null {
  const match = pattern.exec(duration);
  if (match === null || duration === 'P') return null;
  const [years = 0, months = 0, weeks = 0, days = 0] = match.slice(1).map((part) => Number(part ?? 0));
  const date = new Date(afterMonths(instant, years * 12 + months));
  date.setUTCDate(date.getUTCDate() + weeks * 7 + days);
  return date.toISOString();
}

/**
 * So many calendar months later. Where that month has no such day it runs into the next, as SQLite reckons it too:
 * a period is never cut short.
 */
export function afterMonths(instant: string, months: number): string {
  const date = new Date(instant);
  date.setUTCMonth(date.getUTCMonth() + months);
  return date.toISOString();
}
