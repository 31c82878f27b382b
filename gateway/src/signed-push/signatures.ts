import { createHash, sign } from 'node:crypto';
import { httpbis } from 'http-message-signatures';
import type { SigningKey } from './signing-key.ts';

/** How long a signed request may be under way before receivers refuse it. */
const validMs = 5 * 60_000;

/** What the signature of a request covers (RFC 9421 §2). */
export const signedFields = ['@method', '@target-uri', 'content-type', 'content-digest', 'idempotency-key'];

export interface SignedRequest {
  url: string;
  body: Buffer;
  contentType: string;
  /** Names what is said, the same however often it is sent. */
  eventId: string;
  /** What the signature is for (RFC 9421 §2.3), e.g. `docket-disclosure`. */
  tag: string;
}

/**
 * The headers of a signed POST: `Content-Digest` (RFC 9530), and over it and where it goes an HTTP Message Signature
 * (RFC 9421) with Ed25519.
 */
export async function signedHeaders(
  { url, body, contentType, eventId, tag }: SignedRequest,
  key: SigningKey,
  now: Date,
): Promise<Record<string, string>> {
  const headers: Record<string, string> = {
    'Content-Type': contentType,
    'Content-Length': String(body.length),
    'Content-Digest': `sha-256=:${createHash('sha256').update(body).digest('base64')}:`,
    'Idempotency-Key': `"${eventId}"`,
  };
  const signed = await httpbis.signMessage(
    {
      key: { id: key.keyId, alg: 'ed25519', sign: async (base) => sign(null, base, key.privateKey) },
      name: 'docket',
      fields: signedFields,
      params: ['created', 'expires', 'keyid', 'alg', 'tag'],
      paramValues: { created: now, expires: new Date(now.getTime() + validMs), tag },
    },
    { method: 'POST', url, headers },
  );
  return signed.headers as Record<string, string>;
}

/**
 * A detached signature of a file: a JWS (RFC 7515) in compact form whose payload is left out (Appendix F), with EdDSA
 * (RFC 8037). To check it, put the file's base64url between the two dots.
 */
export function detachedSignature(content: Buffer, key: SigningKey): string {
  const header = Buffer.from(JSON.stringify({ alg: 'EdDSA', kid: key.keyId })).toString('base64url');
  const signature = sign(null, Buffer.from(`${header}.${content.toString('base64url')}`), key.privateKey);
  return `${header}..${signature.toString('base64url')}`;
}
