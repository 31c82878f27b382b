import { Type } from '@docket/device-protocol/schema';
import { type ExceptionClaim, type ExceptionVerdict, readExceptions } from '@docket/ingest';
import {
  CoverageException,
  ExceptionDecisionRequest,
  ExceptionPage,
  ExceptionQuery,
  ExceptionRequest,
  Identifier,
} from '../../contract/index.ts';
import { answers } from '../answers.ts';
import type { HttpApp } from '../app.ts';
import { decodeNumberCursor, encodeCursor } from '../cursor.ts';
import type { HttpDependencies } from '../dependencies.ts';
import { asOperatorAsked } from '../operator-problem.ts';
import { pageQuery } from '../page-query.ts';
import { personOf } from '../person.ts';

export function exceptionRoutes(app: HttpApp, { database, caseWork }: HttpDependencies): void {
  app.get(
    '/exceptions',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'listExceptions',
        summary: 'What people asked to be excused, newest first',
        tags: ['coverage'],
        querystring: Type.Object({ ...ExceptionQuery.properties, ...pageQuery }),
        response: answers(ExceptionPage, 'One page of exceptions'),
      },
    },
    async ({ query: { cursor, limit = 50, ...filter } }) => {
      const before = decodeNumberCursor('exceptions', cursor);
      const found = await readExceptions(database, filter, { before, limit: limit + 1 });
      const last = found.length > limit ? found[limit - 1]?.sequence : undefined;
      const exceptions = found.slice(0, limit).map(({ sequence: _sequence, ...exception }) => exception);
      return { exceptions, nextCursor: encodeCursor('exceptions', last ?? null) };
    },
  );

  app.post(
    '/exceptions',
    {
      config: { scope: 'operate' },
      schema: {
        operationId: 'requestException',
        summary: 'Ask that a gap, a late docking, a lost recorder or a whole activity be excused',
        tags: ['coverage'],
        body: ExceptionRequest,
        response: answers(CoverageException, 'The exception, which another person has to decide'),
      },
    },
    async (request) => {
      const { person, ...asked } = request.body;
      return asOperatorAsked(caseWork.exceptions.request(claimOf(asked), personOf(request, person)));
    },
  );

  for (const { path, verdict, operationId, summary } of decisions) {
    app.post(
      `/exceptions/:exceptionId/${path}`,
      {
        config: { scope: 'approve' },
        schema: {
          operationId,
          summary,
          tags: ['coverage'],
          params: Type.Object({ exceptionId: Identifier }),
          body: ExceptionDecisionRequest,
          response: answers(CoverageException, 'The exception as it now stands'),
        },
      },
      async (request) => {
        const { reason, person } = request.body;
        const ground = { person: personOf(request, person), reason };
        return asOperatorAsked(caseWork.exceptions.decide(request.params.exceptionId, verdict, ground));
      },
    );
  }
}

const decisions: { path: string; verdict: ExceptionVerdict; operationId: string; summary: string }[] = [
  {
    path: 'approve',
    verdict: 'approved',
    operationId: 'approveException',
    summary: 'Approve an exception that another person asked for',
  },
  {
    path: 'refuse',
    verdict: 'refused',
    operationId: 'refuseException',
    summary: 'Refuse an exception that another person asked for',
  },
  {
    path: 'withdraw',
    verdict: 'withdrawn',
    operationId: 'withdrawException',
    summary: 'Withdraw an exception, asked for or approved',
  },
];

function claimOf(asked: Omit<ExceptionRequest, 'person'>): ExceptionClaim {
  const { kind, activityId, caseId, recorderId, from, to, reasonCode, reason, paperRecord } = asked;
  return {
    kind,
    activityId: activityId ?? null,
    caseId: caseId ?? null,
    recorderId: recorderId ?? null,
    from: instantOf(from),
    to: instantOf(to),
    reasonCode: reasonCode ?? null,
    reason,
    paperRecord: paperRecord ?? null,
  };
}

/** In the one form in which instants are kept. */
function instantOf(text: string | undefined): string | null {
  return text === undefined ? null : new Date(text).toISOString();
}
