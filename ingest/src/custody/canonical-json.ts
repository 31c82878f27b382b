import canonicalize from 'canonicalize';

export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

/** A lone surrogate as JSON writes it. It has no UTF-8 form, so RFC 8785 §3.2.2.2 wants it refused. */
const loneSurrogate = /(?<!\\)(?:\\\\)*\\ud[89a-f]/u;

/** The one serialisation of a JSON value that is hashed or signed: RFC 8785 (JCS). Throws where a value has none, e.g. NaN. */
export function canonicalJson(value: JsonValue): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('this value has no JSON form');
  if (loneSurrogate.test(text)) throw new TypeError('this value holds text that is not Unicode');
  return text;
}
