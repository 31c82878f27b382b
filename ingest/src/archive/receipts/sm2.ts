import { sm2 } from 'sm-crypto-v2';
import { type NoteSigner, noteKeyHash, verifierKeyText } from './note-key.ts';

/**
 * SM2 with SM3 (GB/T 32918.2-2016) as the second signature of a note. The signed bytes are the note's text under the
 * default user id `1234567812345678` of GM/T 0009; the signature is DER, so that `openssl dgst -sm3 -verify` takes it as it
 * is. C2SP gives SM2 no type of its own: it goes as 0xff and the identifier below, before the uncompressed public point.
 */
export const sm2Identifier = 'docket/sm2-with-sm3/v1';
export const sm2KeyHeader: Buffer = Buffer.concat([Uint8Array.of(0xff), Buffer.from(sm2Identifier)]);
export const sm2PointBytes = 65;
const userId = '1234567812345678';
const longestSignature = 72;

/** Checks signatures by the owner of a point. One in any but the shortest DER is none. */
export function sm2Check(point: Uint8Array): (text: Uint8Array, signature: Uint8Array) => boolean {
  return (text, signature) => {
    if (!isSignatureDer(signature)) return false;
    try {
      return sm2.doVerifySignature(text, hex(signature), hex(point), { der: true, hash: true, userId });
    } catch {
      return false;
    }
  };
}

/** An SM2 key: the secret number and the uncompressed public point. */
export interface Sm2Key {
  secret: Uint8Array;
  point: Uint8Array;
}

export function newSm2Key(): Sm2Key {
  const { privateKey, publicKey } = sm2.generateKeyPairHex();
  return { secret: Buffer.from(privateKey, 'hex'), point: Buffer.from(publicKey, 'hex') };
}

/** A key that signs by SM2, under a name. */
export function sm2Signer(name: string, { secret, point }: Sm2Key): NoteSigner {
  const key = Buffer.concat([sm2KeyHeader, point]);
  const publicKey = hex(point);
  return {
    name,
    keyHash: noteKeyHash(name, key),
    verifierKey: verifierKeyText(name, key),
    sign: (text) =>
      Buffer.from(sm2.doSignature(text, hex(secret), { der: true, hash: true, publicKey, userId }), 'hex'),
  };
}

/** SEC 1 (RFC 5915) in DER of a key on SM2's curve (1.2.156.10197.1.301), but for the secret and the point. */
const beforeSecret = Buffer.from('30770201010420', 'hex');
const beforePoint = Buffer.from('a00a06082a811ccf5501822da144034200', 'hex');
const secretBytes = 32;

/** The key as `openssl` reads it: PEM of RFC 5915. */
export function sm2KeyPem({ secret, point }: Sm2Key): string {
  const der = Buffer.concat([beforeSecret, secret, beforePoint, point]);
  const lines = der.toString('base64').match(/.{1,64}/gu) ?? [];
  return `-----BEGIN EC PRIVATE KEY-----\n${lines.join('\n')}\n-----END EC PRIVATE KEY-----\n`;
}

/** Reads what `sm2KeyPem` wrote; `null` where it is something else, or secret and point do not belong together. */
export function readSm2KeyPem(pem: string): Sm2Key | null {
  const body = /^-----BEGIN EC PRIVATE KEY-----\n([A-Za-z0-9+/=\n]+)\n-----END EC PRIVATE KEY-----\n$/u.exec(
    pem,
  )?.[1];
  const der = Buffer.from(body ?? '', 'base64');
  const secret = der.subarray(beforeSecret.length, beforeSecret.length + secretBytes);
  const point = der.subarray(beforeSecret.length + secretBytes + beforePoint.length);
  if (sm2KeyPem({ secret, point }) !== pem || point.length !== sm2PointBytes) return null;
  return sm2.getPublicKeyFromPrivateKey(hex(secret)) === hex(point) ? { secret, point } : null;
}

/** SEQUENCE of two positive INTEGERs of at most 32 bytes, each as short as can be. */
function isSignatureDer(signature: Uint8Array): boolean {
  if (signature.length > longestSignature || signature[0] !== 0x30 || signature[1] !== signature.length - 2)
    return false;
  const afterFirst = afterInteger(signature, 2);
  return afterFirst !== null && afterInteger(signature, afterFirst) === signature.length;
}

function afterInteger(der: Uint8Array, start: number): number | null {
  const length = der[start + 1] ?? 0;
  const [first = 0, second = 0] = der.subarray(start + 2);
  const end = start + 2 + length;
  const isPositive = first < 0x80;
  const isShortest = first !== 0 || (length > 1 && second >= 0x80);
  if (der[start] !== 0x02 || length < 1 || end > der.length || !isPositive || !isShortest) return null;
  return length <= (first === 0 ? secretBytes + 1 : secretBytes) ? end : null;
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
