import type { statisticsZhCN } from './statistics-zh-CN.ts';

export const statisticsEn: typeof statisticsZhCN = {
  title: 'Statistics',
  explain: 'How much of what must be recorded is recorded, and how far it proves what it should.',
  measure: 'Figure',
  by: 'By',
  over: 'Over time by',
  random: 'Random inspections',
  randomAll: 'With the others',
  randomOnly: 'Only these',
  randomNot: 'Without these',
  byGroup: 'By {grouping}',
  overTime: 'Over time',
  trendOf: '{name} over time',
  ofAll: 'Of all',
  meaning: 'What is counted',
  numerator: 'Counted',
  denominator: 'Of',
  leftOut: 'Left out',
  empty: 'Nothing falls into this period.',
  csv: 'Save as CSV',
  xlsx: 'Save as workbook',
};
