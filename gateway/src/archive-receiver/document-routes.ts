import type { FastifyInstance } from 'fastify';
import { dockOf } from './dock-door.ts';
import type { Documents } from './documents.ts';
import { ReceiverProblem } from './receiver-problem.ts';

const longestDocumentBytes = 4 * 1024 * 1024;
const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Records, receipts, index records and custody heads, each under its key. */
export async function documentRoutes(
  app: FastifyInstance,
  { documents }: { documents: Documents },
): Promise<void> {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    '*',
    { parseAs: 'buffer', bodyLimit: longestDocumentBytes },
    (_request, body, done) => done(null, body),
  );

  app.put<{ Params: { '*': string } }>('/v1/documents/*', async (request) => {
    const sha256 = await documents.put(dockOf(request), request.params['*'], textOf(request.body));
    return { sha256 };
  });

  app.get<{ Params: { '*': string } }>('/v1/documents/*', async (request, reply) => {
    const key = request.params['*'];
    const body = await documents.read(dockOf(request), key);
    if (body === null) throw new ReceiverProblem('not-found');
    return reply
      .type(key.endsWith('.json') ? 'application/json' : 'text/plain; charset=utf-8')
      .send(Buffer.from(body));
  });
}

function textOf(body: unknown): string {
  if (!Buffer.isBuffer(body) || body.length === 0)
    throw new ReceiverProblem('request-invalid', 'the body is empty');
  try {
    return strictUtf8.decode(body);
  } catch {
    throw new ReceiverProblem('request-invalid', 'the body is no UTF-8');
  }
}
