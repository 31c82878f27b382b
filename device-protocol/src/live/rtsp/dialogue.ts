import { parseChallenges } from './challenge.ts';
import type { ClientAuthorization } from './client-authorization.ts';
import type { ClientConnection, HeaderLines } from './client-connection.ts';
import { LiveError, Redirection } from './live-error.ts';
import type { RtspResponse } from './message.ts';

const redirects: ReadonlySet<number> = new Set([301, 302, 303, 305]);

/** Asks a server, and answers where it wants to know who asks. */
export class Dialogue {
  readonly connection: ClientConnection;
  readonly #authorization: ClientAuthorization | null;
  #hasMetStale = false;

  constructor(connection: ClientConnection, authorization: ClientAuthorization | null) {
    this.connection = connection;
    this.#authorization = authorization;
  }

  /** The answer, whatever its status. Throws LiveError `refused-credentials`, Redirection, or what ended the connection. */
  async ask(method: string, url: string, lines: HeaderLines = []): Promise<RtspResponse> {
    let authorization = this.#authorization?.header(method, url) ?? null;
    let response = await this.#send(method, url, lines, authorization);
    for (let refused = 0; response.status === 401; refused += 1) {
      this.#answerChallenge(response, { isFirst: refused === 0, wasAuthorized: authorization !== null });
      authorization = this.#authorization?.header(method, url) ?? null;
      response = await this.#send(method, url, lines, authorization);
    }
    const location = response.headers.get('Location');
    if (redirects.has(response.status) && location !== null)
      throw new Redirection(location, response.status === 305);
    return response;
  }

  /** The answer, which says yes. Throws LiveError by its status otherwise, and all that `ask` throws. */
  async must(method: string, url: string, lines: HeaderLines = []): Promise<RtspResponse> {
    const response = await this.ask(method, url, lines);
    if (response.status >= 200 && response.status < 300) return response;
    throw refusal(method, response.status);
  }

  /**
   * A request without authorisation, or with that of an old nonce, is worth another; after that only where the server says
   * that the nonce was old, once. More would lock accounts.
   */
  #answerChallenge(response: RtspResponse, last: { isFirst: boolean; wasAuthorized: boolean }): void {
    if (this.#authorization === null)
      throw new LiveError('refused-credentials', 'the recorder asks for a user name and password');
    const challenges = parseChallenges(response.headers.all('WWW-Authenticate'));
    const isStale = challenges.some((challenge) => challenge.scheme === 'digest' && challenge.isStale);
    const before = this.#authorization.nonce;
    const isTaken = this.#authorization.take(challenges);
    const isNew = !last.wasAuthorized || this.#authorization.nonce !== before;
    if (!isTaken || !isNew || !(last.isFirst || (isStale && !this.#hasMetStale)))
      throw new LiveError('refused-credentials', 'the recorder refuses the user name or password');
    this.#hasMetStale = !last.isFirst;
  }

  #send(
    method: string,
    url: string,
    lines: HeaderLines,
    authorization: string | null,
  ): Promise<RtspResponse> {
    const authorized = authorization === null ? lines : [...lines, ['Authorization', authorization] as const];
    return this.connection.request(method, url, authorized);
  }
}

/** What an answer that says no means. */
export function refusal(method: string, status: number): LiveError {
  const message = `the recorder answered ${method} with ${status}`;
  if (status === 403) return new LiveError('refused-credentials', message);
  if (status === 404 || status === 410) return new LiveError('not-found', message);
  return new LiveError('refused', message);
}
