import type { Command } from 'commander';
import {
  Archive,
  ArchiveDemanded,
  ArchiveKey,
  ArchiveProbeAnswer,
  ArchiveQueuePage,
  ArchiveRetried,
  ArchiveTarget,
} from '../../contract/index.ts';
import { ApiClient } from '../api-client.ts';
import type { CommandContext } from '../command-context.ts';
import { collect, withExamples } from '../command-parts.ts';
import { exitCodes } from '../exit-codes.ts';
import { bytesText, localTime, printable, textTable } from '../text-table.ts';
import { UsageError } from '../usage-error.ts';

interface AskFlags {
  url?: string;
  json?: true;
}

interface ActFlags extends AskFlags {
  reason: string;
  person?: string;
}

/** What a running gateway says of its archives, and what people do about them. */
export function addArchiveDesk(group: Command, context: CommandContext): void {
  const { help, archiveDesk: words } = context.messages;
  const command = (name: string, told: string, examples: readonly string[]) => {
    const made = group
      .command(name)
      .description(told)
      .option('--url <address>', help.url)
      .option('--json', help.json);
    withExamples(made, examples, context);
    return made;
  };
  const act = (name: string, told: string, examples: readonly string[]) =>
    command(name, told, examples)
      .requiredOption('--reason <text>', help.archiveReason)
      .option('--person <name>', help.archivePerson);

  command('status', help.archiveStatus, words.examples.status).action((flags: AskFlags) =>
    showStatus(flags, context),
  );
  command('queue', help.archiveQueue, words.examples.queue)
    .option('--target <name>', help.archiveQueueTarget)
    .option('--dead', help.archiveQueueDead)
    .action((flags: AskFlags & { target?: string; dead?: true }) => showQueue(flags, context));
  command('probe', help.archiveProbe, words.examples.probe)
    .argument('[target]', help.archiveProbeTarget)
    .option('--person <name>', help.archivePerson)
    .action((target: string | undefined, flags: AskFlags & { person?: string }) =>
      probe(target, flags, context),
    );
  for (const name of ['pause', 'resume'] as const) {
    act(name, name === 'pause' ? help.archivePause : help.archiveResume, words.examples[name])
      .argument('<target>', help.archiveTarget)
      .action((target: string, flags: ActFlags) => pauseOrResume(name, target, flags, context));
  }
  act('retry', help.archiveRetry, words.examples.retry)
    .argument('<target>', help.archiveTarget)
    .argument('[clip]', help.archiveRetryClip)
    .action((target: string, clipId: string | undefined, flags: ActFlags) =>
      retry(target, clipId, flags, context),
    );
  act('demand', help.archiveDemand, words.examples.demand)
    .option('--clip <id>', help.archiveDemandClip, collect, [])
    .option('--case <id>', help.archiveDemandCase)
    .option('--from <time>', help.archiveDemandFrom)
    .option('--to <time>', help.archiveDemandTo)
    .option('--recorder <id>', help.archiveDemandRecorder)
    .action((flags: DemandFlags) => demand(flags, context));
  command('dock-key', help.archiveDockKey, words.examples.dockKey).action((flags: AskFlags) =>
    showKey(flags, context),
  );
}

function tell(flags: AskFlags, context: CommandContext, answer: unknown, lines: readonly string[]): void {
  const told = flags.json ? [JSON.stringify(answer, null, 2)] : lines;
  for (const line of told) context.print(line);
}

function who({ person }: { person?: string }): { person?: string } {
  return person === undefined ? {} : { person };
}

function targetPath(target: string, act: string): string {
  return `/archive/targets/${encodeURIComponent(target)}/${act}`;
}

const quietStates: readonly ArchiveTarget['state'][] = ['working', 'idle', 'waiting', 'busy'];

function needsPerson({ state, counts, dead, misses }: ArchiveTarget): boolean {
  return !quietStates.includes(state) || counts !== 'yes' || dead.clips > 0 || (misses?.clips ?? 0) > 0;
}

async function showStatus(flags: AskFlags, context: CommandContext): Promise<void> {
  const { archiveDesk: words } = context.messages;
  const archive = await new ApiClient(context, flags.url).read('/archive', Archive);
  const rows = archive.targets.map((target) => [
    target.name,
    words.states[target.state],
    amountText(target.waiting.important),
    amountText(target.waiting.bulk),
    String(target.dead.clips),
    target.bytesPerSecond === null ? '' : `${bytesText(target.bytesPerSecond)}/s`,
    words.counts[target.counts],
  ]);
  const notes = archive.targets.flatMap((target) => targetNotes(target, context));
  const feeds = archive.feeds
    .filter(({ lastError }) => lastError !== null)
    .map(({ name, lastError, waitingRecords }) =>
      words.feedFails(printable(name), waitingRecords, printable(lastError ?? '')),
    );
  tell(flags, context, archive, [...textTable(words.columns, rows), ...notes, ...feeds]);
  if (archive.targets.some(needsPerson) || feeds.length > 0) context.exitWith(exitCodes.problemsFound);
}

function targetNotes(target: ArchiveTarget, { messages: { archiveDesk: words } }: CommandContext): string[] {
  const { name, paused, lastError, misses, probe } = target;
  const said: string[] = [];
  if (paused !== null) said.push(words.pausedBy(paused.by, localTime(paused.at), paused.reason));
  if (lastError !== null) said.push(words.lastError(localTime(lastError.at), lastError.message));
  if (misses !== null && misses.clips > 0)
    said.push(words.misses(misses.clips, misses.first === null ? null : localTime(misses.first.dueAt)));
  for (const { check, outcome, detail } of probe?.results ?? []) {
    if (outcome === 'failed') said.push(words.checkFailed(words.checks[check], detail));
  }
  return said.map((text) => `  ${name}: ${printable(text)}`);
}

