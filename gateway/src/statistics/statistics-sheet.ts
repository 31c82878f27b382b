import type { Figure, FigureUnit, GroupKey, StatisticsAnswer } from '@docket/ingest';
import { statisticsEn } from '../messages/statistics-en.ts';
import { statisticsZhCN } from '../messages/statistics-zh-cn.ts';

export type SheetCell = string | number | null;

/** An answer as a table, with its words in both languages. */
export interface StatisticsSheet {
  heading: string[];
  /** The last row is everything of the period. */
  rows: SheetCell[][];
  /** What is counted, line by line. */
  definition: [string, string][];
  /** Positions of the columns that are shares. */
  shareColumns: number[];
}

/** Makes the table of an answer: its keys, the figure, what it is made of, and the counts beside it. */
export function statisticsSheet(answer: StatisticsAnswer): StatisticsSheet {
  const [zh, en] = [statisticsZhCN.measures[answer.measure], statisticsEn.measures[answer.measure]];
  const partNames = Object.keys(answer.total.parts);
  const isShare = answer.unit === 'share';
  const keyHeadings = answer.by.flatMap((by) => {
    const heading = `${statisticsZhCN.groupings[by]} ${statisticsEn.groupings[by]}`;
    return isNamed(by) ? [heading, `${heading} ID`] : [heading];
  });
  const allName = inBoth('any', 'total');
  const totalKeys = keyHeadings.map((_, position) => (position === 0 ? allName : null));
  return {
    heading: [
      ...keyHeadings,
      `${zh.name} ${en.name}${unitNote(answer.unit)}`,
      ...(isShare ? [column('numerator'), column('denominator')] : []),
      ...partNames.map((name) => `${zh.parts[name]} ${en.parts[name]}${partNote(answer, name)}`),
    ],
    rows: [
      ...answer.groups.map((group) => [...group.keys.flatMap(keyCells), ...figureCells(answer, group)]),
      [...totalKeys, ...figureCells(answer, answer.total)],
    ],
    definition: [
      [column('figure'), `${zh.name} ${en.name}`],
      [column('from'), answer.from],
      [column('to'), answer.to],
      [column('numerator'), `${zh.numerator} ${en.numerator}`],
      ...(zh.denominator === null
        ? []
        : [[column('denominator'), `${zh.denominator} ${en.denominator}`] as [string, string]]),
      [column('leftOut'), `${zh.leftOut} ${en.leftOut}`],
    ],
    shareColumns: isShare ? [keyHeadings.length] : [],
  };
}

/** What a spreadsheet program would take for a formula begins with an apostrophe. */
export function plainText(text: string): string {
  return /^[=+\-@\t\r]/u.test(text) ? `'${text}` : text;
}

function isNamed(by: string): boolean {
  return by === 'unit' || by === 'officer' || by === 'recorder';
}

function keyCells({ by, key, name }: GroupKey): SheetCell[] {
  if (isNamed(by))
    return [name ?? (key === null || key === 'several' ? inBoth('any', key ?? 'none') : key), key];
  if (key === null || key === 'several') return [inBoth('any', key ?? 'none')];
  return [inBoth(by, key)];
}

/** The words for a key in both languages; the key itself where it is no word, such as a day. */
function inBoth(group: string, key: string): string {
  const [zh, en] = [statisticsZhCN.keys[group]?.[key], statisticsEn.keys[group]?.[key]];
  return zh === undefined || en === undefined ? key : `${zh} ${en}`;
}

function figureCells({ unit, total }: StatisticsAnswer, figure: Figure): SheetCell[] {
  const parts = Object.keys(total.parts).map((name) => amount(partUnit(unit, name), figure.parts[name] ?? 0));
  if (unit !== 'share') return [amount(unit, figure.numerator), ...parts];
  return [figure.value, figure.numerator, figure.denominator, ...parts];
}

/** Durations are told in minutes. */
function amount(unit: FigureUnit, value: number): number {
  return unit === 'milliseconds' ? Math.round(value / 600) / 100 : value;
}

/** Parts are counts, but those of a time that are times themselves. */
function partUnit(unit: FigureUnit, name: string): FigureUnit {
  return unit === 'milliseconds' && (name === 'required' || name === 'covered') ? 'milliseconds' : 'count';
}

function partNote({ unit }: StatisticsAnswer, name: string): string {
  return partUnit(unit, name) === 'milliseconds' ? unitNote('milliseconds') : '';
}

function unitNote(unit: FigureUnit): string {
  if (unit === 'milliseconds') return '（分钟 minutes）';
  return unit === 'bytes' ? '（字节 bytes）' : '';
}

function column(name: keyof typeof statisticsEn.columns): string {
  return `${statisticsZhCN.columns[name]} ${statisticsEn.columns[name]}`;
}
