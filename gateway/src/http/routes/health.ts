import { Type } from '@docket/device-protocol/schema';
import { Health } from '../../contract/index.ts';
import { answers } from '../answers.ts';
import type { HttpApp } from '../app.ts';
import type { HttpDependencies } from '../dependencies.ts';

export function healthRoutes(app: HttpApp, { health }: HttpDependencies): void {
  app.get(
    '/health',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'readHealth',
        summary: 'How the gateway and its parts are',
        tags: ['health'],
        response: answers(Health, 'The state of everything'),
      },
    },
    () => health(),
  );
}

const probeAnswer = Type.Object({ state: Type.String() });

/** For a supervisor or load balancer: one word, and a status that says the same. */
export function probeRoute(app: HttpApp, { health }: HttpDependencies): void {
  app.get(
    '/health',
    { config: { scope: 'public' }, schema: { hide: true, response: { 200: probeAnswer, 503: probeAnswer } } },
    async (_request, reply) => {
      const { state } = await health();
      return reply
        .code(state === 'failed' ? 503 : 200)
        .header('cache-control', 'no-store')
        .send({ state });
    },
  );
}
