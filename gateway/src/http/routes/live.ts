import { Type } from '@docket/device-protocol/schema';
import { listClips, readLiveSession, readLiveSessions, readOperationFile } from '@docket/ingest';
import {
  Identifier,
  LiveAlarm,
  LiveAlarmPage,
  LiveAlarmQuery,
  LiveAlarmSeenRequest,
  LiveSessionFile,
  LiveSessionFileQuery,
  LiveSessionPage,
  LiveSessionQuery,
  LiveStreamNow,
} from '../../contract/index.ts';
import { answers } from '../answers.ts';
import type { HttpApp } from '../app.ts';
import { clipAnswer } from '../clip-answer.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import type { HttpDependencies } from '../dependencies.ts';
import { alarmAnswer, sessionAnswer, streamAnswer } from '../live-answer.ts';
import { readSerialNumbers } from '../operation-answer.ts';
import { asOperatorAsked } from '../operator-problem.ts';
import { pageQuery } from '../page-query.ts';
import { personAtTheDock } from '../person.ts';
import { HttpProblem } from '../problem.ts';

const mostSegments = 500;

/** Live streams as they are, the sessions they were recorded in, and what is wrong with them. */
export function liveRoutes(app: HttpApp, dependencies: HttpDependencies): void {
  const { database, live } = dependencies;
  app.get(
    '/live/streams',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'listLiveStreams',
        summary: 'Every recorder that sends or should send live, as it is now',
        tags: ['live'],
        response: answers(Type.Object({ streams: Type.Array(LiveStreamNow) }), 'The streams, by recorder'),
      },
    },
    async () => {
      const lines = live.lines();
      const serialNumbers = await readSerialNumbers(
        database,
        lines.map(({ recorderId }) => recorderId),
      );
      const streams = lines.map((line) => streamAnswer(line, serialNumbers.get(line.recorderId) ?? null));
      return { streams: streams.sort((one, other) => (one.recorderId < other.recorderId ? -1 : 1)) };
    },
  );
  sessionRoutes(app, dependencies);
  alarmRoutes(app, dependencies);
}

function sessionRoutes(app: HttpApp, { database }: HttpDependencies): void {
  app.get(
    '/live/sessions',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'listLiveSessions',
        summary: 'Recorded live sessions, newest first',
        tags: ['live'],
        querystring: Type.Object({ ...LiveSessionQuery.properties, ...pageQuery }),
        response: answers(LiveSessionPage, 'One page of sessions'),
      },
    },
    async ({ query: { cursor, limit = 50, open, ...filter } }) => {
      const before = decodeCursor('live-sessions', cursor);
      const { sessions, next } = await readLiveSessions(
        database,
        { ...filter, ...(open === undefined ? {} : { isOpen: open }) },
        { before, limit },
      );
      return { sessions: sessions.map(sessionAnswer), nextCursor: encodeCursor('live-sessions', next) };
    },
  );

  app.get(
    '/live/sessions/:sessionId',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'readLiveSession',
        summary: 'One live session with its segments and its gaps',
        tags: ['live'],
        params: Type.Object({ sessionId: Identifier }),
        querystring: LiveSessionFileQuery,
        response: answers(LiveSessionFile, 'The session'),
      },
    },
    async ({ params: { sessionId }, query: { operationId } }) => {
      const session = await readLiveSession(database, sessionId);
      if (session === null) throw new HttpProblem('not-found');
      const isWanted = await gapsWanted(database, session.recorderId, operationId);
      const { clips } = await listClips(
        database,
        { liveSessionId: sessionId, ...(operationId === undefined ? {} : { operationId }) },
        { before: null, limit: mostSegments },
      );
      return {
        session: sessionAnswer(session),
        gaps: session.gaps.filter(isWanted).map(({ cause, fromAt, toAt, detail, reason }) => ({
          cause,
          from: fromAt,
          to: toAt,
          detail,
          reason,
        })),
        segments: clips.reverse().map(clipAnswer),
      };
    },
  );
}

/** Whether a gap is asked for: each one, or those that reach into the recorder's parts of an operation. */
async function gapsWanted(
  database: HttpDependencies['database'],
  recorderId: string,
  operationId: string | undefined,
): Promise<(gap: { fromAt: string; toAt: string | null }) => boolean> {
  if (operationId === undefined) return () => true;
  const file = await readOperationFile(database, operationId);
  if (file === null) throw new HttpProblem('not-found');
  const parts = file.parts.filter((part) => part.recorderId === recorderId);
  return ({ fromAt, toAt }) =>
    parts.some(
      ({ joinedAt, leftAt }) => (toAt === null || toAt >= joinedAt) && (leftAt === null || fromAt <= leftAt),
    );
}

function alarmRoutes(app: HttpApp, { caseWork: { liveAlarms } }: HttpDependencies): void {
  app.get(
    '/live/alarms',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'listLiveAlarms',
        summary: 'Alarms about live streams, newest first',
        tags: ['live'],
        querystring: Type.Object({ ...LiveAlarmQuery.properties, ...pageQuery }),
        response: answers(LiveAlarmPage, 'One page of alarms'),
      },
    },
    async ({ query: { cursor, limit = 50, open, ...filter } }) => {
      const before = decodeCursor('live-alarms', cursor);
      const { alarms, next } = await liveAlarms.list(
        { ...filter, ...(open === undefined ? {} : { isOpen: open }) },
        { before, limit },
      );
      return { alarms: alarms.map(alarmAnswer), nextCursor: encodeCursor('live-alarms', next) };
    },
  );

  app.post(
    '/live/alarms/:alarmId/seen',
    {
      config: { scope: 'operate' },
      schema: {
        operationId: 'seeLiveAlarm',
        summary: 'Say that an alarm was seen; the first one counts',
        tags: ['live'],
        params: Type.Object({ alarmId: Identifier }),
        body: LiveAlarmSeenRequest,
        response: answers(LiveAlarm, 'The alarm'),
      },
    },
    async (request) => {
      const seenBy = personAtTheDock(request, request.body.person);
      return alarmAnswer(await asOperatorAsked(liveAlarms.seen(request.params.alarmId, seenBy)));
    },
  );
}
