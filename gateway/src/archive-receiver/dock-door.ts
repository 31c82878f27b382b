import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AttemptLimiter } from '../http/doors/attempt-limiter.ts';
import { ReceiverProblem } from './receiver-problem.ts';
import type { DockSettings } from './receiver-settings.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The dock whose token came with the request; `null` on the few routes that need none. */
    dock: DockSettings | null;
  }
}

/** Paths that anybody may ask: nothing on them tells of a clip. */
const openPaths = new Set(['/v1/health', '/v1/log/checkpoint']);

/** Lets in whoever carries a dock's token. Only hashes are compared, each in constant time. */
export function guardDoor(app: FastifyInstance, docks: readonly DockSettings[]): void {
  const hashes = docks.map((dock) => ({ dock, hash: Buffer.from(dock.tokenSha256, 'hex') }));
  const limiter = new AttemptLimiter();
  app.decorateRequest('dock', null);
  app.addHook('onRequest', async (request) => {
    if (openPaths.has(request.url.split('?')[0] ?? '')) return;
    const { authorization } = request.headers;
    if (authorization === undefined) throw new ReceiverProblem('not-authenticated');
    if (limiter.isBlocked(request.ip)) throw new ReceiverProblem('too-many-attempts');
    const token = /^Bearer ([\x21-\x7e]{1,512})$/u.exec(authorization)?.[1] ?? '';
    const given = createHash('sha256').update(token, 'utf8').digest();
    let found: DockSettings | null = null;
    for (const { dock, hash } of hashes) if (timingSafeEqual(hash, given)) found = dock;
    if (found === null) {
      limiter.fail(request.ip);
      throw new ReceiverProblem('token-invalid');
    }
    limiter.succeed(request.ip);
    request.dock = found;
  });
}

/** The dock that asks. */
export function dockOf(request: FastifyRequest): DockSettings {
  if (request.dock === null) throw new ReceiverProblem('not-authenticated');
  return request.dock;
}
