import { parseAuthParameters, quoted } from './auth-parameters.ts';
import type { DigestAlgorithm } from './digest.ts';

/** What a server asks for before it serves (RFC 7616 §3.3, RFC 7617 §2). */
export type Challenge =
  | { scheme: 'basic'; realm: string }
  | {
      scheme: 'digest';
      realm: string;
      nonce: string;
      opaque: string | null;
      algorithm: DigestAlgorithm;
      /** `auth` is offered. Without it, the answer is that of RFC 2069. */
      hasQop: boolean;
      /** Only the nonce was too old; the password was right. */
      isStale: boolean;
    };

/** Reads all WWW-Authenticate headers of an answer. What asks for something we cannot do is left out. */
export function parseChallenges(values: readonly string[]): Challenge[] {
  return values.flatMap((value) =>
    parseAuthParameters(value).flatMap(({ scheme, parameters }): Challenge[] => {
      const realm = parameters.get('realm') ?? '';
      if (scheme === 'basic') return [{ scheme, realm }];
      const nonce = parameters.get('nonce');
      const algorithm = algorithmOf(parameters.get('algorithm'));
      const qop =
        parameters
          .get('qop')
          ?.toLowerCase()
          .split(/[\s,]+/u)
          .filter(Boolean) ?? [];
      // Protection of bodies alone (auth-int) is asked for by no recorder.
      const isPossible = qop.length === 0 || qop.includes('auth');
      if (scheme !== 'digest' || nonce === undefined || algorithm === null || !isPossible) return [];
      return [
        {
          scheme,
          realm,
          nonce,
          opaque: parameters.get('opaque') ?? null,
          algorithm,
          hasQop: qop.length > 0,
          isStale: parameters.get('stale')?.toLowerCase() === 'true',
        },
      ];
    }),
  );
}

/** As it stands in WWW-Authenticate. */
export function encodeChallenge(challenge: Challenge): string {
  if (challenge.scheme === 'basic') return `Basic realm=${quoted(challenge.realm)}, charset="UTF-8"`;
  const { realm, nonce, opaque, algorithm, hasQop, isStale } = challenge;
  return [
    `Digest realm=${quoted(realm)}`,
    `nonce=${quoted(nonce)}`,
    ...(opaque === null ? [] : [`opaque=${quoted(opaque)}`]),
    `algorithm=${algorithm}`,
    ...(hasQop ? ['qop="auth"'] : []),
    ...(isStale ? ['stale=true'] : []),
  ].join(', ');
}

/** Where none is named it is MD5 (RFC 2617 §3.2.1). */
export function algorithmOf(name: string | undefined): DigestAlgorithm | null {
  const wanted = (name ?? 'MD5').toUpperCase();
  if (wanted === 'MD5') return 'MD5';
  return wanted === 'SHA-256' ? 'SHA-256' : null;
}
