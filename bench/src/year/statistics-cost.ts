import {
  type Grouping,
  groupingColumns,
  groupings,
  type MeasureName,
  measureNames,
  measures,
  type Statistics,
} from '@docket/ingest';

/** What one question cost: its least time over some rounds, and what it answered. */
export interface AskedStatistic {
  measure: MeasureName;
  by: Grouping | null;
  leastMs: number;
  answer: string;
}

const rounds = 7;

/** Asks every measure, in whole and by every grouping it knows, over one period. */
export async function askEverything(
  statistics: Statistics,
  period: { from: string; to: string },
): Promise<AskedStatistic[]> {
  const asked: AskedStatistic[] = [];
  for (const measure of measureNames) {
    const columns = groupingColumns[measures[measure].facts];
    const known = groupings.filter((grouping) => columns[grouping] !== undefined);
    for (const by of [null, ...known]) {
      const question = { measure, by: by === null ? [] : [by], ...period, filter: {} };
      const tookMs: number[] = [];
      let answer = '';
      for (let round = 0; round < rounds; round += 1) {
        const startedMs = performance.now();
        const { total, groups } = await statistics.ask(question);
        tookMs.push(performance.now() - startedMs);
        answer = JSON.stringify([total, groups]);
      }
      asked.push({ measure, by, leastMs: Math.min(...tookMs), answer });
    }
  }
  return asked;
}
