import type { Command } from 'commander';
import { type ClipPage, ClipPage as ClipPageSchema, type ClipState } from '../../contract/index.ts';
import { ApiClient } from '../api-client.ts';
import type { CommandContext } from '../command-context.ts';
import { withExamples } from '../command-parts.ts';
import { bytesText, textTable } from '../text-table.ts';
import { UsageError } from '../usage-error.ts';
import { wholeNumber } from '../whole-number.ts';

interface ClipsFlags {
  state?: string;
  limit: string;
  url?: string;
  json?: true;
}

const mostClips = 200;

export function addClipsCommand(program: Command, context: CommandContext): void {
  const { help, examples, clips } = context.messages;
  const command = program
    .command('clips')
    .description(help.clips)
    .option('--state <state>', help.clipsState(Object.keys(clips.states).join(', ')))
    .option('--limit <number>', help.clipsLimit, '20')
    .option('--url <address>', help.url)
    .option('--json', help.json)
    .action((flags: ClipsFlags) => listClips(flags, context));
  withExamples(command, examples.clips, context);
}

async function listClips(flags: ClipsFlags, context: CommandContext): Promise<void> {
  const query = new URLSearchParams({ limit: String(limitOf(flags, context)) });
  if (flags.state !== undefined) query.set('state', stateOf(flags.state, context));
  const client = new ApiClient(context, flags.url);
  const page = await client.read(`/clips?${query.toString()}`, ClipPageSchema);
  if (flags.json) return context.print(JSON.stringify(page, null, 2));
  for (const line of pageLines(page, context)) context.print(line);
}

function limitOf({ limit }: ClipsFlags, { messages }: CommandContext): number {
  return wholeNumber('--limit', limit, { from: 1, to: mostClips }, messages);
}

function stateOf(state: string, { messages }: CommandContext): ClipState {
  const states = Object.keys(messages.clips.states) as ClipState[];
  const found = states.find((known) => known === state);
  if (found === undefined)
    throw new UsageError(messages.usage.wrongValue('--state', messages.usage.oneOf(states)));
  return found;
}

function pageLines({ clips, total }: ClipPage, { messages }: CommandContext): string[] {
  const words = messages.clips;
  if (clips.length === 0) return [words.none];
  const rows = clips.map((clip) => [
    clip.clipId,
    words.states[clip.state] + (clip.quarantine === null ? '' : ` (${words.toLookAt})`),
    bytesText(clip.sizeBytes),
    new Date(clip.collectedAt).toLocaleString('sv-SE'),
    clip.recorderSerialNumber ?? clip.recorderId,
    clip.name,
  ]);
  return [...textTable(words.columns, rows), words.shown(clips.length, total)];
}
