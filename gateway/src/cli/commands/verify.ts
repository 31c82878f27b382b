import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { VerifyReport } from '@docket/ingest';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { withExamples } from '../command-parts.ts';
import { exitCodes } from '../exit-codes.ts';
import { stopSignal } from '../stop-signal.ts';
import { bytesText, printable } from '../text-table.ts';
import { UsageError } from '../usage-error.ts';

interface VerifyFlags {
  json?: true;
}

export function addVerifyCommand(program: Command, context: CommandContext): void {
  const { help, examples } = context.messages;
  const command = program
    .command('verify')
    .description(help.verify)
    .argument('<store>', help.verifyStore)
    .option('--json', help.json)
    .action((store: string, flags: VerifyFlags) => verify(resolve(store), flags, context));
  withExamples(command, examples.verify, context);
}

async function verify(directory: string, flags: VerifyFlags, context: CommandContext): Promise<void> {
  const { StoreLayout, verifyStore } = await import('@docket/ingest');
  const words = context.messages.verify;
  const index = await stat(new StoreLayout(directory).indexFile).catch(() => null);
  if (index === null) throw new UsageError(words.noStore(directory));
  const report = await verifyStore(directory, {
    signal: stopSignal(),
    onClip: (done, total) => context.progress(done < total ? words.progress(done, total) : ''),
  });
  const lines = flags.json ? [JSON.stringify(report, null, 2)] : reportLines(report, context);
  for (const line of lines) context.print(line);
  if (report.differences.length > 0) context.exitWith(exitCodes.problemsFound);
}

function reportLines(report: VerifyReport, { messages }: CommandContext): string[] {
  const words = messages.verify;
  const checked = words.checked(report.clipsChecked, bytesText(report.bytesChecked), report.entriesChecked);
  const gone = report.deleted.map(({ name, sha256, deletedAt, requestedBy, approvedBy }) =>
    words.deletedClip(
      printable(name),
      sha256,
      deletedAt,
      printable([requestedBy, approvedBy].filter((person) => person !== null).join(' + ')),
    ),
  );
  const told = gone.length === 0 ? [checked] : [checked, words.deleted(gone.length), ...gone];
  if (report.differences.length === 0) return [...told, words.holds];
  return [
    ...told,
    words.differs(report.differences.length),
    ...report.differences.flatMap(({ code, subject, detail }) => [
      `  ${printable(subject)}: ${words.codes[code]}`,
      `    ${printable(detail)}`,
    ]),
  ];
}
