import { NoteError } from './note-error.ts';
import { isKeyName, type NoteSigner, type NoteVerifier } from './note-key.ts';

/** One signature line: who claims to have signed, and the signature. */
export interface NoteSignature {
  name: string;
  keyHash: string;
  signature: Uint8Array;
}

/** A note as it reads, with nothing checked yet. */
export interface SignedNote {
  /** What is signed, with its last line end. */
  text: string;
  signatures: NoteSignature[];
}

export interface OpenedNote {
  text: string;
  /** The trusted keys that signed it, at least one. */
  signedBy: NoteVerifier[];
}

/** Notes come from strangers: longer ones are not looked at. */
export const longestNote = 16_384;
const mostSignatures = 16;
const linePrefix = '\u2014 ';
const keyHashBytes = 4;

/** Signs a text with each key, in order (C2SP signed-note, "Format"). Throws NoteError `malformed` where a note cannot carry the text. */
export function signNote(text: string, signers: readonly NoteSigner[]): string {
  assertNoteText(text);
  const bytes = Buffer.from(text);
  const lines = signers.map(({ name, keyHash, sign }) => {
    const signature = Buffer.concat([Buffer.from(keyHash, 'hex'), sign(bytes)]);
    return `${linePrefix}${name} ${signature.toString('base64')}\n`;
  });
  return `${text}\n${lines.join('')}`;
}

/** Reads a note, strictly: every line is what it should be, or the whole is refused. Throws NoteError `malformed`. */
export function readNote(note: string): SignedNote {
  if (note.length > longestNote) throw malformed('it is too long');
  const split = note.lastIndexOf('\n\n');
  if (split < 0 || !note.endsWith('\n')) throw malformed('it has no signatures');
  const text = note.slice(0, split + 1);
  assertNoteText(text);
  const lines = note.slice(split + 2, -1).split('\n');
  if (lines.length > mostSignatures) throw malformed('it has too many signatures');
  return { text, signatures: lines.map(readSignature) };
}

/**
 * Reads a note and checks every line by a trusted key; lines of unknown keys are passed over, as C2SP signed-note wants.
 * Throws NoteError: `malformed`, `signature-invalid` where a line under a trusted key's name and hash is not by it, and
 * `not-signed` where there is none.
 */
export function openNote(note: string, trusted: readonly NoteVerifier[]): OpenedNote {
  const { text, signatures } = readNote(note);
  const bytes = Buffer.from(text);
  const signedBy: NoteVerifier[] = [];
  for (const { name, keyHash, signature } of signatures) {
    const claimed = trusted.filter((key) => key.name === name && key.keyHash === keyHash);
    if (claimed.length === 0 || signedBy.some((key) => claimed.includes(key))) continue;
    const signer = claimed.find((key) => key.verify(bytes, signature));
    if (signer === undefined)
      throw new NoteError('signature-invalid', `the signature of ${name}+${keyHash} does not hold`);
    signedBy.push(signer);
  }
  if (signedBy.length === 0) throw new NoteError('not-signed', 'no trusted key signed this note');
  return { text, signedBy };
}

function readSignature(line: string): NoteSignature {
  const [name, base64, ...more] = line.slice(linePrefix.length).split(' ');
  if (!line.startsWith(linePrefix) || name === undefined || base64 === undefined || more.length > 0) {
    throw malformed('a line after the text is no signature');
  }
  const bytes = Buffer.from(base64, 'base64');
  if (!isKeyName(name) || bytes.toString('base64') !== base64 || bytes.length <= keyHashBytes) {
    throw malformed('a signature is not of the form it should have');
  }
  return {
    name,
    keyHash: bytes.subarray(0, keyHashBytes).toString('hex'),
    signature: bytes.subarray(keyHashBytes),
  };
}

function assertNoteText(text: string): void {
  if (!text.endsWith('\n')) throw malformed('its text does not end with a line end');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is refused
  if (/[\u0000-\u0009\u000b-\u001f\p{Surrogate}]/u.test(text))
    throw malformed('its text holds what does not print');
}

function malformed(why: string): NoteError {
  return new NoteError('malformed', `this is no signed note: ${why}`);
}
