import { randomBytes } from 'node:crypto';
import { quoted } from './auth-parameters.ts';
import type { Challenge } from './challenge.ts';
import { digestResponse, hashCredentials, hashFor } from './digest.ts';

/** What a recorder asks its clients for. */
export interface LiveCredentials {
  userName: string;
  password: string;
}

/**
 * Answers the challenges of one recorder: SHA-256 before MD5 before Basic, and never a weaker way than before, so that
 * nobody on the wire can talk us down to sending the password itself.
 */
export class ClientAuthorization {
  readonly #credentials: LiveCredentials;
  #challenge: Challenge | null = null;
  #nonceCount = 0;

  constructor(credentials: LiveCredentials) {
    this.#credentials = credentials;
  }

  /** The nonce that requests are answered with now, or `null`. */
  get nonce(): string | null {
    return this.#challenge?.scheme === 'digest' ? this.#challenge.nonce : null;
  }

  /** Takes the challenges of an answer; false where none of them can be answered. */
  take(challenges: readonly Challenge[]): boolean {
    const [best] = challenges.toSorted((one, other) => strength(other) - strength(one));
    if (best === undefined || (this.#challenge !== null && strength(best) < strength(this.#challenge)))
      return false;
    if (best.scheme !== 'digest' || best.nonce !== this.nonce) this.#nonceCount = 0;
    this.#challenge = best;
    return true;
  }

  /** The Authorization header of one request, or `null` before the first challenge. Each counts the nonce on. */
  header(method: string, uri: string): string | null {
    const challenge = this.#challenge;
    if (challenge === null) return null;
    const { userName, password } = this.#credentials;
    if (challenge.scheme === 'basic')
      return `Basic ${Buffer.from(`${userName}:${password}`).toString('base64')}`;

    this.#nonceCount += 1;
    const { algorithm, realm, nonce, opaque, hasQop } = challenge;
    const nonceCount = this.#nonceCount.toString(16).padStart(8, '0');
    const clientNonce = randomBytes(16).toString('hex');
    const protection = hasQop ? { qop: 'auth' as const, nonceCount, clientNonce } : null;
    const ha1 = hashFor(hashCredentials(userName, realm, password), algorithm);
    const response = digestResponse({ algorithm, ha1, nonce, protection, method, uri });
    return [
      `Digest username=${quoted(userName)}`,
      `realm=${quoted(realm)}`,
      `nonce=${quoted(nonce)}`,
      `uri=${quoted(uri)}`,
      `response=${quoted(response)}`,
      // Old recorders know no algorithm by name; the one without a name is MD5.
      ...(algorithm === 'MD5' && !hasQop ? [] : [`algorithm=${algorithm}`]),
      ...(opaque === null ? [] : [`opaque=${quoted(opaque)}`]),
      ...(protection === null ? [] : [`qop=auth, nc=${nonceCount}, cnonce=${quoted(clientNonce)}`]),
    ].join(', ');
  }
}

function strength(challenge: Challenge): number {
  if (challenge.scheme === 'basic') return 0;
  return (challenge.algorithm === 'MD5' ? 1 : 3) + (challenge.hasQop ? 1 : 0);
}
