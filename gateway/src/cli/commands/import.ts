import { basename } from 'node:path';
import type { Command } from 'commander';
import { type FactsKind, InboundAnswer, type InboundResult, type WarningCode } from '../../contract/index.ts';
import type { FoundFile } from '../../import/record-file.ts';
import type { FoundRecord, SheetRemark } from '../../import/table-records.ts';
import { isZone } from '../../import/written-time.ts';
import { isSender } from '../../inbound/record-reader.ts';
import { kindAliases } from '../../inbound/term-aliases.ts';
import { languages } from '../../messages/index.ts';
import { ApiClient } from '../api-client.ts';
import type { CommandContext } from '../command-context.ts';
import { withExamples } from '../command-parts.ts';
import { exitCodes } from '../exit-codes.ts';
import { printable } from '../text-table.ts';
import { UsageError } from '../usage-error.ts';

interface ImportFlags {
  kind?: string;
  sender?: string;
  zone: string;
  dryRun?: true;
  template?: string;
  url?: string;
  json?: true;
}

/** A record of the file, and what came of it. */
interface ToldRecord {
  found: FoundRecord;
  result: Omit<InboundResult, 'index'>;
}

const defaultSender = 'import';
const factsKinds = Object.keys(kindAliases) as FactsKind[];
/** What reads spreadsheets is loaded only where one is read. */
const importing = () => import('../../import/index.ts');

export function addImportCommand(program: Command, context: CommandContext): void {
  const { help, examples } = context.messages;
  const kinds = factsKinds.join(', ');
  const command = program
    .command('import [file]')
    .description(help.import, { file: help.importFile })
    .option('--kind <kind>', help.importKind(kinds))
    .option('--sender <name>', help.importSender, defaultSender)
    .option('--zone <zone>', help.importZone, 'Asia/Shanghai')
    .option('--dry-run', help.importDryRun)
    .option('--template <kind>', help.importTemplate(kinds))
    .option('--url <address>', help.url)
    .option('--json', help.json)
    .action((file: string | undefined, flags: ImportFlags) =>
      flags.template === undefined
        ? importFile(file, flags, context, command.getOptionValueSource('sender') === 'cli')
        : giveTemplate(file, kindOf('--template', flags.template, context), context),
    );
  withExamples(command, examples.import, context);
}

async function importFile(
  path: string | undefined,
  flags: ImportFlags,
  context: CommandContext,
  isSenderGiven: boolean,
): Promise<void> {
  const { messages } = context;
  if (path === undefined)
    throw new UsageError(messages.usage.missingArgument(messages.import.fileOrTemplate));
  const kind = flags.kind === undefined ? null : kindOf('--kind', flags.kind, context);
  if (!isZone(flags.zone)) throw new UsageError(messages.usage.wrongValue('--zone', messages.import.zone));
  const client = new ApiClient(context, flags.url);
  const file = await readFile(path, kind, flags.zone, context);
  if (file === null) return;
  const sender = isSenderGiven ? (flags.sender ?? defaultSender) : (file.sender ?? defaultSender);
  if (!isSender(sender)) throw new UsageError(messages.usage.wrongValue('--sender', messages.import.sender));
  const told = await deliver(client, file, sender, flags.dryRun === true, context);
  if (flags.json) context.print(JSON.stringify(asJson(file, told, flags.dryRun === true), null, 2));
  else report(basename(path), file, told, flags.dryRun === true, context);
  const isBad = file.faults.length > 0 || told.some(({ result }) => result.outcome === 'refused');
  if (isBad) context.exitWith(exitCodes.problemsFound);
}

/** `null` where the file as a whole cannot be read; that is told. */
async function readFile(
  path: string,
  kind: FactsKind | null,
  zone: string,
  context: CommandContext,
): Promise<FoundFile | null> {
  const { readRecordFile, TableFileError } = await importing();
  try {
    return await readRecordFile(path, kind, zone);
  } catch (error) {
    if (!(error instanceof TableFileError)) throw error;
    const { problem, detail } = error;
    context.complain(context.messages.import.file(printable(basename(path)), problem, printable(detail)));
    context.exitWith(exitCodes.failure);
    return null;
  }
}

