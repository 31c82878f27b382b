import { Type } from '@docket/device-protocol/schema';
import { DisclosureKey, DisclosureOutboxPage, DisclosureQuery } from '../../contract/index.ts';
import { answers, emptyAnswers } from '../answers.ts';
import type { HttpApp } from '../app.ts';
import { decodeNumberCursor, encodeCursor } from '../cursor.ts';
import type { HttpDependencies } from '../dependencies.ts';
import { asOperatorAsked } from '../operator-problem.ts';

/** What the public is told, how it fared, and the key it is signed with. */
export function disclosureRoutes(app: HttpApp, { caseWork, disclosureKey }: HttpDependencies): void {
  const { outbox } = caseWork.disclosure;

  app.get(
    '/disclosure/outbox',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'listDisclosure',
        summary: 'What the public is told, newest first, with how each word fared',
        tags: ['disclosure'],
        querystring: DisclosureQuery,
        response: answers(DisclosureOutboxPage, 'One page of the outbox'),
      },
    },
    async ({ query: { state, cursor, limit = 50 } }) => {
      const before = decodeNumberCursor('disclosure', cursor);
      const { events, next } = await outbox.list(state === undefined ? {} : { state }, { before, limit });
      return { events, counts: await outbox.counts(), nextCursor: encodeCursor('disclosure', next) };
    },
  );

  app.post(
    '/disclosure/outbox/:eventId/retry',
    {
      config: { scope: 'operate' },
      schema: {
        operationId: 'retryDisclosure',
        summary: 'Send a dead letter again',
        tags: ['disclosure'],
        params: Type.Object({ eventId: Type.String({ pattern: '^[0-9a-f]{64}$' }) }),
        response: emptyAnswers('It waits to be sent'),
      },
    },
    async ({ params: { eventId } }, reply) => {
      await asOperatorAsked(outbox.retry(eventId));
      return reply.code(204).send(null);
    },
  );

  app.get(
    '/disclosure/key',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'readDisclosureKey',
        summary: 'The public key that what is disclosed is signed with',
        tags: ['disclosure'],
        response: answers(DisclosureKey, 'The key'),
      },
    },
    async () => disclosureKey,
  );
}
