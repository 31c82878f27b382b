import { statfs } from 'node:fs/promises';
import type { IndexDatabase, NoteSigner } from '@docket/ingest';
import type { FastifyInstance } from 'fastify';
import { readLastHead } from './custody-heads.ts';
import { dockOf } from './dock-door.ts';
import { readChain } from './index-chain.ts';
import type { ReceiptLog } from './receipt-log.ts';
import { ReceiverProblem } from './receiver-problem.ts';
import type { ReceiverSettings } from './receiver-settings.ts';

const mostEntries = 1000;
const mostEvidence = 100;

/** What the archive says of itself, of a dock, and of its log of receipts. */
export async function standingRoutes(
  app: FastifyInstance,
  {
    settings,
    database,
    log,
    signer,
  }: { settings: ReceiverSettings; database: IndexDatabase; log: ReceiptLog; signer: NoteSigner },
): Promise<void> {
  app.get('/v1/health', async (_request, reply) => {
    const { bavail, bsize } = await statfs(settings.folder);
    await database.read('SELECT 1');
    const isFull = bavail * bsize < settings.limits.reserveBytes;
    return reply.code(isFull ? 503 : 200).send({ status: isFull ? 'full' : 'ok' });
  });

  app.get('/v1/archive', async (request) => ({
    name: settings.name,
    verifierKey: signer.verifierKey,
    dock: dockOf(request).name,
    longestUploadBytes: settings.limits.uploadBytes,
  }));

  app.get<{ Params: { dock: string } }>('/v1/docks/:dock', async (request) => {
    const { name } = dockOf(request);
    if (request.params.dock !== name) throw new ReceiverProblem('not-yours');
    const [clips] = await database.read(
      'SELECT count(DISTINCT clip_id) AS clips FROM deposit WHERE dock = ?',
      [name],
    );
    const head = await readLastHead(database, name);
    const evidence = await database.read(
      'SELECT key, reason, sha256, at FROM evidence WHERE dock = ? ORDER BY id DESC LIMIT ?',
      [name, mostEvidence],
    );
    return {
      dock: name,
      clips: Number(clips?.clips),
      index: await readChain(database, name),
      custodyHead: head === null ? null : { treeSize: head.treeSize, root: head.root },
      evidence,
    };
  });

  app.get('/v1/log/checkpoint', async (_request, reply) =>
    reply.type('text/plain; charset=utf-8').send(await log.checkpoint()),
  );

  const page = {
    type: 'object',
    properties: {
      from: { type: 'integer', minimum: 0, default: 0 },
      count: { type: 'integer', minimum: 1, maximum: mostEntries, default: mostEntries },
    },
  };
  app.get<{ Querystring: { from: number; count: number } }>(
    '/v1/log/entries',
    { schema: { querystring: page } },
    async ({ query }) => ({ from: query.from, entries: await log.entries(query.from, query.count) }),
  );
}
