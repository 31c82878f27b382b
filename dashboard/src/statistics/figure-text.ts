import type { StatisticsAnswer, StatisticsGroup, StatisticsMeasures } from '@docket/gateway/contract';
import { formatBytes } from '../format/bytes.ts';

type Words = StatisticsMeasures['words']['en'];
type Unit = StatisticsAnswer['unit'];

/** A figure as people read it: a share in per cent, time in hours or minutes, bytes in their unit. */
export function figureText(unit: Unit, value: number | null, locale: string): string {
  if (value === null) return '–';
  if (unit === 'bytes') return formatBytes(value, locale);
  if (unit === 'share') return percent(value, locale);
  if (unit === 'count') return new Intl.NumberFormat(locale).format(value);
  const hours = value / 3_600_000;
  const [amount, name] = hours >= 2 ? [hours, 'hour'] : [value / 60_000, 'minute'];
  return new Intl.NumberFormat(locale, { style: 'unit', unit: name, maximumFractionDigits: 1 }).format(
    amount,
  );
}

function percent(value: number, locale: string): string {
  return new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 }).format(value);
}

/** Parts of a time that are times themselves; all others are counts. */
export function partText(unit: Unit, part: string, value: number, locale: string): string {
  const isTime = unit === 'milliseconds' && (part === 'required' || part === 'covered');
  return figureText(isTime ? 'milliseconds' : 'count', value, locale);
}

/** What a group is called, in the words that came with the measures. */
export function groupName({ keys }: Pick<StatisticsGroup, 'keys'>, words: Words): string {
  return keys
    .map(({ by, key, name }) => {
      if (name !== null) return name;
      if (key === null) return words.keys.any?.none ?? '';
      if (key === 'several') return words.keys.any?.several ?? key;
      return words.keys[by]?.[key] ?? key;
    })
    .join(' · ');
}

/** How long the bar of a group is, from 0 to 1: of the whole for shares, else of the largest. */
export function barLength(unit: Unit, value: number | null, values: readonly (number | null)[]): number {
  if (value === null) return 0;
  if (unit === 'share') return Math.min(1, value);
  return value / Math.max(1, ...values.map((one) => one ?? 0));
}
