import { ed25519Check, ed25519KeyBytes, ed25519KeyHeader } from './ed25519.ts';
import { NoteError } from './note-error.ts';
import { isKeyName, type NoteVerifier, noteKeyHash } from './note-key.ts';
import { sm2Check, sm2KeyHeader, sm2PointBytes } from './sm2.ts';

const longestVerifierKey = 400;

/** Reads a verifier key of Ed25519, or of SM2 in Docket's form. Throws NoteError `malformed`. */
export function readVerifierKey(text: string): NoteVerifier {
  const malformed = (why: string) => new NoteError('malformed', `this is no verifier key: ${why}`);
  if (text.length > longestVerifierKey) throw malformed('it is too long');
  const [, name, keyHash, base64] = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})$/u.exec(text) ?? [];
  if (name === undefined || keyHash === undefined || base64 === undefined || !isKeyName(name)) {
    throw malformed('it is not of the form name+hash+key');
  }
  const key = Buffer.from(base64, 'base64');
  if (key.toString('base64') !== base64) throw malformed('its key is not in Base64');
  if (noteKeyHash(name, key) !== keyHash) throw malformed('its hash is another key’s');
  const said = { name, keyHash, verifierKey: text };
  const ed25519 = afterHeader(key, ed25519KeyHeader, ed25519KeyBytes);
  if (ed25519 !== null) return { ...said, algorithm: 'ed25519', verify: ed25519Check(ed25519) };
  const point = afterHeader(key, sm2KeyHeader, sm2PointBytes);
  if (point !== null) return { ...said, algorithm: 'sm2', verify: sm2Check(point) };
  throw malformed('it is of a kind that is not known here');
}

function afterHeader(key: Buffer, header: Buffer, sizeBytes: number): Buffer | null {
  const rest = key.subarray(header.length);
  return key.subarray(0, header.length).equals(header) && rest.length === sizeBytes ? rest : null;
}
