/** In English a month in figures would be read in two ways. */
function dateAndTime(locale: string): Intl.DateTimeFormatOptions {
  return {
    year: 'numeric',
    month: locale.startsWith('en') ? 'short' : '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  };
}

/** Date and time to the second, in the zone of the screen. */
export function formatInstant(instant: string, locale: string): string {
  return new Intl.DateTimeFormat(locale, dateAndTime(locale)).format(new Date(instant));
}

export function formatTimeOfDay(instant: string | number, locale: string): string {
  return new Intl.DateTimeFormat(locale, {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  }).format(new Date(instant));
}

/** To the millisecond and with the zone last, in every language: for a reader who compares logs. */
export function formatInstantExactly(instant: string, locale: string): string {
  const date = new Date(instant);
  const time = new Intl.DateTimeFormat(locale, { ...dateAndTime(locale), fractionalSecondDigits: 3 });
  const zone = new Intl.DateTimeFormat('en', { timeZoneName: 'longOffset' })
    .formatToParts(date)
    .find((part) => part.type === 'timeZoneName');
  return `${time.format(date)} ${zone?.value.replace('GMT', 'UTC') ?? ''}`.trim();
}

const steps: ReadonlyArray<readonly [Intl.RelativeTimeFormatUnit, number]> = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
];

/** “3 minutes ago”, against the gateway’s clock. */
export function formatAgo(instant: string, nowMs: number, locale: string): string {
  const elapsedMs = Math.max(0, nowMs - Date.parse(instant));
  const format = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' });
  for (const [unit, lengthMs] of steps) {
    if (elapsedMs >= lengthMs) return format.format(-Math.floor(elapsedMs / lengthMs), unit);
  }
  return format.format(0, 'second');
}
