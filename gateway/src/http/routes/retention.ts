import { Type } from '@docket/device-protocol/schema';
import {
  ClipRetention,
  ExpiredPage,
  Hold,
  HoldPage,
  HoldQuery,
  HoldRequest,
  Identifier,
  PersonAndReason,
} from '../../contract/index.ts';
import { answers } from '../answers.ts';
import type { HttpApp } from '../app.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import type { HttpDependencies } from '../dependencies.ts';
import { findClip } from '../find-clip.ts';
import { asOperatorAsked } from '../operator-problem.ts';
import { pageQuery } from '../page-query.ts';
import { personOf } from '../person.ts';
import { HttpProblem } from '../problem.ts';

/** How long clips are kept, and who wants them kept longer. */
export function retentionRoutes(app: HttpApp, dependencies: HttpDependencies): void {
  const { database, caseWork } = dependencies;

  app.get(
    '/clips/:clipId/retention',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'readClipRetention',
        summary: 'How long a clip is kept, and why',
        tags: ['retention'],
        params: Type.Object({ clipId: Identifier }),
        response: answers(ClipRetention, 'Class, reasons, holds and deletion'),
      },
    },
    async ({ params: { clipId } }) => {
      await findClip(database, clipId);
      return caseWork.retention.ofClip(clipId);
    },
  );

  app.get(
    '/retention/expired',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'listExpiredClips',
        summary: 'Clips that nothing keeps any more and whose deletion nobody has asked for',
        tags: ['retention'],
        querystring: Type.Object(pageQuery),
        response: answers(ExpiredPage, 'One page of clips, those whose time ended first first'),
      },
    },
    async ({ query: { cursor, limit = 50 } }) => {
      const after = expiredPosition(decodeCursor('expired', cursor));
      const { clips, next } = await caseWork.retention.expired({ after, limit });
      return { clips, nextCursor: encodeCursor('expired', next === null ? null : next.join('/')) };
    },
  );

  holdRoutes(app, dependencies);
}

function holdRoutes(app: HttpApp, { caseWork }: HttpDependencies): void {
  const { holds } = caseWork.retention;

  app.get(
    '/holds',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'listHolds',
        summary: 'Holds, newest first',
        tags: ['retention'],
        querystring: HoldQuery,
        response: answers(HoldPage, 'One page of holds'),
      },
    },
    async ({ query: { cursor, limit = 50, ...filter } }) => {
      const found = await holds.list(filter, { before: decodeCursor('holds', cursor), limit });
      return { holds: found.holds, nextCursor: encodeCursor('holds', found.next) };
    },
  );

  app.post(
    '/holds',
    {
      config: { scope: 'operate' },
      schema: {
        operationId: 'placeHold',
        summary: 'Keep a clip, or every clip of a case, whatever its time',
        tags: ['retention'],
        body: HoldRequest,
        response: answers(Hold, 'The hold'),
      },
    },
    async (request) => {
      const { clipId, caseId, ground, reason, person } = request.body;
      const by = { person: personOf(request, person), reason };
      if (clipId !== undefined && caseId === undefined)
        return asOperatorAsked(holds.place({ clipId }, ground, by));
      if (caseId !== undefined && clipId === undefined)
        return asOperatorAsked(holds.place({ caseId }, ground, by));
      throw new HttpProblem('request-invalid', 'either clipId or caseId');
    },
  );

  app.post(
    '/holds/:holdId/lift',
    {
      config: { scope: 'approve' },
      schema: {
        operationId: 'liftHold',
        summary: 'Lift a hold; not by whoever placed it',
        tags: ['retention'],
        params: Type.Object({ holdId: Identifier }),
        body: PersonAndReason,
        response: answers(Hold, 'The hold, lifted'),
      },
    },
    (request) => {
      const { reason, person } = request.body;
      const by = { person: personOf(request, person), reason };
      return asOperatorAsked(holds.lift(request.params.holdId, by));
    },
  );
}

function expiredPosition(position: string | null): [string, string] | null {
  if (position === null) return null;
  const [keptUntil, clipId, ...rest] = position.split('/');
  if (keptUntil === undefined || clipId === undefined || rest.length > 0)
    throw new HttpProblem('cursor-invalid');
  return [keptUntil, clipId];
}
