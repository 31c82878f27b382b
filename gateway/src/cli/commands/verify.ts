import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { withExamples } from '../command-parts.ts';
import { exitCodes } from '../exit-codes.ts';
import { stopSignal } from '../stop-signal.ts';
import { printable } from '../text-table.ts';
import { UsageError } from '../usage-error.ts';

/** What a check of a store finds. */
interface StoreVerification {
  /** Clips that were checked. */
  clips: number;
  /** What does not hold, in words. */
  problems: readonly string[];
  /** What could not be checked, in words. */
  unchecked: readonly string[];
}

type VerifyStore = (directory: string, options: { signal: AbortSignal }) => Promise<StoreVerification>;

export function addVerifyCommand(program: Command, context: CommandContext): void {
  const { help, examples } = context.messages;
  const command = program
    .command('verify')
    .description(help.verify)
    .argument('<store>', help.verifyStore)
    .action((store: string) => verify(resolve(store), context));
  withExamples(command, examples.verify, context);
}

async function verify(directory: string, context: CommandContext): Promise<void> {
  const words = context.messages.verify;
  const found = await stat(directory).catch(() => null);
  if (found === null || !found.isDirectory()) throw new UsageError(words.noStore(directory));
  const verifyStore = await loadVerifier();
  const result = await verifyStore(directory, { signal: stopSignal() });
  for (const text of result.unchecked) context.print(words.unchecked(printable(text)));
  if (result.problems.length === 0) return context.print(words.holds(result.clips));
  context.print(words.problems(result.problems.length));
  for (const text of result.problems) context.print(`  ${printable(text)}`);
  context.exitWith(exitCodes.problemsFound);
}

async function loadVerifier(): Promise<VerifyStore> {
  const ingest: object = await import('@docket/ingest');
  if ('verifyStore' in ingest && typeof ingest.verifyStore === 'function')
    return ingest.verifyStore as VerifyStore;
  throw new Error('@docket/ingest has no verifyStore');
}
