import { randomBytes } from 'node:crypto';
import { type AuthParameters, parseAuthParameters } from './auth-parameters.ts';
import { algorithmOf, encodeChallenge } from './challenge.ts';
import {
  type CredentialHashes,
  type DigestAlgorithm,
  digestResponse,
  hashCredentials,
  hashFor,
  isSameHash,
} from './digest.ts';

export interface ServerAuthenticationOptions {
  realm: string;
  /** Offered in this order. */
  algorithms: readonly DigestAlgorithm[];
  /** Takes the password itself over the wire. */
  isBasicAllowed: boolean;
  /** A nonce is good for so long after it was given out. */
  nonceLifeMs: number;
  /** Monotonic milliseconds. */
  now?: () => number;
}

/** Who asks, or why that cannot be told. `stale`: the nonce is not, or no longer, one of this connection. */
export type AuthenticationVerdict =
  | { verdict: 'known'; userName: string }
  | { verdict: 'unasked' | 'malformed' | 'wrong' | 'stale' | 'replayed' };

interface Nonce {
  text: string;
  givenAtMs: number;
  /** The highest count that was used with it. */
  count: number;
}

const mostNonces = 4;

/**
 * Asks for and checks the credentials of the requests of one connection (RFC 7616, RFC 2617, RFC 7617). Its nonces are
 * good on that connection only, so what was overheard elsewhere opens nothing here and there is no list to fill up.
 */
export class ServerAuthentication {
  readonly #options: ServerAuthenticationOptions;
  readonly #now: () => number;
  readonly #nonces: Nonce[] = [];
  /** For users nobody knows: they take as long as others. */
  readonly #nobody: CredentialHashes;

  constructor(options: ServerAuthenticationOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.#nobody = hashCredentials('', options.realm, randomBytes(16).toString('hex'));
  }

  /** Values of the WWW-Authenticate headers of a 401; `isStale`: the client need not ask its user again. */
  challenges(isStale = false): string[] {
    const { realm, algorithms, isBasicAllowed } = this.#options;
    const nonce = this.#giveNonce();
    const digest = algorithms.map((algorithm) =>
      encodeChallenge({ scheme: 'digest', realm, nonce, opaque: null, algorithm, hasQop: true, isStale }),
    );
    return isBasicAllowed ? [...digest, encodeChallenge({ scheme: 'basic', realm })] : digest;
  }

  /** Checks the Authorization header of a request. `find` gives what is kept of a user, or `null`. */
  check(
    request: { method: string; url: string; authorization: string | null },
    find: (userName: string) => CredentialHashes | null,
  ): AuthenticationVerdict {
    if (request.authorization === null) return { verdict: 'unasked' };
    const [told] = parseAuthParameters(request.authorization);
    if (told?.scheme === 'basic' && this.#options.isBasicAllowed) return this.#checkBasic(told, find);
    if (told?.scheme === 'digest') return this.#checkDigest(told.parameters, request, find);
    return { verdict: 'malformed' };
  }

  #checkBasic(
    { token }: AuthParameters,
    find: (userName: string) => CredentialHashes | null,
  ): AuthenticationVerdict {
    const text = Buffer.from(token ?? '', 'base64').toString();
    const colon = text.indexOf(':');
    if (colon < 0) return { verdict: 'malformed' };
    const userName = text.slice(0, colon);
    const said = hashCredentials(userName, this.#options.realm, text.slice(colon + 1));
    const kept = find(userName);
    const isRight = isSameHash(said.ha1Sha256, (kept ?? this.#nobody).ha1Sha256);
    return kept !== null && isRight ? { verdict: 'known', userName } : { verdict: 'wrong' };
  }

  #checkDigest(
    told: AuthParameters['parameters'],
    { method, url }: { method: string; url: string },
    find: (userName: string) => CredentialHashes | null,
  ): AuthenticationVerdict {
    const algorithm = algorithmOf(told.get('algorithm'));
    const userName = told.get('username');
    const uri = told.get('uri');
    const protection = protectionOf(told);
    if (algorithm === null || !this.#options.algorithms.includes(algorithm)) return { verdict: 'malformed' };
    if (userName === undefined || uri === undefined || protection === 'malformed')
      return { verdict: 'malformed' };
    if (told.get('realm') !== this.#options.realm || !isSameResource(uri, url)) return { verdict: 'wrong' };

    const nonce = this.#nonces.find(({ text }) => text === told.get('nonce'));
    if (nonce === undefined || this.#isOld(nonce)) return { verdict: 'stale' };
    const kept = find(userName);
    const ha1 = hashFor(kept ?? this.#nobody, algorithm);
    const right = digestResponse({ algorithm, ha1, nonce: nonce.text, protection, method, uri });
    const isRight = isSameHash(told.get('response') ?? '', right);
    if (kept === null || !isRight) return { verdict: 'wrong' };
    if (protection !== null) {
      const count = Number.parseInt(protection.nonceCount, 16);
      if (count <= nonce.count) return { verdict: 'replayed' };
      nonce.count = count;
    }
    return { verdict: 'known', userName };
  }

  #giveNonce(): string {
    const text = randomBytes(24).toString('base64url');
    this.#nonces.push({ text, givenAtMs: this.#now(), count: 0 });
    if (this.#nonces.length > mostNonces) this.#nonces.shift();
    return text;
  }

  #isOld({ givenAtMs }: Nonce): boolean {
    return this.#now() - givenAtMs > this.#options.nonceLifeMs;
  }
}

/** `null`: none, the way of RFC 2069, which GStreamer still speaks. */
function protectionOf(
  told: AuthParameters['parameters'],
): { qop: 'auth'; nonceCount: string; clientNonce: string } | null | 'malformed' {
  const qop = told.get('qop');
  if (qop === undefined) return null;
  const nonceCount = told.get('nc') ?? '';
  const clientNonce = told.get('cnonce') ?? '';
  const isSound = qop.toLowerCase() === 'auth' && /^[0-9a-f]{8}$/iu.test(nonceCount) && clientNonce !== '';
  return isSound ? { qop: 'auth', nonceCount, clientNonce } : 'malformed';
}

/** Clients authorise for the request's URL, its path, or the stream that the track belongs to. */
function isSameResource(uri: string, url: string): boolean {
  const asked = pathOf(url);
  const authorised = pathOf(uri);
  return asked === authorised || asked.startsWith(authorised.endsWith('/') ? authorised : `${authorised}/`);
}

function pathOf(url: string): string {
  return url.replace(/^[a-z][a-z\d+.-]*:\/\/[^/?#]*/iu, '') || '/';
}
