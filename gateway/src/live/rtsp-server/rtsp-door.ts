import { setTimeout as wait } from 'node:timers/promises';
import { type CredentialHashes, type RtspRequest, ServerAuthentication } from '@docket/device-protocol/live';
import type { AttemptLimiter } from '../../http/doors/attempt-limiter.ts';
import type { Answer } from './answer.ts';

export const rtspRealm = 'docket';

/** A recorder that may push, by the hashes of its credentials. */
export interface Pusher extends CredentialHashes {
  recorderId: string;
}

/** Who may watch. */
export interface Viewer extends CredentialHashes {
  name: string;
}

/** Who a connection is from, once it has said so. */
export type Principal = { role: 'viewer'; name: string } | { role: 'recorder'; recorderId: string };

export interface RtspDoorOptions {
  viewers: readonly Viewer[];
  findPusher(userName: string): Pusher | null;
  /** Shared by all connections: it counts what one address tries with one name. */
  attempts: AttemptLimiter;
  remoteAddress: string;
  wrongCredentialsMs: number;
  onWrong(role: Principal['role']): void;
}

const nonceLifeMs = 300_000;
const mostWrong = 5;
const mostNameCharacters = 64;

/**
 * The way in of one connection. Who has shown its credentials need not do so again on the same connection: the session
 * lives and ends with it.
 */
export class RtspDoor {
  readonly #options: RtspDoorOptions;
  readonly #authentication = new ServerAuthentication({
    realm: rtspRealm,
    // ffmpeg answers the last challenge it is given, and knows MD5 alone.
    algorithms: ['SHA-256', 'MD5'],
    isBasicAllowed: true,
    nonceLifeMs,
  });
  #principal: Principal | null = null;
  #wrong = 0;

  constructor(options: RtspDoorOptions) {
    this.#options = options;
  }

  get principal(): Principal | null {
    return this.#principal;
  }

  /** Admits the request to what a role may do: the principal, or the answer that asks for credentials. */
  async admit<Role extends Principal['role']>(
    request: RtspRequest,
    role: Role,
    signal: AbortSignal,
  ): Promise<Extract<Principal, { role: Role }> | Answer> {
    if (this.#principal === null || this.#principal.role !== role) {
      const answer = await this.#authenticate(request, role, signal);
      if (answer !== null) return answer;
    }
    return this.#principal as Extract<Principal, { role: Role }>;
  }

  async #authenticate(
    request: RtspRequest,
    role: Principal['role'],
    signal: AbortSignal,
  ): Promise<Answer | null> {
    const { attempts, remoteAddress, wrongCredentialsMs, onWrong } = this.#options;
    let key = remoteAddress;
    let found: Principal | null = null;
    const { verdict } = this.#authentication.check(
      { method: request.method, url: request.url, authorization: request.headers.get('Authorization') },
      (userName) => {
        key = `${remoteAddress} ${userName.slice(0, mostNameCharacters)}`;
        if (attempts.isBlocked(key)) return null;
        const known = this.#find(userName, role);
        found = known?.principal ?? null;
        return known?.hashes ?? null;
      },
    );
    if (verdict === 'known') {
      attempts.succeed(key);
      this.#principal = found;
      return null;
    }
    if (verdict === 'wrong') {
      attempts.fail(key);
      onWrong(role);
      this.#wrong += 1;
      await wait(wrongCredentialsMs, undefined, { signal }).catch(() => {});
    }
    const isStale = verdict === 'stale' || verdict === 'replayed';
    const headers = this.#authentication
      .challenges(isStale)
      .map((challenge): [string, string] => ['WWW-Authenticate', challenge]);
    return { status: 401, headers, isLast: this.#wrong >= mostWrong };
  }

  #find(
    userName: string,
    role: Principal['role'],
  ): { principal: Principal; hashes: CredentialHashes } | null {
    if (role === 'recorder') {
      const pusher = this.#options.findPusher(userName);
      return pusher && { principal: { role, recorderId: pusher.recorderId }, hashes: pusher };
    }
    const viewer = this.#options.viewers.find(({ name }) => name === userName);
    return viewer === undefined ? null : { principal: { role, name: viewer.name }, hashes: viewer };
  }
}
