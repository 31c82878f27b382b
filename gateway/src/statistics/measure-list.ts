import {
  type Grouping,
  groupingColumns,
  groupings,
  type MeasureName,
  measureNames,
  measures,
} from '@docket/ingest';
import type { StatisticsMeasures } from '../contract/index.ts';
import { statisticsEn } from '../messages/statistics-en.ts';
import { statisticsZhCN } from '../messages/statistics-zh-cn.ts';

/** Every measure with what it can be asked by, and all words on figures in both languages. */
export function measureList(): StatisticsMeasures {
  return {
    measures: measureNames.map((measure) => ({
      measure,
      unit: measures[measure].unit,
      by: groupingsOf(measure),
    })),
    words: { 'zh-CN': statisticsZhCN, en: statisticsEn },
  };
}

export function groupingsOf(measure: MeasureName): Grouping[] {
  const columns = groupingColumns[measures[measure].facts];
  return groupings.filter((grouping) => columns[grouping] !== undefined);
}
