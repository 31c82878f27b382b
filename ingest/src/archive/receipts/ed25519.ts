import { createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { type NoteSigner, noteKeyHash, verifierKeyText } from './note-key.ts';

/** Ed25519 as the first signature of a note: type 0x01 and the 32 bytes of the public key (C2SP signed-note, "Signature types"). */
export const ed25519KeyHeader: Buffer = Buffer.of(0x01);
export const ed25519KeyBytes = 32;
const signatureBytes = 64;

/** Checks signatures by a public key. */
export function ed25519Check(publicKey: Uint8Array): (text: Uint8Array, signature: Uint8Array) => boolean {
  const x = Buffer.from(publicKey).toString('base64url');
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  return (text, signature) => signature.length === signatureBytes && verify(null, text, key, signature);
}

/** A key that signs by Ed25519, under a name. */
export function ed25519Signer(name: string, privateKey: KeyObject): NoteSigner {
  const { x } = createPublicKey(privateKey).export({ format: 'jwk' });
  if (privateKey.asymmetricKeyType !== 'ed25519' || x === undefined)
    throw new TypeError('this is no Ed25519 key');
  const key = Buffer.concat([ed25519KeyHeader, Buffer.from(x, 'base64url')]);
  return {
    name,
    keyHash: noteKeyHash(name, key),
    verifierKey: verifierKeyText(name, key),
    sign: (text) => sign(null, text, privateKey),
  };
}
