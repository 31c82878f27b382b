const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

interface Scaled {
  number: string;
  unit: string;
}

function scale(bytes: number, locale: string): Scaled {
  let value = Math.max(0, bytes);
  let unit = 0;
  // 999.5 would be written as 1000: the next unit reads better.
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  const number = new Intl.NumberFormat(locale, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(value);
  return { number, unit: units[unit] ?? 'B' };
}

/** Decimal units, as on the label of every card and disk; three digits that matter. */
export function formatBytes(bytes: number, locale: string): string {
  const { number, unit } = scale(bytes, locale);
  return `${number} ${unit}`;
}

/** An amount of a total; the unit is said once where it is the same. */
export function formatBytesOf(done: number, total: number, locale: string): { done: string; total: string } {
  const part = scale(done, locale);
  const whole = formatBytes(total, locale);
  const sameUnit = part.unit === scale(total, locale).unit;
  return { done: sameUnit ? part.number : `${part.number} ${part.unit}`, total: whole };
}

export function formatRate(bytesPerSecond: number, locale: string): string {
  return `${formatBytes(bytesPerSecond, locale)}/s`;
}

/** The exact figure, for a reader who compares it with another list. */
export function formatExactBytes(bytes: number, locale: string): string {
  return new Intl.NumberFormat(locale).format(bytes);
}

/** Whole per cent, rounded down: 100 only when everything is there. */
export function wholePercent(done: number, total: number): number {
  if (total <= 0) return 0;
  return Math.max(0, Math.min(100, Math.floor((done / total) * 100)));
}
