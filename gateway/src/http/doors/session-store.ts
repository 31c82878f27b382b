import { createHash, randomBytes } from 'node:crypto';
import type { Scope } from '../../contract/index.ts';
import type { Caller } from './caller.ts';

export const sessionLifetimeMs = 12 * 3_600_000;
const mostSessions = 1_000;

interface OpenSession {
  name: string;
  scopes: readonly Scope[];
  expiresAtMs: number;
}

/**
 * Browser sessions, in memory: they end with the gateway. Only hashes of their ids are kept, so that no dump of the
 * process gives one away; looking a hash up in a map tells an attacker nothing he could use.
 */
export class SessionStore {
  readonly #sessions = new Map<string, OpenSession>();
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Opens a session and gives its id, the only time it is seen. The oldest gives way when there are too many. */
  open(holder: { name: string; scopes: readonly Scope[] }): string {
    const id = randomBytes(32).toString('base64url');
    const { name, scopes } = holder;
    this.#sessions.set(hashOf(id), { name, scopes, expiresAtMs: this.#now() + sessionLifetimeMs });
    for (const key of this.#sessions.keys()) {
      if (this.#sessions.size <= mostSessions) break;
      this.#sessions.delete(key);
    }
    return id;
  }

  /** Who holds the session; `null` once it has ended. */
  find(id: string): Caller | null {
    const key = hashOf(id);
    const session = this.#live(key);
    if (session === null) return null;
    return { name: session.name, scopes: session.scopes, isWelcome: () => this.#live(key) !== null };
  }

  close(id: string): void {
    this.#sessions.delete(hashOf(id));
  }

  #live(key: string): OpenSession | null {
    const session = this.#sessions.get(key);
    if (session === undefined) return null;
    if (session.expiresAtMs > this.#now()) return session;
    this.#sessions.delete(key);
    return null;
  }
}

function hashOf(id: string): string {
  return createHash('sha256').update(id).digest('base64url');
}