/** Delivers the records a batch at a time; what the file contradicts itself in stays here. */
async function deliver(
  client: ApiClient,
  { records }: FoundFile,
  sender: string,
  dryRun: boolean,
  { messages, progress }: CommandContext,
): Promise<ToldRecord[]> {
  const { batchesOf, tornRecords } = await importing();
  const torn = tornRecords(records);
  const told = [...torn].map((found): ToldRecord => ({ found, result: tornResult(found) }));
  for (const batch of batchesOf(records.filter((found) => !torn.has(found)))) {
    const body = { sender, records: batch.map(({ record }) => record), dryRun };
    const { results } = await client.send('POST', '/inbound', body, InboundAnswer);
    for (const { index, ...result } of results) {
      const found = batch[index];
      if (found !== undefined) told.push({ found, result });
    }
    progress(messages.import.progress(told.length, records.length));
  }
  progress('');
  const places = new Map(records.map((found, place) => [found, place]));
  return told.sort((one, other) => (places.get(one.found) ?? 0) - (places.get(other.found) ?? 0));
}

function tornResult({ record }: FoundRecord): ToldRecord['result'] {
  const given = printable(String(record.id)).slice(0, 60);
  const fault = { code: 'duplicate-id', field: 'id', given, message: '' } as const;
  return { kind: null, id: null, outcome: 'refused', faults: [fault], warnings: [] };
}

function report(
  file: string,
  { faults, notes }: FoundFile,
  told: readonly ToldRecord[],
  isDryRun: boolean,
  context: CommandContext,
): void {
  const words = context.messages.import;
  const complainOf = ({ sheet, ...remark }: SheetRemark) => {
    const headings = 'headings' in remark ? remark.headings.join(', ') : '';
    context.complain(printable(words.sheet(words.sheetPlace(file, sheet), remark.code, headings)));
  };
  for (const remark of [...faults, ...notes]) complainOf(remark);
  for (const { found, result } of told) {
    const place = words.place(file, found.sheet, found.row);
    for (const { field, code, given } of result.faults) {
      context.complain(printable(words.fault(place, field, code, given)));
    }
  }
  for (const [code, about] of warningsByCode(told)) {
    const [first] = about;
    if (first === undefined) continue;
    const place = words.place(file, first.sheet, first.row);
    context.complain(printable(words.warning(code, about.length, place)));
  }
  context.print(told.length === 0 ? words.nothing : words.sum(countsOf(told)));
  if (isDryRun) context.print(words.rehearsed);
}

function warningsByCode(told: readonly ToldRecord[]): Map<WarningCode, FoundRecord[]> {
  const byCode = new Map<WarningCode, FoundRecord[]>();
  for (const { found, result } of told) {
    for (const code of new Set(result.warnings.map((warning) => warning.code))) {
      byCode.set(code, [...(byCode.get(code) ?? []), found]);
    }
  }
  return byCode;
}

function countsOf(told: readonly ToldRecord[]) {
  const counts = { created: 0, changed: 0, unchanged: 0, stale: 0, refused: 0 };
  for (const { result } of told) counts[result.outcome] += 1;
  return counts;
}

function asJson(file: FoundFile, told: readonly ToldRecord[], dryRun: boolean) {
  const results = told.map(({ found: { sheet, row }, result }) => ({ sheet, row, ...result }));
  return { dryRun, counts: countsOf(told), sheets: [...file.faults, ...file.notes], results };
}

async function giveTemplate(
  path: string | undefined,
  kind: FactsKind,
  { messages, print }: CommandContext,
): Promise<void> {
  const { csvTemplate, writeTemplate } = await importing();
  const language = messages === languages.en ? 'en' : 'zh-CN';
  if (path === undefined) return print(csvTemplate(kind, language).trimEnd());
  try {
    await writeTemplate(path, kind, language);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new UsageError(messages.import.fileExists(printable(path)));
  }
  print(messages.import.template(path));
}

function kindOf(flag: string, word: string, { messages }: CommandContext): FactsKind {
  const kind = factsKinds.find((known) => known === word);
  if (kind === undefined)
    throw new UsageError(messages.usage.wrongValue(flag, messages.usage.oneOf(factsKinds)));
  return kind;
}
