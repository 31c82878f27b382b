import { type DecodeOptions, decode, encode, type Token, Tokenizer } from 'cborg';
import { ProtocolError } from './protocol-error.ts';

/** Deepest nesting of any message (list response: map, list, map) with one level to spare. */
const maxDepth = 4;

const options: DecodeOptions = {
  strict: true,
  // Firmware built on zcbor sends maps and lists of indefinite length by default.
  allowIndefinite: true,
  allowUndefined: false,
  allowInfinity: false,
  allowNaN: false,
  // Integers past 2^53 would lose digits; none of our fields needs them.
  allowBigInt: false,
  rejectDuplicateMapKeys: true,
  retainStringBytes: true,
};

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Refuses, token by token, what no message has: deep nesting, floats, tags, and text that is not UTF-8. */
class BoundedTokenizer extends Tokenizer {
  /** Items still to come in each open list or map; infinite until a break. */
  readonly #open: number[] = [];

  override next(): Token {
    const token = super.next();
    switch (token.type.name) {
      case 'float':
      case 'tag':
        throw new ProtocolError('BODY_CBOR', `a ${token.type.name} has no place in a body`);
      case 'string':
        if (token.byteValue !== undefined) utf8.decode(token.byteValue);
        this.#completeItem();
        break;
      case 'array':
        this.#enter(Number(token.value));
        break;
      case 'map':
        this.#enter(Number(token.value) * 2);
        break;
      case 'break':
        this.#open.pop();
        this.#completeItem();
        break;
      default:
        this.#completeItem();
    }
    return token;
  }

  #enter(items: number): void {
    if (this.#open.length === maxDepth) {
      throw new ProtocolError('BODY_DEPTH', `body nests deeper than ${maxDepth} levels`);
    }
    this.#open.push(items);
    if (items === 0) this.#leaveFinished();
  }

  #completeItem(): void {
    const last = this.#open.length - 1;
    if (last < 0) return;
    this.#open[last] = (this.#open[last] ?? 0) - 1;
    this.#leaveFinished();
  }

  #leaveFinished(): void {
    if (this.#open.at(-1) !== 0) return;
    this.#open.pop();
    this.#completeItem();
  }
}

/** One CBOR body as plain values. Throws ProtocolError BODY_CBOR, BODY_DEPTH; nothing else, whatever the bytes. */
export function decodeBody(bytes: Uint8Array): unknown {
  if (bytes.length === 0) return {};
  try {
    return decode(bytes, { ...options, tokenizer: new BoundedTokenizer(bytes, options) });
  } catch (cause) {
    if (cause instanceof ProtocolError) throw cause;
    throw new ProtocolError('BODY_CBOR', cause instanceof Error ? cause.message : String(cause), cause);
  }
}

/** A body as CBOR of definite length, keys in the order of RFC 8949 §4.2.3. */
export function encodeBody(value: object): Uint8Array {
  return encode(value);
}
