import type { AddressInfo, Socket } from 'node:net';
import cookie from '@fastify/cookie';
import { fastifySSE } from '@fastify/sse';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import { type FastifyBaseLogger, fastify, LogController, type RawServerDefault } from 'fastify';
import { apiBase } from '../contract/index.ts';
import type { HttpApp } from './app.ts';
import { buildValidator } from './build-validator.ts';
import type { HttpDependencies } from './dependencies.ts';
import { Door } from './doors/door.ts';
import { answerError, HttpProblem, problemBody } from './problem.ts';
import { archiveRoutes } from './routes/archive.ts';
import { archiveDemandRoutes } from './routes/archive-demands.ts';
import { calibrationRoutes, placeRoutes } from './routes/calibration.ts';
import { caseRoutes, factsRoutes } from './routes/cases.ts';
import { clipRoutes } from './routes/clips.ts';
import { clockRoutes } from './routes/clock.ts';
import { codeRoutes } from './routes/codes.ts';
import { coverageRoutes } from './routes/coverage.ts';
import { custodyRoutes } from './routes/custody.ts';
import { dashboardRoutes } from './routes/dashboard.ts';
import { deadlineRoutes } from './routes/deadlines.ts';
import { deletionRoutes } from './routes/deletions.ts';
import { disclosureRoutes } from './routes/disclosure.ts';
import { dockingRoutes } from './routes/dockings.ts';
import { dutyListRoutes } from './routes/duty-lists.ts';
import { eventRoutes } from './routes/events.ts';
import { exceptionRoutes } from './routes/exceptions.ts';
import { firmwareRoutes } from './routes/firmware.ts';
import { healthRoutes, probeRoute } from './routes/health.ts';
import { identityRoutes } from './routes/identity.ts';
import { inboundRoutes } from './routes/inbound.ts';
import { liveRoutes } from './routes/live.ts';
import { liveMediaRoutes } from './routes/live-media.ts';
import { liveSourceRoutes } from './routes/live-sources.ts';
import { mappingRoutes } from './routes/mapping.ts';
import { mediaRoutes } from './routes/media.ts';
import { addOpenApi } from './routes/openapi.ts';
import { operationRoutes } from './routes/operations.ts';
import { receiptRoutes } from './routes/receipts.ts';
import { reconciliationRoutes } from './routes/reconciliation.ts';
import { recorderRoutes } from './routes/recorders.ts';
import { retentionRoutes } from './routes/retention.ts';
import { packetRoutes, reviewRoutes } from './routes/review.ts';
import { sessionRoutes } from './routes/session.ts';
import { slotRoutes } from './routes/slots.ts';
import { statisticsRoutes } from './routes/statistics.ts';
import { addSecurityHeaders } from './security-headers.ts';
import { addWebSockets } from './web-sockets.ts';

/** The HTTP side of the gateway, as the composition root runs it. */
export interface HttpServer {
  readonly name: 'http';
  readonly app: HttpApp;
  /** Listens, and resolves once it does; aborting the signal stops it. */
  start(signal: AbortSignal): Promise<void>;
  /** Ends event streams and cuts connections. */
  stop(): Promise<void>;
  /** Where it listens, e.g. `http://127.0.0.1:8686`. */
  url(): string;
}

