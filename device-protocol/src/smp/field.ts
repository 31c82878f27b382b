import { type TSchema, Type } from 'typebox';

/** Every field carries `description`, and `cbor` for how it is written; the protocol document prints both. */

const maxSafeInteger = Number.MAX_SAFE_INTEGER;

/** Text of at most `maxLength` characters. */
export function text(maxLength: number, description: string) {
  return Type.String({ maxLength, description, cbor: `tstr, ≤ ${maxLength}` });
}

/** One of a few words. */
export function word<const Word extends string>(words: readonly [Word, ...Word[]], description: string) {
  return Type.Unsafe<Word>(Type.Enum([...words], { description, cbor: `tstr: ${words.join(' · ')}` }));
}

/** A whole number from 0 to `maximum`. */
export function unsigned(description: string, maximum: number = maxSafeInteger) {
  const limit = maximum === maxSafeInteger ? 'uint' : `uint, ≤ ${maximum}`;
  return Type.Integer({ minimum: 0, maximum, description, cbor: limit });
}

/** Yes or no. */
export function flag(description: string) {
  return Type.Boolean({ description, cbor: 'bool' });
}

/** A byte string of `minBytes` to `maxBytes` bytes. */
export function byteString(minBytes: number, maxBytes: number, description: string) {
  const size = minBytes === maxBytes ? `${maxBytes} bytes` : `${minBytes}-${maxBytes} bytes`;
  return Type.Refine(
    Type.Unsafe<Uint8Array>({ description, cbor: `bstr, ${size}` }),
    (value) => value instanceof Uint8Array && value.length >= minBytes && value.length <= maxBytes,
    () => `must be a byte string of ${size}`,
  );
}

/** A list of at most `maxItems`. */
export function list<Item extends TSchema>(item: Item, maxItems: number, description: string) {
  return Type.Array(item, { maxItems, description, cbor: `list, ≤ ${maxItems}` });
}

/** A map from free names to `value`. */
export function table<Value extends TSchema>(value: Value, description: string) {
  return Type.Record(Type.String({ maxLength: 64 }), value, { description, cbor: 'map' });
}
