import type { StatisticsAnswer } from '@docket/gateway/contract';

/** Seconds since 1970 and figures, in the order of time; a month stands at its first day. */
export function trendData({ groups }: StatisticsAnswer): [number[], (number | null)[]] {
  const points = groups
    .flatMap(({ keys: [first], value }) => {
      const key = first?.key ?? null;
      if (key === null) return [];
      const atMs = Date.parse(key.length === 7 ? `${key}-01` : key);
      return Number.isNaN(atMs) ? [] : [{ second: atMs / 1000, value }];
    })
    .sort((one, other) => one.second - other.second);
  return [points.map(({ second }) => second), points.map(({ value }) => value)];
}
