import type { DutyItem } from '@docket/gateway/contract';

export type PeriodUnit = 'year' | 'month' | 'day';
export interface Period {
  count: number;
  unit: PeriodUnit;
}

const letters: Record<PeriodUnit, string> = { year: 'Y', month: 'M', day: 'D' };

/** The parts of an ISO 8601 period of years, months and days, in that order. */
export function periodParts(duration: string): Period[] {
  const units = Object.entries(letters) as [PeriodUnit, string][];
  return units.flatMap(([unit, letter]) => {
    const count = Number(new RegExp(`(\\d+)${letter}`, 'u').exec(duration)?.[1] ?? 0);
    return count === 0 ? [] : [{ count, unit }];
  });
}

export function durationOf({ count, unit }: Period): string {
  return `P${count}${letters[unit]}`;
}

/** A period as one figure, for a form; several parts are told in the smallest of them, roughly never needed. */
export function periodOf(retention: DutyItem['retention']): Period {
  const parts = typeof retention === 'object' ? periodParts(retention.duration) : [];
  return parts.length === 1 && parts[0] !== undefined ? parts[0] : { count: 3, unit: 'year' };
}
