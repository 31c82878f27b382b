import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Config, isLoopbackName, type TokenEntry } from '../../config/index.ts';
import type { Scope } from '../../contract/index.ts';
import type { HttpApp } from '../app.ts';
import { HttpProblem } from '../problem.ts';
import { AttemptLimiter } from './attempt-limiter.ts';
import { type Caller, localOperator, stranger } from './caller.ts';
import { isCrossSite, isPageVisit } from './cross-site.ts';
import { isTrustedHost } from './host-name.ts';
import { SessionStore } from './session-store.ts';
import { bearerToken, TokenBook } from './token-book.ts';

/** What a route asks of its caller. `public`: nothing; `page`: nothing, and links from other sites may lead here. */
export type RouteScope = Scope | 'public' | 'page';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Of several, any one is enough. */
    scope?: RouteScope | readonly Scope[];
  }
  interface FastifyRequest {
    caller: Caller;
  }
}

export const sessionCookie = 'docket_session';

/** The one way in. Every request passes here before its route, and nowhere else is anything permitted. */
export class Door {
  readonly #http: Config['http'];
  readonly #tokens: TokenBook;
  readonly #sessions: SessionStore;
  readonly #attempts: AttemptLimiter;

  constructor(http: Config['http'], now: () => number = Date.now) {
    this.#http = http;
    this.#tokens = new TokenBook(http.tokens);
    this.#sessions = new SessionStore(now);
    this.#attempts = new AttemptLimiter(now);
  }

  /** Guards `app`: refuses routes that do not say what they ask, and requests that do not bring it. */
  guard(app: HttpApp): void {
    app.addHook('onRoute', (route) => {
      if (route.config?.scope === undefined) {
        throw new Error(`route ${String(route.method)} ${route.url} does not declare its scope`);
      }
    });
    app.decorateRequest('caller');
    app.addHook('onRequest', async (request, reply) => this.#admit(request, reply));
  }

  async #admit(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { trustedHosts } = this.#http;
    // Paths without a route have no scope; they are answered 404, after the same checks.
    const scope = request.routeOptions.config.scope ?? 'public';
    if (this.#tokens.isEmpty && !isTrustedHost(request.headers.host, trustedHosts)) {
      throw new HttpProblem('host-not-trusted');
    }
    if (isCrossSite(request.headers, trustedHosts)) {
      if (scope !== 'page' || !isPageVisit(request.method, request.headers))
        throw new HttpProblem('cross-site');
    }
    request.caller = this.#identify(request);
    if (scope === 'public' || scope === 'page') return;
    const enough = [scope].flat();
    if (enough.some((one) => request.caller.scopes.includes(one))) return;
    if (request.caller.name !== null)
      throw new HttpProblem('scope-missing', `the scope ${enough.join(' or ')} is needed`);
    reply.header('www-authenticate', 'Bearer realm="docket"');
    throw new HttpProblem('not-authenticated');
  }

  #identify(request: FastifyRequest): Caller {
    if (this.#tokens.isEmpty) {
      return isLoopbackName(request.socket.remoteAddress ?? '') ? localOperator : stranger;
    }
    const token = bearerToken(request.headers.authorization);
    if (token !== null) return { ...this.#holderOf(token, request), isWelcome: () => true };
    const id = request.cookies[sessionCookie];
    return (id === undefined ? null : this.#sessions.find(id)) ?? stranger;
  }

  #holderOf(token: string, request: FastifyRequest): TokenEntry {
    if (this.#attempts.isBlocked(request.ip)) throw new HttpProblem('too-many-attempts');
    const entry = this.#tokens.find(token);
    if (entry === null) {
      this.#attempts.fail(request.ip);
      request.log.warn({ address: request.ip }, 'a token was refused');
      throw new HttpProblem('token-invalid');
    }
    this.#attempts.succeed(request.ip);
    return entry;
  }

  /** Trades a token for a browser session; without tokens there is nothing to trade. */
  openSession(request: FastifyRequest, token: string): { caller: Caller; id: string | null } {
    if (this.#tokens.isEmpty) return { caller: request.caller, id: null };
    const holder = this.#holderOf(token, request);
    this.closeSession(request);
    request.log.info({ name: holder.name }, 'session opened');
    return { caller: { ...holder, isWelcome: () => true }, id: this.#sessions.open(holder) };
  }

  closeSession(request: FastifyRequest): void {
    const id = request.cookies[sessionCookie];
    if (id !== undefined) this.#sessions.close(id);
  }
}
