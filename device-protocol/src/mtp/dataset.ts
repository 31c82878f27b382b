import { ByteReader, ByteWriter } from './byte-cursor.ts';
import type { Field, ValueOf } from './field.ts';

// biome-ignore lint/suspicious/noExplicitAny: a field of any value; each dataset narrows its own
export type Fields = Readonly<Record<string, Field<any>>>;

export type BodyOf<Declared> = Declared extends Dataset<infer Own> ? Body<Own> : never;
type Body<Own extends Fields> = { -readonly [Key in keyof Own]: ValueOf<Own[Key]> };

/** A dataset, declared once: type, codec, simulator and document come from its fields. */
export interface Dataset<Own extends Fields = Fields> {
  readonly name: string;
  /** Where the standard has it. */
  readonly source: string;
  readonly fields: Own;
  /** Bytes after the last field are left out of account: vendors add some. Throws WireError. */
  decode(bytes: Uint8Array): Body<Own>;
  /** Throws RangeError where a value does not fit its field. */
  encode(body: Body<Own>): Uint8Array;
}

/** Declares a dataset: fields in the order of their bytes, nothing between them. */
export function dataset<const Own extends Fields>(name: string, source: string, fields: Own): Dataset<Own> {
  return {
    name,
    source,
    fields,
    decode(bytes) {
      const reader = new ByteReader(bytes);
      const body: Record<string, unknown> = {};
      for (const [key, field] of Object.entries(fields)) body[key] = field.read(reader, body);
      return body as Body<Own>;
    },
    encode(body) {
      const writer = new ByteWriter();
      for (const [key, field] of Object.entries(fields)) field.write(writer, body[key], body);
      return writer.bytes();
    },
  };
}
