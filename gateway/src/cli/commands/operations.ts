import { Type } from '@docket/device-protocol/schema';
import type { Command } from 'commander';
import { LiveSource, type Operation, OperationFile, OperationPage } from '../../contract/index.ts';
import { ApiClient } from '../api-client.ts';
import type { CommandContext } from '../command-context.ts';
import { collect, withExamples } from '../command-parts.ts';
import { localTime, textTable } from '../text-table.ts';
import { showOperation } from './operations-show.ts';

interface AskFlags {
  url?: string;
  json?: true;
}

interface ActFlags extends AskFlags {
  person?: string;
}

interface OpenFlags extends ActFlags {
  case?: string;
  activity?: string;
  step?: string;
  place?: string;
  recorder: string[];
}

interface MarkFlags extends ActFlags {
  text?: string;
  recorder?: string;
}

/**
 * `docket operations`: lists on-site operations, and below it what people do with them. Options that the list has too are
 * taken by it wherever they stand, so each command asks for all.
 */
export function addOperationsCommand(program: Command, context: CommandContext): void {
  const { help, operations: words } = context.messages;
  const group = asking(program.command('operations').description(help.operations), context)
    .option('--open', help.operationsOpen)
    .action((flags: AskFlags & { open?: true }) => listOperations(flags, context));
  withExamples(group, words.examples.list, context);
  const one = asking(group.command('show').description(help.operationsShow), context)
    .argument('<operation>', help.operationsId)
    .action((operationId: string, _: AskFlags, command: Command) =>
      showOperation(operationId, command.optsWithGlobals(), context),
    );
  withExamples(one, words.examples.show, context);
  const act = (name: 'open' | 'join' | 'leave' | 'mark' | 'close', told: string) => {
    const made = asking(group.command(name).description(told), context).option(
      '--person <name>',
      help.operationsPerson,
    );
    withExamples(made, words.examples[name], context);
    return made;
  };
  act('open', help.operationsOpenOne)
    .argument('<title>', help.operationsTitle)
    .option('--case <id>', help.operationsCase)
    .option('--activity <id>', help.operationsActivity)
    .option('--step <step>', help.operationsStep)
    .option('--place <text>', help.operationsPlace)
    .option('--recorder <serial>', help.operationsRecorders, collect, [])
    .action((title: string, _: OpenFlags, command: Command) =>
      openOperation(title, command.optsWithGlobals(), context),
    );
  for (const name of ['join', 'leave'] as const) {
    act(name, name === 'join' ? help.operationsJoin : help.operationsLeave)
      .argument('<operation>', help.operationsId)
      .argument('<recorder>', help.operationsRecorder)
      .action((operationId: string, recorder: string, _: ActFlags, command: Command) =>
        joinOrLeave(name, operationId, recorder, command.optsWithGlobals(), context),
      );
  }
  act('mark', help.operationsMark)
    .argument('<operation>', help.operationsId)
    .argument('<kind>', help.operationsKind)
    .option('--text <text>', help.operationsText)
    .option('--recorder <serial>', help.operationsRecorder)
    .action((operationId: string, kind: string, _: MarkFlags, command: Command) =>
      mark(operationId, kind, command.optsWithGlobals(), context),
    );
  act('close', help.operationsClose)
    .argument('<operation>', help.operationsId)
    .action((operationId: string, _: ActFlags, command: Command) =>
      tell(operationId, 'close', {}, command.optsWithGlobals(), context),
    );
}

function asking(command: Command, { messages: { help } }: CommandContext): Command {
  return command.option('--url <address>', help.url).option('--json', help.json);
}

async function listOperations(flags: AskFlags & { open?: true }, context: CommandContext): Promise<void> {
  const { operations: words } = context.messages;
  const query = flags.open ? '?limit=200&open=true' : '?limit=200';
  const answer = await new ApiClient(context, flags.url).read(`/operations${query}`, OperationPage);
  if (flags.json) return context.print(JSON.stringify(answer, null, 2));
  if (answer.operations.length === 0) return context.print(words.none);
  show(answer.operations, context);
}

/** Without `--json` it prints the id alone: what a script goes on with. */
async function openOperation(title: string, flags: OpenFlags, context: CommandContext): Promise<void> {
  const client = new ApiClient(context, flags.url);
  const recorders = await Promise.all(flags.recorder.map((word) => recorderIdOf(word, client)));
  const answer = await client.send(
    'POST',
    '/operations',
    {
      title,
      ...(flags.case === undefined ? {} : { caseId: flags.case }),
      ...(flags.activity === undefined ? {} : { activityId: flags.activity }),
      ...(flags.step === undefined ? {} : { step: flags.step }),
      ...(flags.place === undefined ? {} : { place: flags.place }),
      recorders: recorders.map((recorderId) => ({ recorderId })),
      ...who(flags),
    },
    OperationFile,
  );
  context.print(flags.json ? JSON.stringify(answer, null, 2) : answer.operation.operationId);
}

async function joinOrLeave(
  act: 'join' | 'leave',
  operationId: string,
  recorder: string,
  flags: ActFlags,
  context: CommandContext,
): Promise<void> {
  const recorderId = await recorderIdOf(recorder, new ApiClient(context, flags.url));
  await tell(operationId, act, { recorderId }, flags, context);
}

async function mark(
  operationId: string,
  kind: string,
  flags: MarkFlags,
  context: CommandContext,
): Promise<void> {
  const { text, recorder } = flags;
  const recorderId =
    recorder === undefined ? undefined : await recorderIdOf(recorder, new ApiClient(context, flags.url));
  const body = {
    kind,
    ...(text === undefined ? {} : { text }),
    ...(recorderId === undefined ? {} : { recorderId }),
  };
  await tell(operationId, 'bookmarks', body, flags, context);
}

async function tell(
  operationId: string,
  act: 'join' | 'leave' | 'close' | 'bookmarks',
  body: object,
  flags: ActFlags,
  context: CommandContext,
): Promise<void> {
  const path = `/operations/${encodeURIComponent(operationId)}/${act}`;
  const answer = await new ApiClient(context, flags.url).send(
    'POST',
    path,
    { ...body, ...who(flags) },
    OperationFile,
  );
  if (flags.json) context.print(JSON.stringify(answer, null, 2));
  else show([answer.operation], context);
}

function show(operations: readonly Operation[], context: CommandContext): void {
  const { operations: words } = context.messages;
  const rows = operations.map((operation) => [
    operation.operationId,
    localTime(operation.openedAt),
    operation.closedAt === null ? words.going : localTime(operation.closedAt),
    operation.title,
    operation.caseNumber ?? operation.caseName ?? operation.caseId ?? '',
    String(operation.recorderIds.length),
    String(operation.bookmarks),
    operation.openedBy,
  ]);
  for (const line of textTable(words.columns, rows)) context.print(line);
}

/** A recorder by its serial number, as people know it, or by its id. Only those that may send live are looked through. */
async function recorderIdOf(word: string, client: ApiClient): Promise<string> {
  const { sources } = await client.read('/live/sources', Type.Object({ sources: Type.Array(LiveSource) }));
  return sources.find(({ recorderSerialNumber }) => recorderSerialNumber === word)?.recorderId ?? word;
}

function who({ person }: ActFlags): { person?: string } {
  return person === undefined ? {} : { person };
}