async function showQueue(
  flags: AskFlags & { target?: string; dead?: true },
  context: CommandContext,
): Promise<void> {
  const { archiveDesk: words } = context.messages;
  const query = new URLSearchParams({ limit: '200' });
  if (flags.target !== undefined) query.set('target', flags.target);
  if (flags.dead) query.set('state', 'dead');
  const page = await new ApiClient(context, flags.url).read(`/archive/queue?${query}`, ArchiveQueuePage);
  const rows = page.entries.map((entry) => [
    entry.clipId,
    entry.target,
    words.entryStates[entry.state],
    entry.clipName,
    bytesText(entry.sizeBytes),
    entry.dueAt === null ? '' : localTime(entry.dueAt),
    String(entry.attempts),
    entry.lastError?.message ?? '',
  ]);
  tell(flags, context, page, [
    ...(rows.length === 0 ? [words.nothingWaits] : textTable(words.queueColumns, rows)),
    ...(page.nextCursor === null ? [] : [words.more]),
  ]);
}

async function probe(
  wanted: string | undefined,
  flags: AskFlags & { person?: string },
  context: CommandContext,
): Promise<void> {
  const { archiveDesk: words } = context.messages;
  const client = new ApiClient(context, flags.url);
  const { targets } = await client.read('/archive', Archive);
  const names = wanted === undefined ? targets.map(({ name }) => name) : [wanted];
  const found: { target: string; answer: ArchiveProbeAnswer }[] = [];
  for (const target of names) {
    const path = targetPath(target, 'probe');
    const answer = await client.send('POST', path, who(flags), ArchiveProbeAnswer);
    found.push({ target, answer });
    if (!flags.json) for (const line of probeLines(target, answer, words)) context.print(line);
  }
  if (flags.json) context.print(JSON.stringify(found, null, 2));
  if (found.some(({ answer }) => answer.probe?.isSound !== true)) context.exitWith(exitCodes.problemsFound);
}

function probeLines(
  target: string,
  { probe: found }: ArchiveProbeAnswer,
  words: CommandContext['messages']['archiveDesk'],
): string[] {
  if (found === null) return [words.probing(target)];
  const rows = found.results.map(({ check, outcome, detail }) => [
    words.outcomes[outcome],
    words.checks[check],
    detail,
  ]);
  return [
    `${target}: ${found.isWormProven ? words.wormProven : words.wormNotProven}`,
    ...textTable(['', '', ''], rows).slice(1),
  ];
}

async function pauseOrResume(
  act: 'pause' | 'resume',
  target: string,
  flags: ActFlags,
  context: CommandContext,
): Promise<void> {
  const { archiveDesk: words } = context.messages;
  const body = { reason: flags.reason, ...who(flags) };
  const client = new ApiClient(context, flags.url);
  const answer = await client.send('POST', targetPath(target, act), body, ArchiveTarget);
  tell(flags, context, answer, [`${answer.name}: ${words.states[answer.state]}`]);
}

async function retry(
  target: string,
  clipId: string | undefined,
  flags: ActFlags,
  context: CommandContext,
): Promise<void> {
  const body = { reason: flags.reason, ...who(flags) };
  const path =
    clipId === undefined
      ? targetPath(target, 'retry-all')
      : `/archive/queue/${encodeURIComponent(target)}/${encodeURIComponent(clipId)}/retry`;
  const answer = await new ApiClient(context, flags.url).send('POST', path, body, ArchiveRetried);
  tell(flags, context, answer, [context.messages.archiveDesk.retried(answer.clips)]);
}

interface DemandFlags extends ActFlags {
  clip: string[];
  case?: string;
  from?: string;
  to?: string;
  recorder?: string;
}

async function demand(flags: DemandFlags, context: CommandContext): Promise<void> {
  const { archiveDesk: words } = context.messages;
  const { from, to, recorder } = flags;
  const body = {
    ...(flags.clip.length === 0 ? {} : { clipIds: flags.clip }),
    ...(flags.case === undefined ? {} : { caseId: flags.case }),
    ...(from === undefined || to === undefined
      ? {}
      : {
          recorded: {
            from: instantOf('--from', from, context),
            to: instantOf('--to', to, context),
            ...(recorder === undefined ? {} : { recorderId: recorder }),
          },
        }),
    reason: flags.reason,
    ...who(flags),
  };
  const kinds = ['clipIds', 'caseId', 'recorded'].filter((kind) => kind in body);
  if (kinds.length !== 1 || (from === undefined) !== (to === undefined))
    throw new UsageError(words.demandWhat);
  const answer = await new ApiClient(context, flags.url).send(
    'POST',
    '/archive/demands',
    body,
    ArchiveDemanded,
  );
  tell(flags, context, answer, [
    words.demanded(answer.waiting, answer.demanded),
    ...(answer.isComplete ? [] : [words.more]),
  ]);
}

/** A time of a flag; without a zone it is the one of this machine. */
function instantOf(flag: string, text: string, { messages: { usage, archiveDesk } }: CommandContext): string {
  const time = new Date(text);
  if (Number.isNaN(time.getTime())) throw new UsageError(usage.wrongValue(flag, archiveDesk.aTime));
  return time.toISOString();
}

async function showKey(flags: AskFlags, context: CommandContext): Promise<void> {
  const key = await new ApiClient(context, flags.url).read('/archive/key', ArchiveKey);
  tell(flags, context, key, key.verifierKeys);
}

function amountText({ clips, bytes }: { clips: number; bytes: number }): string {
  return clips === 0 ? '0' : `${clips} (${bytesText(bytes)})`;
}
