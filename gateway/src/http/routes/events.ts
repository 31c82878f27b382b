import type { FastifyReply, FastifyRequest } from 'fastify';
import { GatewayEvent } from '../../contract/index.ts';
import { byteAnswers } from '../answers.ts';
import type { HttpApp } from '../app.ts';
import type { HttpDependencies } from '../dependencies.ts';
import { EventQueue } from '../events/event-queue.ts';
import { HttpProblem } from '../problem.ts';

const mostStreams = 64;

/** Server-sent events. Streams end when the gateway stops, the session ends, or the client does not keep up. */
export function eventRoutes(app: HttpApp, { events }: HttpDependencies): void {
  const queues = new Set<EventQueue>();
  app.addHook('preClose', async () => {
    for (const queue of queues) queue.end();
  });

  async function stream(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    if (queues.size >= mostStreams) throw new HttpProblem('too-many-streams');
    const queue = new EventQueue();
    const cutOff = () => {
      request.log.warn({ address: request.ip }, 'an event stream was cut off: its client does not keep up');
      reply.raw.destroy();
    };
    const release = events.subscribe((event) => {
      if (!request.caller.isWelcome()) return queue.end();
      queue.push(event);
      if (queue.overflowed) cutOff();
    });
    queues.add(queue);
    reply.sse.onClose(() => {
      release();
      queues.delete(queue);
      queue.end();
    });
    reply.sse.sendHeaders();
    reply.raw.flushHeaders();
    for await (const event of queue) await reply.sse.send({ event: event.type, data: event });
  }

  app.get(
    '/events',
    {
      sse: 'manual',
      config: { scope: 'read' },
      schema: {
        operationId: 'streamEvents',
        summary: 'What changes, as it changes',
        description: `Server-sent events; \`data\` of each is: ${JSON.stringify(GatewayEvent)}`,
        tags: ['events'],
        response: byteAnswers({ 200: 'Events without end' }, 'text/event-stream'),
      },
    },
    stream,
  );
}
