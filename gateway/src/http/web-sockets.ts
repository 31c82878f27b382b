import { fastifyWebsocket } from '@fastify/websocket';
import type { HttpApp } from './app.ts';
import { HttpProblem } from './problem.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Set on routes that take WebSockets. */
    isWebSocket?: boolean;
  }
}

/** Viewers ask for the time and nothing else. */
const mostMessageBytes = 1_024;

/** Lets routes take WebSockets, through the same door as every request. */
export async function addWebSockets(app: HttpApp): Promise<void> {
  await app.register(fastifyWebsocket, {
    options: { maxPayload: mostMessageBytes, perMessageDeflate: false },
    errorHandler: (error, socket, request) => {
      request.log.debug({ err: error, address: request.ip }, 'a WebSocket broke');
      socket.terminate();
    },
    // Routes end theirs in good order; what is left then is cut off, so that nothing waits for a client.
    preClose: async () => {
      for (const client of app.websocketServer.clients) client.terminate();
    },
  });
  app.addHook('onRequest', async ({ ws, routeOptions }) => {
    if (ws && routeOptions.config.isWebSocket !== true) throw new HttpProblem('not-found');
  });
}
