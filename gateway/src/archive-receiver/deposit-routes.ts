import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { IndexDatabase } from '@docket/ingest';
import type { FastifyInstance } from 'fastify';
import { claimFault, type DepositClaim, depositClaim } from './deposit-claim.ts';
import type { Deposits } from './deposits.ts';
import { dockOf } from './dock-door.ts';
import { ReceiverProblem } from './receiver-problem.ts';
import type { StoredContents } from './stored-contents.ts';

/** Whoever claims a long clip is told to ask again rather than kept on a silent line. */
const patienceMs = 5000;

/** Claims, their receipts, and the clips themselves. */
export async function depositRoutes(
  app: FastifyInstance,
  { deposits, contents, database }: { deposits: Deposits; contents: StoredContents; database: IndexDatabase },
): Promise<void> {
  app.post<{ Body: DepositClaim }>(
    '/v1/deposits',
    { schema: { body: depositClaim } },
    async (request, reply) => {
      const dock = dockOf(request);
      const fault = claimFault(request.body);
      if (fault !== null) throw new ReceiverProblem('request-invalid', fault);
      const waiting = new AbortController();
      try {
        const note = await Promise.race([
          deposits.claim(dock, request.body).finally(() => deposits.told(dock, request.body)),
          delay(patienceMs, null, { signal: waiting.signal, ref: false }),
        ]);
        if (note === null) return await reply.code(202).header('retry-after', '1').send({ state: 'reading' });
        return await reply.type('text/plain; charset=utf-8').send(note);
      } finally {
        waiting.abort();
      }
    },
  );

  app.delete<{ Params: { clip: string } }>('/v1/deposits/:clip', async (request) => ({
    outcome: await deposits.remove(dockOf(request).name, request.params.clip),
  }));

  app.get<{ Params: { '*': string } }>('/v1/objects/*', async (request, reply) => {
    const [object] = await database.read(
      `SELECT key, sha256 FROM object WHERE key = ? AND is_leaving = 0
         AND EXISTS (SELECT 1 FROM deposit WHERE deposit.key = object.key AND deposit.dock = ?)`,
      [request.params['*'], dockOf(request).name],
    );
    if (object === undefined) throw new ReceiverProblem('not-found');
    const path = contents.fileOf(String(object.key));
    const { size } = await stat(path);
    const digest = Buffer.from(String(object.sha256), 'hex').toString('base64');
    return reply
      .type('application/octet-stream')
      .header('content-length', size)
      .header('repr-digest', `sha-256=:${digest}:`)
      .send(createReadStream(path));
  });
}
