import { createHash } from 'node:crypto';
import { NoteError } from './note-error.ts';

/** Checks the lines one key signs. */
export interface NoteVerifier {
  readonly name: string;
  /** First four bytes of the key's hash, as a note names it, in hex. */
  readonly keyHash: string;
  readonly algorithm: 'ed25519' | 'sm2';
  /** `name+hash+base64`, as people exchange it. */
  readonly verifierKey: string;
  verify(text: Uint8Array, signature: Uint8Array): boolean;
}

/** Makes the lines of one key. */
export interface NoteSigner {
  readonly name: string;
  readonly keyHash: string;
  readonly verifierKey: string;
  sign(text: Uint8Array): Uint8Array;
}

const longestName = 200;

/** True for a key name that a note can carry: no space, no plus sign, nothing that does not print (C2SP signed-note, "Format"). */
export function isKeyName(name: string): boolean {
  return name.length > 0 && name.length <= longestName && !/[\s\p{Cc}\p{Surrogate}+]/u.test(name);
}

/** Hash of a key: SHA-256(name ‖ 0x0A ‖ type ‖ public key)[:4] (C2SP signed-note, "Signatures"). `key` begins with its type. */
export function noteKeyHash(name: string, key: Uint8Array): string {
  return createHash('sha256').update(name).update('\n').update(key).digest('hex').slice(0, 8);
}

/** The text of a verifier key: `name+hash+base64(type ‖ public key)` (C2SP signed-note, "Verifier keys"). */
export function verifierKeyText(name: string, key: Uint8Array): string {
  if (!isKeyName(name))
    throw new NoteError('malformed', `${JSON.stringify(name)} cannot be the name of a key`);
  return `${name}+${noteKeyHash(name, key)}+${Buffer.from(key).toString('base64')}`;
}
