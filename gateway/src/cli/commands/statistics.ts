import { writeFile } from 'node:fs/promises';
import { groupings, measureNames } from '@docket/ingest';
import type { Command } from 'commander';
import { StatisticsAnswer } from '../../contract/index.ts';
import { csvFile, xlsxFile } from '../../statistics/statistics-files.ts';
import { statisticsSheet } from '../../statistics/statistics-sheet.ts';
import { ApiClient } from '../api-client.ts';
import type { CommandContext } from '../command-context.ts';
import { collect, withExamples } from '../command-parts.ts';
import { textTable } from '../text-table.ts';
import { UsageError } from '../usage-error.ts';

interface StatisticsFlags {
  measure: string;
  by: string[];
  from?: string;
  to?: string;
  url?: string;
  json?: true;
  csv?: string;
  xlsx?: string;
}

const dayMs = 86_400_000;

export function addStatisticsCommand(program: Command, context: CommandContext): void {
  const { help, examples } = context.messages;
  const { options } = help.statistics;
  const command = program
    .command('statistics')
    .description(help.statistics.description)
    .option('--measure <name>', options.measure(measureNames.join(', ')), 'coverage')
    .option('--by <grouping>', options.by(groupings.join(', ')), collect, [])
    .option('--from <day>', options.from)
    .option('--to <day>', options.to)
    .option('--csv <file>', options.csv)
    .option('--xlsx <file>', options.xlsx)
    .option('--url <address>', help.url)
    .option('--json', help.json)
    .action((flags: StatisticsFlags) => showStatistics(flags, context));
  withExamples(command, examples.statistics, context);
}

async function showStatistics(flags: StatisticsFlags, context: CommandContext): Promise<void> {
  const client = new ApiClient(context, flags.url);
  const answer = await client.read(`/statistics?${queryOf(flags, context)}`, StatisticsAnswer);
  const sheet = statisticsSheet(answer);
  if (flags.csv !== undefined) await writeFile(flags.csv, csvFile(sheet));
  if (flags.xlsx !== undefined) await writeFile(flags.xlsx, await xlsxFile(sheet));
  if (flags.json) return context.print(JSON.stringify(answer, null, 2));
  if (flags.csv !== undefined || flags.xlsx !== undefined) return;
  const rows = sheet.rows.map((row) =>
    row.map((cell, column) => cellText(cell, sheet.shareColumns.includes(column))),
  );
  for (const line of textTable(sheet.heading, rows)) context.print(line);
}

/** Without days, the last thirty. */
function queryOf({ measure, by, from, to }: StatisticsFlags, { messages }: CommandContext): URLSearchParams {
  checkWord('--measure', measure, measureNames, messages);
  for (const grouping of by) checkWord('--by', grouping, groupings, messages);
  const query = new URLSearchParams({
    measure,
    from: from ?? dayText(29),
    to: to ?? dayText(0),
  });
  for (const grouping of by) query.append('by', grouping);
  return query;
}

function checkWord(
  flag: string,
  word: string,
  known: readonly string[],
  { usage }: CommandContext['messages'],
): void {
  if (!known.includes(word)) throw new UsageError(usage.wrongValue(flag, usage.oneOf([...known])));
}

function dayText(daysBack: number): string {
  return new Date(Date.now() - daysBack * dayMs).toLocaleDateString('sv-SE');
}

function cellText(cell: string | number | null, isShare: boolean): string {
  if (cell === null) return isShare ? '–' : '';
  return isShare && typeof cell === 'number' ? `${(cell * 100).toFixed(1)} %` : String(cell);
}
