import { type TSchema, Type } from '../schema.ts';

/**
 * Every field carries `description`, and `cbor` for how it is written; the protocol document prints both. `cddl` says the
 * same for the CDDL file, where the size of a text counts its bytes: at most three a character.
 */

const maxSafeInteger = Number.MAX_SAFE_INTEGER;

/** Text of at most `maxLength` characters. */
export function text(maxLength: number, description: string) {
  const cddl = `tstr .size (0..${maxLength * 3})`;
  return Type.String({ maxLength, description, cbor: `tstr, ≤ ${maxLength}`, cddl });
}

/** One of a few words. */
export function word<const Word extends string>(words: readonly [Word, ...Word[]], description: string) {
  const cddl = words.map((one) => `"${one}"`).join(' / ');
  return Type.Unsafe<Word>(Type.Enum([...words], { description, cbor: `tstr: ${words.join(' · ')}`, cddl }));
}

/** A whole number from 0 to `maximum`. */
export function unsigned(description: string, maximum: number = maxSafeInteger) {
  const limit = maximum === maxSafeInteger ? 'uint' : `uint, ≤ ${maximum}`;
  return Type.Integer({ minimum: 0, maximum, description, cbor: limit, cddl: `0..${maximum}` });
}

/** Yes or no. */
export function flag(description: string) {
  return Type.Boolean({ description, cbor: 'bool', cddl: 'bool' });
}

/** A byte string of `minBytes` to `maxBytes` bytes. */
export function byteString(minBytes: number, maxBytes: number, description: string) {
  const size = minBytes === maxBytes ? `${maxBytes} bytes` : `${minBytes}-${maxBytes} bytes`;
  const cddl = `bstr .size ${minBytes === maxBytes ? maxBytes : `(${minBytes}..${maxBytes})`}`;
  return Type.Refine(
    Type.Unsafe<Uint8Array>({ description, cbor: `bstr, ${size}`, cddl }),
    (value) => value instanceof Uint8Array && value.length >= minBytes && value.length <= maxBytes,
    () => `must be a byte string of ${size}`,
  );
}

/** A list of at most `maxItems`; `itemName` is what an item is called in the CDDL file. */
export function list<Item extends TSchema>(
  item: Item,
  maxItems: number,
  itemName: string,
  description: string,
) {
  const cddl = `[0*${maxItems} ${itemName}]`;
  return Type.Array(item, { maxItems, description, cbor: `list, ≤ ${maxItems}`, cddl });
}

/** A map from free names to `value`. */
export function table<Value extends TSchema>(value: Value, description: string) {
  return Type.Record(Type.String({ maxLength: 64 }), value, { description, cbor: 'map' });
}
