import { type Static, Type } from '@docket/device-protocol/schema';
import {
  type LiveSession,
  LiveSessionFile,
  LiveSessionPage,
  LiveStreamNow,
  OperationFile,
} from '../../contract/index.ts';
import { ApiClient } from '../api-client.ts';
import type { CommandContext } from '../command-context.ts';
import { localTime, printable, textTable } from '../text-table.ts';

interface ShowFlags {
  url?: string;
  json?: true;
}

/** An operation, what its recorders send now, and the sessions that were recorded of it. */
interface Sheet extends OperationFile {
  streams: LiveStreamNow[];
  sessions: LiveSessionFile[];
}

/** `docket operations show`: one operation with all that belongs to it. */
export async function showOperation(
  operationId: string,
  flags: ShowFlags,
  context: CommandContext,
): Promise<void> {
  const sheet = await readSheet(operationId, new ApiClient(context, flags.url));
  if (flags.json) return context.print(JSON.stringify(sheet, null, 2));
  for (const line of linesOf(sheet, context)) context.print(line);
}

async function readSheet(operationId: string, client: ApiClient): Promise<Sheet> {
  const ofOperation = `operationId=${encodeURIComponent(operationId)}`;
  const file = await client.read(`/operations/${encodeURIComponent(operationId)}`, OperationFile);
  const { streams } = await client.read('/live/streams', Type.Object({ streams: Type.Array(LiveStreamNow) }));
  const sessions: LiveSessionFile[] = [];
  for (const { sessionId } of await everySession(ofOperation, client)) {
    const path = `/live/sessions/${encodeURIComponent(sessionId)}?${ofOperation}`;
    sessions.push(await client.read(path, LiveSessionFile));
  }
  return { ...file, streams: streams.filter((stream) => stream.operationId === operationId), sessions };
}

/** The first begun first. */
async function everySession(query: string, client: ApiClient): Promise<LiveSession[]> {
  const found: LiveSession[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const from: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page: Static<typeof LiveSessionPage> = await client.read(
      `/live/sessions?limit=200&${query}${from}`,
      LiveSessionPage,
    );
    found.push(...page.sessions);
    cursor = page.nextCursor;
  }
  return found.reverse();
}

function linesOf(sheet: Sheet, context: CommandContext): string[] {
  return [
    ...factLines(sheet, context),
    ...recorderLines(sheet, context),
    ...sessionLines(sheet, context),
    ...bookmarkLines(sheet, context),
    ...gapLines(sheet, context),
  ];
}

function factLines({ operation }: Sheet, { messages }: CommandContext): string[] {
  const { operations: words } = messages;
  const { caseId, activityId, step, place, openedAt, closedAt } = operation;
  const facts: [string, string | null][] = [
    [words.facts.id, operation.operationId],
    [words.facts.opened, words.by(localTime(openedAt), operation.openedBy)],
    [
      words.facts.closed,
      closedAt === null ? words.going : words.by(localTime(closedAt), operation.closedBy ?? ''),
    ],
    [words.facts.case, inOne(operation.caseNumber, operation.caseName) || caseId],
    [words.facts.activity, activityId],
    [words.facts.step, step === null ? null : words.steps[step]],
    [words.facts.place, place],
    [words.facts.officers, operation.officers.map(({ name, officerId }) => name ?? officerId).join(' ')],
  ];
  const told = facts.filter((fact): fact is [string, string] => Boolean(fact[1]));
  return [printable(operation.title), ...textTable(['', ''], told).slice(1)];
}

function recorderLines({ parts, streams }: Sheet, context: CommandContext): string[] {
  const { operations: words, liveLists } = context.messages;
  const rows = parts.map(({ recorderId, recorderSerialNumber, officerId, officerName, joinedAt, leftAt }) => {
    const now = leftAt === null ? streams.find((stream) => stream.recorderId === recorderId) : undefined;
    return [
      recorderSerialNumber ?? recorderId,
      officerName ?? officerId ?? '',
      localTime(joinedAt),
      leftAt === null ? '' : localTime(leftAt),
      now === undefined ? '' : liveLists.states[now.state],
      now === undefined ? '' : String(now.viewers),
      now?.trouble ?? '',
    ];
  });
  return tableUnder(words.sections.recorders, words.recorderColumns, rows);
}

function sessionLines({ sessions }: Sheet, context: CommandContext): string[] {
  const { operations: words, liveLists } = context.messages;
  const rows = sessions.map(({ session }) => [
    nameOf(session),
    localTime(session.startedAt),
    session.endedAt === null ? words.going : localTime(session.endedAt),
    session.endCause === null ? '' : wordOr(words.endCauses, session.endCause),
    liveLists.ways[session.way],
    session.tracks.map(({ codec }) => codec).join(' '),
    session.sessionId,
  ]);
  return tableUnder(words.sections.sessions, words.sessionColumns, rows);
}

function bookmarkLines({ bookmarks, parts }: Sheet, context: CommandContext): string[] {
  const { operations: words } = context.messages;
  const rows = bookmarks.map(({ at, kind, text, recorderId, madeBy, struck }) => [
    localTime(at),
    inOne(words.bookmarks[kind], text),
    recorderId === null
      ? ''
      : (parts.find((part) => part.recorderId === recorderId)?.recorderSerialNumber ?? recorderId),
    madeBy,
    struck === null ? '' : words.struck(struck.by, struck.reason),
  ]);
  return tableUnder(words.sections.bookmarks, words.bookmarkColumns, rows);
}

function gapLines({ sessions }: Sheet, context: CommandContext): string[] {
  const { operations: words } = context.messages;
  const rows = sessions.flatMap(({ session, gaps }) =>
    gaps.map(({ from, to, cause, detail }) => [
      localTime(from),
      to === null ? words.notBack : localTime(to),
      nameOf(session),
      wordOr(words.gapCauses, cause),
      detail,
    ]),
  );
  return tableUnder(words.sections.gaps, words.gapColumns, rows);
}

/** Nothing where there is nothing to list. */
function tableUnder(heading: string, columns: readonly string[], rows: string[][]): string[] {
  return rows.length === 0 ? [] : ['', heading, ...textTable(columns, rows)];
}

function nameOf({ recorderId, recorderSerialNumber }: LiveSession): string {
  return recorderSerialNumber ?? recorderId;
}

function inOne(...texts: (string | null)[]): string {
  return texts.filter(Boolean).join(' ');
}

/** The word for a code; a code that a newer gateway tells stands for itself. */
function wordOr(words: Readonly<Record<string, string>>, code: string): string {
  return words[code] ?? code;
}
