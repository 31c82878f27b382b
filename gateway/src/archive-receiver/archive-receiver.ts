import { execFile } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { HashPool, type IndexDatabase, makeFolder, type NoteSigner } from '@docket/ingest';
import {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  fastify,
  LogController,
} from 'fastify';
import { depositRoutes } from './deposit-routes.ts';
import { Deposits } from './deposits.ts';
import { guardDoor } from './dock-door.ts';
import { documentRoutes } from './document-routes.ts';
import { Documents } from './documents.ts';
import { ReceiptLog } from './receipt-log.ts';
import { openReceiverDatabase } from './receiver-database.ts';
import { receiverSigner } from './receiver-key.ts';
import { asProblem, ReceiverProblem } from './receiver-problem.ts';
import type { ReceiverSettings } from './receiver-settings.ts';
import { standingRoutes } from './standing-routes.ts';
import { StoredContents } from './stored-contents.ts';
import { uploadRoutes } from './upload-routes.ts';
import { UploadStore } from './upload-store.ts';

const run = promisify(execFile);
/** A line on which nothing moves for so long is cut. */
const idleTimeoutMs = 120_000;
const probeSweepMs = 600_000;

/** `docket archive serve`: takes clips from docks into a folder, proves what lies there, and signs for it. */
export class ArchiveReceiver {
  readonly verifierKey: string;
  readonly #app: FastifyInstance;
  readonly #settings: ReceiverSettings;
  readonly #database: IndexDatabase;
  readonly #pool: HashPool;
  readonly #deposits: Deposits;
  readonly #log: FastifyBaseLogger;
  #sweeping: NodeJS.Timeout | null = null;

  private constructor(parts: {
    app: FastifyInstance;
    settings: ReceiverSettings;
    database: IndexDatabase;
    pool: HashPool;
    deposits: Deposits;
    signer: NoteSigner;
    log: FastifyBaseLogger;
  }) {
    this.#app = parts.app;
    this.#settings = parts.settings;
    this.#database = parts.database;
    this.#pool = parts.pool;
    this.#deposits = parts.deposits;
    this.#log = parts.log;
    this.verifierKey = parts.signer.verifierKey;
  }

  /** Opens the folder, makes good what a stop cut off, and stands ready to listen. */
  static async open(settings: ReceiverSettings, log: FastifyBaseLogger): Promise<ArchiveReceiver> {
    const { folder, name } = settings;
    await makeFolder(folder);
    const signer = await receiverSigner(folder, name);
    const database = await openReceiverDatabase(folder);
    const pool = new HashPool(availableParallelism());
    try {
      const { reserveBytes } = settings.limits;
      const uploads = await UploadStore.open({ folder, database, pool, reserveBytes });
      if (settings.isImmutable) await assertImmutable(join(folder, 'incoming'));
      const contents = new StoredContents(folder, pool, settings.isImmutable);
      const receipts = await ReceiptLog.open(database, signer);
      const deposits = new Deposits({ name, database, contents, uploads, log: receipts });
      await deposits.finishRemovals();
      const documents = new Documents(folder, database);
      const app = await createApp(settings, log);
      guardDoor(app, settings.docks);
      await app.register(uploadRoutes, { uploads, limits: settings.limits, log });
      await app.register(depositRoutes, { deposits, contents, database });
      await app.register(documentRoutes, { documents });
      await app.register(standingRoutes, { settings, database, log: receipts, signer });
      await app.ready();
      return new ArchiveReceiver({ app, settings, database, pool, deposits, signer, log });
    } catch (error) {
      await pool.stop();
      await database.close();
      throw error;
    }
  }

  /** Listens, and resolves once it does. */
  async start(): Promise<void> {
    const { address: host, port } = this.#settings.listen;
    await this.#app.listen({ host, port, listenTextResolver: (address) => `listening at ${address}` });
    this.#sweeping = setInterval(() => {
      this.#deposits
        .sweepProbes()
        .catch((error: unknown) => this.#log.error({ err: error }, 'canaries stay'));
    }, probeSweepMs);
    this.#sweeping.unref();
  }

  /** Cuts connections and closes what is open. Safe to call twice. */
  async stop(): Promise<void> {
    if (this.#sweeping !== null) clearInterval(this.#sweeping);
    await this.#app.close();
    await this.#pool.stop();
    await this.#database.close();
  }

  /** Where it listens. */
  url(): string {
    const { address, family, port } = this.#app.server.address() as AddressInfo;
    const scheme = this.#settings.tls.certificateFile === null ? 'http' : 'https';
    return `${scheme}://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
  }
}

async function createApp(settings: ReceiverSettings, log: FastifyBaseLogger): Promise<FastifyInstance> {
  const { certificateFile, keyFile } = settings.tls;
  const options = {
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: 'loopback',
    bodyLimit: 64 * 1024,
    connectionTimeout: idleTimeoutMs,
    forceCloseConnections: true as const,
    ajv: { customOptions: { removeAdditional: false as const } },
    routerOptions: { maxParamLength: 1024 },
    exposeHeadRoutes: false,
  };
  const app: FastifyInstance =
    certificateFile === null || keyFile === null
      ? fastify(options)
      : (fastify({
          ...options,
          https: { cert: await readFile(certificateFile), key: await readFile(keyFile) },
        }) as unknown as FastifyInstance);
  app.server.maxConnections = 1024;
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const problem = toProblem(error);
    if (problem.code === 'failed') request.log.error({ err: error, url: request.url }, 'request failed');
    return reply.code(problem.status).type('application/problem+json').send(problem.body);
  });
  app.setNotFoundHandler(() => {
    throw new ReceiverProblem('not-found');
  });
  app.addHook('onSend', async (_request, reply) => {
    reply.header('cache-control', 'no-store');
  });
  app.addHook('onResponse', async (request, reply) => {
    const { method, url, ip } = request;
    const line = { method, url, address: ip, status: reply.statusCode, dock: request.dock?.name ?? null };
    request.log.debug(line, 'answered');
  });
  return app;
}

function toProblem(error: FastifyError): ReceiverProblem {
  const known = asProblem(error);
  if (known instanceof ReceiverProblem) return known;
  const { statusCode = 500 } = error;
  if (statusCode === 413) return new ReceiverProblem('body-too-large');
  return statusCode < 500
    ? new ReceiverProblem('request-invalid', error.message)
    : new ReceiverProblem('failed');
}

/** Tries on a file that `chattr +i` does here what the configuration wants. */
async function assertImmutable(folder: string): Promise<void> {
  const path = join(folder, 'immutable.part');
  await writeFile(path, '');
  try {
    await run('chattr', ['+i', path]);
    await run('chattr', ['-i', path]);
  } finally {
    await rm(path, { force: true });
  }
}
