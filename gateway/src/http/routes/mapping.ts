import { Type } from '@docket/device-protocol/schema';
import { readClip } from '@docket/ingest';
import type { FastifyRequest } from 'fastify';
import {
  ClipLinks,
  Identifier,
  LinkRequest,
  MappingActRequest,
  QueuePage,
  QueueQuery,
  UnlinkRequest,
} from '../../contract/index.ts';
import { answers, emptyAnswers } from '../answers.ts';
import type { HttpApp } from '../app.ts';
import { clipAnswer } from '../clip-answer.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import type { HttpDependencies } from '../dependencies.ts';
import { clipLinksAnswer, standingAnswers } from '../mapping-answer.ts';
import { asOperatorAsked } from '../operator-problem.ts';
import { personOf } from '../person.ts';
import { HttpProblem } from '../problem.ts';

export function mappingRoutes(app: HttpApp, dependencies: HttpDependencies): void {
  const { caseWork, database } = dependencies;
  app.get(
    '/mapping/queue',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'listMappingQueue',
        summary: 'Clips that wait for a person to say where they belong, last docked first',
        tags: ['mapping'],
        querystring: QueueQuery,
        response: answers(QueuePage, 'One page of the queue'),
      },
    },
    async ({ query: { cursor, limit = 50, ...filter } }) => {
      const before = decodeCursor('mapping-queue', cursor);
      const { clips, total, byReason, next } = await caseWork.mapping.queue(filter, { before, limit });
      const standings = await standingAnswers(database, clips);
      const entries: QueuePage['entries'] = [];
      for (const [position, standing] of standings.entries()) {
        const record = await readClip(database, clips[position]?.clipId ?? '');
        if (record !== null) entries.push({ clip: clipAnswer(record), ...standing });
      }
      return { entries, total, byReason, nextCursor: encodeCursor('mapping-queue', next) };
    },
  );

  app.get(
    '/clips/:clipId/links',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'readClipLinks',
        summary: 'Where a clip belongs, what else it may belong to, and every word on it',
        tags: ['mapping'],
        params: Type.Object({ clipId: Identifier }),
        response: answers(ClipLinks, 'Standing links and their history'),
      },
    },
    async ({ params: { clipId } }) => {
      const file = await caseWork.mapping.readFile(clipId);
      if (file === null) throw new HttpProblem('not-found');
      return clipLinksAnswer(database, file);
    },
  );

  mappingActs(app, dependencies);
}

/** What persons say of clips: one for all the clips named, or for none. */
function mappingActs(app: HttpApp, { caseWork }: HttpDependencies): void {
  const { mapping } = caseWork;
  const response = emptyAnswers('It stands');
  app.post(
    '/mapping/link',
    {
      config: { scope: 'operate' },
      schema: {
        operationId: 'linkClips',
        summary: 'Say where clips belong; there, and nowhere else',
        tags: ['mapping'],
        body: LinkRequest,
        response,
      },
    },
    async (request, reply) => {
      const { clipIds, targets } = request.body;
      const wanted = targets.map((target) =>
        'activityId' in target ? target : { caseId: target.caseId, step: target.step ?? null },
      );
      await asOperatorAsked(mapping.link(clipIds, wanted, groundOf(request, request.body)));
      return reply.code(204).send();
    },
  );

  app.post(
    '/mapping/unlink',
    {
      config: { scope: 'operate' },
      schema: {
        operationId: 'unlinkClips',
        summary: 'Say that clips do not belong to a case or activity; they wait again',
        tags: ['mapping'],
        body: UnlinkRequest,
        response,
      },
    },
    async (request, reply) => {
      const { clipIds, caseId, activityId } = request.body;
      const from = {
        ...(caseId === undefined ? {} : { caseId }),
        ...(activityId === undefined ? {} : { activityId }),
      };
      await asOperatorAsked(mapping.unlink(clipIds, from, groundOf(request, request.body)));
      return reply.code(204).send();
    },
  );

  app.post(
    '/mapping/set-aside',
    {
      config: { scope: 'operate' },
      schema: {
        operationId: 'setClipsAside',
        summary: 'Say that clips belong to no case (与执法无关)',
        tags: ['mapping'],
        body: MappingActRequest,
        response,
      },
    },
    async (request, reply) => {
      await asOperatorAsked(mapping.setAside(request.body.clipIds, groundOf(request, request.body)));
      return reply.code(204).send();
    },
  );

  app.post(
    '/mapping/reopen',
    {
      config: { scope: 'operate' },
      schema: {
        operationId: 'reopenClips',
        summary: 'Take back what persons said of clips: the rules decide on them again',
        tags: ['mapping'],
        body: MappingActRequest,
        response,
      },
    },
    async (request, reply) => {
      await asOperatorAsked(mapping.reopen(request.body.clipIds, groundOf(request, request.body)));
      return reply.code(204).send();
    },
  );
}

/** Who sits at the dock may say a name, and need not: two taps must be enough there. */
function groundOf(request: FastifyRequest, { person, reason }: { person?: string; reason: string }) {
  const operator = person === undefined ? (request.caller.name ?? 'unknown') : personOf(request, person);
  return { operator, reason };
}
