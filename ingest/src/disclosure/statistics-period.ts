/** How long a period of published statistics is. */
export const statisticsPeriods = ['month', 'quarter', 'year'] as const;
export type StatisticsPeriod = (typeof statisticsPeriods)[number];

const monthsIn = { month: 1, quarter: 3, year: 12 } as const;

/**
 * The last period that was over before `today` (`yyyy-mm-dd`), by its name (`2026-07`, `2026-Q2`, `2025`) and its first
 * and last day.
 */
export function lastPeriod(
  period: StatisticsPeriod,
  today: string,
): { name: string; from: string; to: string } {
  const [year = 0, month = 1] = today.split('-').map(Number);
  const length = monthsIn[period];
  const current = Math.floor((month - 1) / length) * length;
  const first = new Date(Date.UTC(year, current - length, 1));
  const last = new Date(Date.UTC(year, current, 0));
  const [from, to] = [dayOf(first), dayOf(last)];
  const names = {
    month: from.slice(0, 7),
    quarter: `${from.slice(0, 4)}-Q${first.getUTCMonth() / 3 + 1}`,
    year: from.slice(0, 4),
  };
  return { name: names[period], from, to };
}

function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10);
}
