import { Type } from '@docket/device-protocol/schema';
import type { Command } from 'commander';
import { Health, Slot } from '../../contract/index.ts';
import { ApiClient } from '../api-client.ts';
import type { CommandContext } from '../command-context.ts';
import { withExamples } from '../command-parts.ts';
import { exitCodes } from '../exit-codes.ts';
import { bytesText, printable, textTable } from '../text-table.ts';

interface StatusFlags {
  url?: string;
  json?: true;
}

export function addStatusCommand(program: Command, context: CommandContext): void {
  const { help, examples } = context.messages;
  const command = program
    .command('status')
    .description(help.status)
    .option('--url <address>', help.url)
    .option('--json', help.json)
    .action((flags: StatusFlags) => status(flags, context));
  withExamples(command, examples.status, context);
}

async function status(flags: StatusFlags, context: CommandContext): Promise<void> {
  const client = new ApiClient(context, flags.url);
  const health = await client.read('/health', Health);
  const { slots } = await client.read('/slots', Type.Object({ slots: Type.Array(Slot) }));
  if (flags.json) context.print(JSON.stringify({ health, slots }, null, 2));
  else
    for (const line of [...healthLines(health, context), '', ...slotLines(slots, context)])
      context.print(line);
  const needsPerson = slots.some((slot) => slot.state === 'failed' || slot.state === 'attention');
  if (health.state !== 'ok' || needsPerson) context.exitWith(exitCodes.problemsFound);
}

function healthLines(health: Health, { messages }: CommandContext): string[] {
  const words = messages.status;
  const { store, archive } = health;
  const parts = health.components.filter((part) => part.state !== 'ok');
  return [
    words.gateway(words.states[health.state], health.version),
    ...parts.map(
      (part) =>
        `  ${part.name}: ${words.states[part.state]}${part.detail === null ? '' : ` (${printable(part.detail)})`}`,
    ),
    words.store(bytesText(store.freeBytes), bytesText(store.totalBytes), store.clips, store.quarantined),
    words.archive(archive.target, archive.waitingClips, bytesText(archive.waitingBytes)),
    ...(archive.lastError === null ? [] : [words.lastError(printable(archive.lastError))]),
  ];
}

function slotLines(slots: readonly Slot[], { messages }: CommandContext): string[] {
  const words = messages.status;
  if (slots.length === 0) return [words.noSlots];
  const rows = slots.map(({ slot, label, state, recorder, progress }) => [
    slot,
    label ?? '',
    words.slotStates[state],
    recorder?.serialNumber ?? recorder?.recorderId ?? '',
    progress === null ? '' : `${progress.clipsKnown + progress.clipsDone}/${progress.clipsTotal}`,
  ]);
  return textTable(words.columns, rows);
}
