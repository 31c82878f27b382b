import { Type } from '@docket/device-protocol/schema';
import type { Command } from 'commander';
import { LiveSource, LiveStreamNow } from '../../contract/index.ts';
import { ApiClient } from '../api-client.ts';
import type { CommandContext } from '../command-context.ts';
import { withExamples } from '../command-parts.ts';
import { textTable } from '../text-table.ts';

interface ListFlags {
  url?: string;
  json?: true;
}

/** `docket live sources` and `docket live streams`. */
export function addLiveLists(group: Command, context: CommandContext): void {
  const { help, liveLists } = context.messages;
  const sources = listing(group.command('sources').description(help.liveSources), context).action(
    (flags: ListFlags) => listSources(flags, context),
  );
  withExamples(sources, liveLists.examples.sources, context);
  const streams = listing(group.command('streams').description(help.liveStreams), context).action(
    (flags: ListFlags) => listStreams(flags, context),
  );
  withExamples(streams, liveLists.examples.streams, context);
}

function listing(command: Command, { messages: { help } }: CommandContext): Command {
  return command.option('--url <address>', help.url).option('--json', help.json);
}

async function listSources(flags: ListFlags, context: CommandContext): Promise<void> {
  const { liveLists: words } = context.messages;
  const answer = await new ApiClient(context, flags.url).read(
    '/live/sources',
    Type.Object({ sources: Type.Array(LiveSource) }),
  );
  const rows = answer.sources.map((source) => [
    source.recorderSerialNumber ?? source.recorderId,
    words.ways[source.way],
    source.userName,
    source.url ?? '',
    source.isEnabled ? (source.isAlwaysPulled ? words.always : words.enabled) : words.disabled,
    source.hasSecret ? '' : words.noSecret,
  ]);
  show(flags, context, answer, rows.length === 0 ? [words.noSources] : textTable(words.sourceColumns, rows));
}

async function listStreams(flags: ListFlags, context: CommandContext): Promise<void> {
  const { liveLists: words } = context.messages;
  const answer = await new ApiClient(context, flags.url).read(
    '/live/streams',
    Type.Object({ streams: Type.Array(LiveStreamNow) }),
  );
  const rows = answer.streams.map((stream) => [
    stream.recorderSerialNumber ?? stream.recorderId,
    words.states[stream.state],
    stream.way === null ? '' : `${words.ways[stream.way]} ${stream.transport ?? ''}`,
    stream.tracks.map(({ codec }) => codec).join(' '),
    stream.bitsPerSecond === null ? '' : `${(stream.bitsPerSecond / 1e6).toFixed(1)} Mbit/s`,
    String(stream.viewers),
    stream.trouble ?? '',
  ]);
  show(flags, context, answer, rows.length === 0 ? [words.noStreams] : textTable(words.streamColumns, rows));
}

function show(flags: ListFlags, context: CommandContext, answer: unknown, lines: readonly string[]): void {
  const told = flags.json ? [JSON.stringify(answer, null, 2)] : lines;
  for (const line of told) context.print(line);
}
