import { Check, Type } from '@docket/device-protocol/schema';
import { type DeadlinePosition, type DeadlineRecord, listDeadlines, readDeadlines } from '@docket/ingest';
import {
  CaseDeadlines,
  type Deadline,
  DeadlinePage,
  DeadlineQuery,
  DeadlineStatement,
  FactsId,
} from '../../contract/index.ts';
import { answers } from '../answers.ts';
import type { HttpApp } from '../app.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import type { HttpDependencies } from '../dependencies.ts';
import { asOperatorAsked } from '../operator-problem.ts';
import { personOf } from '../person.ts';
import { HttpProblem } from '../problem.ts';

const params = Type.Object({ caseId: FactsId });
const Position = Type.Tuple([Type.String(), Type.String(), Type.String(), Type.String()]);

export function deadlineRoutes(app: HttpApp, { database, caseWork }: HttpDependencies): void {
  app.get(
    '/deadlines',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'listDeadlines',
        summary: 'Deadlines of all cases that fit a filter, the first due first',
        tags: ['deadlines'],
        querystring: DeadlineQuery,
        response: answers(DeadlinePage, 'One page of deadlines'),
      },
    },
    async ({ query }) => {
      const { cursor, limit = 50, ...filter } = query;
      const after = positionOf(decodeCursor('deadlines', cursor));
      const now = new Date().toISOString();
      const { deadlines, next } = await listDeadlines(database, filter, { after, limit }, now);
      const position = next === null ? null : Buffer.from(JSON.stringify(next)).toString('base64url');
      return { deadlines: deadlines.map(answerOf), nextCursor: encodeCursor('deadlines', position) };
    },
  );

  app.get(
    '/cases/:caseId/deadlines',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'readCaseDeadlines',
        summary: 'Deadlines of one case and its activities, the first due first',
        tags: ['deadlines'],
        params,
        response: answers(CaseDeadlines, 'The deadlines'),
      },
    },
    async ({ params: { caseId } }) => {
      const found = await readDeadlines(database, caseId, new Date().toISOString());
      return { deadlines: found.map(answerOf) };
    },
  );

  app.post(
    '/cases/:caseId/deadlines/statements',
    {
      config: { scope: 'operate' },
      schema: {
        operationId: 'stateDeadline',
        summary: 'Say that something due was done, where no system tells it',
        tags: ['deadlines'],
        params,
        body: DeadlineStatement,
        response: answers(CaseDeadlines, 'The deadlines as they then stand'),
      },
    },
    async (request) => {
      const { caseId } = request.params;
      const { person, ...said } = request.body;
      const word = { ...said, caseId, person: personOf(request, person) };
      return { deadlines: (await asOperatorAsked(caseWork.deadlines.state(word))).map(answerOf) };
    },
  );
}

function positionOf(position: string | null): DeadlinePosition | null {
  if (position === null) return null;
  try {
    const value: unknown = JSON.parse(Buffer.from(position, 'base64url').toString());
    if (Check(Position, value)) return value;
  } catch {
    // Not JSON: no cursor of ours.
  }
  throw new HttpProblem('cursor-invalid');
}

function answerOf({ isProvisional: _told, ...deadline }: DeadlineRecord): Deadline {
  return deadline;
}
