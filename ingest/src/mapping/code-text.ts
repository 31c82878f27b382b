import { createHash } from 'node:crypto';

/** What a code names. */
export interface CodeContent {
  kind: 'activity' | 'case';
  id: string;
}

const letterOf = { activity: 'A', case: 'C' } as const;
const kindOf: Record<string, CodeContent['kind'] | undefined> = { A: 'activity', C: 'case' };
/** RFC 4648 §6, without padding: letters and digits that a QR code packs tightest (ISO/IEC 18004 §7.3.4). */
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const checkBytes = 5;
const mostIdBytes = 512;
const shape = /^DOCKET:1:([AC]):([A-Z2-7]{1,820}):([A-Z2-7]{8})$/u;

/**
 * The text of a printed code: `DOCKET:1:<A|C>:<id in Base32>:<check>`. The check is the first 40 bits of SHA-256 over all
 * before it. It holds no more than the id, by which any dock that knows the case finds it.
 */
export function codeText({ kind, id }: CodeContent): string {
  const head = `DOCKET:1:${letterOf[kind]}:${toBase32(Buffer.from(id, 'utf8'))}`;
  return `${head}:${checkOf(head)}`;
}

/** Reads the text of a code; `null` where it is not one of ours, or not whole. */
export function readCodeText(text: string): CodeContent | null {
  const [, letter = '', encoded = '', check] = shape.exec(text) ?? [];
  const kind = kindOf[letter];
  if (kind === undefined || checkOf(text.slice(0, text.lastIndexOf(':'))) !== check) return null;
  const bytes = fromBase32(encoded);
  if (bytes.length === 0 || bytes.length > mostIdBytes || toBase32(bytes) !== encoded) return null;
  const id = bytes.toString('utf8');
  return Buffer.from(id, 'utf8').equals(bytes) ? { kind, id } : null;
}

function checkOf(head: string): string {
  return toBase32(createHash('sha256').update(head).digest().subarray(0, checkBytes));
}

function toBase32(bytes: Buffer): string {
  let text = '';
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    for (; bits >= 5; bits -= 5) text += alphabet[(held >> (bits - 5)) & 31];
    held &= (1 << bits) - 1;
  }
  return bits === 0 ? text : text + alphabet[(held << (5 - bits)) & 31];
}

function fromBase32(text: string): Buffer {
  const bytes: number[] = [];
  let bits = 0;
  let held = 0;
  for (const letter of text) {
    held = (held << 5) | alphabet.indexOf(letter);
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((held >> bits) & 255);
      held &= (1 << bits) - 1;
    }
  }
  return Buffer.from(bytes);
}
