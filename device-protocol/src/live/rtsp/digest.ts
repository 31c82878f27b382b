import { createHash, timingSafeEqual } from 'node:crypto';

/** Hash functions of Digest, the stronger first (RFC 7616 §3.2, RFC 2617 §3.2.1). */
export const digestAlgorithms = ['SHA-256', 'MD5'] as const;
export type DigestAlgorithm = (typeof digestAlgorithms)[number];

/** What a server keeps of a password: it serves for one realm, and cannot be turned back. Lower-case hex. */
export interface CredentialHashes {
  /** MD5 of `user:realm:password`. */
  ha1: string;
  /** The same by SHA-256. */
  ha1Sha256: string;
}

/** For Digest and Basic in one realm (RFC 7616 §3.4.2). */
export function hashCredentials(userName: string, realm: string, password: string): CredentialHashes {
  const text = `${userName}:${realm}:${password}`;
  return { ha1: hash('MD5', text), ha1Sha256: hash('SHA-256', text) };
}

export function hashFor(hashes: CredentialHashes, algorithm: DigestAlgorithm): string {
  return algorithm === 'MD5' ? hashes.ha1 : hashes.ha1Sha256;
}

export interface DigestParts {
  algorithm: DigestAlgorithm;
  /** Hash of user, realm and password. */
  ha1: string;
  nonce: string;
  /** `null`: the way of RFC 2069, without quality of protection. */
  protection: { qop: 'auth'; nonceCount: string; clientNonce: string } | null;
  method: string;
  uri: string;
}

/** The `response` of a Digest authorisation (RFC 7616 §3.4.1; RFC 2617 §3.2.2.1 without qop). */
export function digestResponse({ algorithm, ha1, nonce, protection, method, uri }: DigestParts): string {
  const ha2 = hash(algorithm, `${method}:${uri}`);
  const middle =
    protection === null ? [nonce] : [nonce, protection.nonceCount, protection.clientNonce, protection.qop];
  return hash(algorithm, [ha1, ...middle, ha2].join(':'));
}

/** Whether two hexadecimal hashes are the same, in a time that tells nothing of where they differ. */
export function isSameHash(one: string, other: string): boolean {
  const [left, right] = [one, other].map((text) => createHash('sha256').update(text.toLowerCase()).digest());
  return left !== undefined && right !== undefined && timingSafeEqual(left, right);
}

function hash(algorithm: DigestAlgorithm, text: string): string {
  return createHash(algorithm === 'MD5' ? 'md5' : 'sha256')
    .update(text)
    .digest('hex');
}
