import { measureNames } from '@docket/ingest';
import { statisticsEn } from '../messages/statistics-en.ts';
import { statisticsZhCN } from '../messages/statistics-zh-cn.ts';
import { groupingsOf } from './measure-list.ts';

/** The definitions of all figures as Markdown, for `docs/statistics.md`. */
export function statisticsDocument(): string {
  return measureNames
    .map((name) => {
      const [zh, en] = [statisticsZhCN.measures[name], statisticsEn.measures[name]];
      const rows: [string, string, string][] = [
        ['counted', en.numerator, zh.numerator],
        ...(en.denominator === null || zh.denominator === null
          ? []
          : [['of', en.denominator, zh.denominator] as [string, string, string]]),
        ['left out', en.leftOut, zh.leftOut],
        ...Object.keys(en.parts).map((part): [string, string, string] => [
          `part \`${part}\``,
          en.parts[part] ?? '',
          zh.parts[part] ?? '',
        ]),
        [
          'by',
          groupingsOf(name)
            .map((by) => `\`${by}\``)
            .join(' '),
          '',
        ],
      ];
      return [
        `### ${en.name} · ${zh.name} (\`${name}\`)`,
        '',
        '|  |  |  |',
        '| --- | --- | --- |',
        ...rows.map((cells) => `| ${cells.join(' | ')} |`),
      ].join('\n');
    })
    .join('\n\n');
}