/** Builds the server: doors first, then one set of routes a resource. */
export async function createHttpServer(dependencies: HttpDependencies): Promise<HttpServer> {
  const app = createApp(dependencies.log);
  const door = new Door(dependencies.http);
  await app.register(cookie);
  // Before the door: what the door refuses is cut off too.
  await addWebSockets(app);
  await addSecurityHeaders(app);
  door.guard(app);
  await app.register(fastifySSE, { heartbeatInterval: dependencies.heartbeatIntervalMs ?? 15_000 });
  await addOpenApi(app, dependencies.version);
  await app.register(
    async (api: HttpApp) => {
      api.addHook('onRequest', async (_request, reply) => {
        reply.header('cache-control', 'no-store');
      });
      for (const routes of [
        slotRoutes,
        dockingRoutes,
        recorderRoutes,
        clockRoutes,
        clipRoutes,
        mediaRoutes,
      ]) {
        routes(api, dependencies);
      }
      for (const routes of [custodyRoutes, healthRoutes, eventRoutes, identityRoutes, firmwareRoutes])
        routes(api, dependencies);
      for (const routes of [placeRoutes, calibrationRoutes]) routes(api, dependencies);
      for (const routes of [caseRoutes, factsRoutes, inboundRoutes]) routes(api, dependencies);
      statisticsRoutes(api, dependencies);
      for (const routes of [coverageRoutes, exceptionRoutes]) routes(api, dependencies);
      dutyListRoutes(api, dependencies);
      for (const routes of [reviewRoutes, packetRoutes, disclosureRoutes]) routes(api, dependencies);
      mappingRoutes(api, dependencies);
      codeRoutes(api, dependencies);
      for (const routes of [operationRoutes, liveRoutes, liveSourceRoutes]) routes(api, dependencies);
      for (const routes of [deadlineRoutes, retentionRoutes, deletionRoutes]) routes(api, dependencies);
      for (const routes of [archiveRoutes, archiveDemandRoutes, receiptRoutes]) routes(api, dependencies);
      reconciliationRoutes(api, dependencies);
      liveMediaRoutes(api, dependencies);
      sessionRoutes(api, door);
    },
    { prefix: apiBase },
  );
  probeRoute(app, dependencies);
  await dashboardRoutes(app, dependencies.dashboardDirectory);
  await app.ready();
  return lifecycle(app, dependencies);
}

function createApp(log: FastifyBaseLogger): HttpApp {
  const app: HttpApp = fastify<RawServerDefault>({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    // A proxy on this machine says for whom it asks, and whether by TLS.
    trustProxy: 'loopback',
    bodyLimit: 64 * 1024,
    requestTimeout: 30_000,
    connectionTimeout: 120_000,
    forceCloseConnections: true,
    // A key that no schema knows is told of, not dropped in silence.
    ajv: { customOptions: { removeAdditional: false } },
    schemaController: { compilersFactory: { buildValidator } },
    // An id of a case system has 128 signs at most, and a sign takes up to twelve characters in a path.
    routerOptions: { maxParamLength: 128 * 12 },
    http: { headersTimeout: 10_000, maxHeaderSize: 16 * 1024 },
    clientErrorHandler: refuseMalformed,
    frameworkErrors: (error, request, reply) => void answerError(error, request, reply),
  }).withTypeProvider<TypeBoxTypeProvider>();
  app.server.maxConnections = 512;
  app.removeContentTypeParser('text/plain');
  app.setErrorHandler(answerError);
  app.setNotFoundHandler(() => {
    throw new HttpProblem('not-found');
  });
  app.addHook('onResponse', async (request, reply) => {
    const { method, url, ip } = request;
    const line = { method, url, address: ip, status: reply.statusCode, caller: request.caller?.name ?? null };
    if (method === 'GET' || method === 'HEAD') request.log.debug(line, 'answered');
    else request.log.info(line, 'answered');
  });
  return app;
}

/** What is no HTTP gets an answer all the same, and the connection ends. */
function refuseMalformed(_error: Error, socket: Socket): void {
  if (!socket.writable) return void socket.destroy();
  const body = JSON.stringify(problemBody('request-invalid'));
  const head = `HTTP/1.1 400 Bad Request\r\nContent-Type: application/problem+json\r\nContent-Length: ${Buffer.byteLength(body)}`;
  socket.end(`${head}\r\nConnection: close\r\n\r\n${body}`);
}

function lifecycle(app: HttpApp, { http }: HttpDependencies): HttpServer {
  const url = () => {
    const { address, family, port } = app.server.address() as AddressInfo;
    return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
  };
  const stop = async () => app.close();
  return {
    name: 'http',
    app,
    url,
    stop,
    async start(signal) {
      signal.throwIfAborted();
      await app.listen({
        host: http.address,
        port: http.port,
        signal,
        listenTextResolver: (address) => `listening at ${address}`,
      });
    },
  };
}
