/** Records of fixed length, declared once: encoding, decoding and the tables of the protocol document come from the same rows. */

import { ScsiProtocolError, type ScsiProtocolErrorCode } from './protocol-error.ts';

const numbers = {
  u8: { sizeBytes: 1, signed: false, bigEndian: false, title: 'u8' },
  u16le: { sizeBytes: 2, signed: false, bigEndian: false, title: 'u16, little-endian' },
  u16be: { sizeBytes: 2, signed: false, bigEndian: true, title: 'u16, big-endian' },
  u32le: { sizeBytes: 4, signed: false, bigEndian: false, title: 'u32, little-endian' },
  u32be: { sizeBytes: 4, signed: false, bigEndian: true, title: 'u32, big-endian' },
  i32le: { sizeBytes: 4, signed: true, bigEndian: false, title: 'i32, little-endian' },
} as const;

type NumberKind = keyof typeof numbers;

export interface NumberField {
  kind: NumberKind;
  doc: string;
}

export interface BytesField {
  kind: 'bytes';
  sizeBytes: number;
  doc: string;
}

type Fields = Readonly<Record<string, NumberField | BytesField>>;
export type ValuesOf<F extends Fields> = {
  [Name in keyof F]: F[Name] extends BytesField ? Uint8Array : number;
};

export interface RecordCodec<F extends Fields> {
  readonly title: string;
  readonly fields: F;
  readonly sizeBytes: number;
  /** Bytes shorter than their field are filled up with zeros; longer ones are the caller's mistake. */
  encode(values: ValuesOf<F>): Uint8Array;
  /** Throws ScsiProtocolError where the length is not that of the record. */
  decode(bytes: Uint8Array): ValuesOf<F>;
}

export function number<Kind extends NumberKind>(kind: Kind, doc: string): NumberField {
  return { kind, doc };
}

export function bytes(sizeBytes: number, doc: string): BytesField {
  return { kind: 'bytes', sizeBytes, doc };
}

export function record<const F extends Fields>(
  title: string,
  fields: F,
  wrongLength: ScsiProtocolErrorCode = 'DATA_LENGTH',
): RecordCodec<F> {
  const rows = placed(fields);
  const sizeBytes = rows.reduce((sum, row) => sum + row.sizeBytes, 0);
  return {
    title,
    fields,
    sizeBytes,
    encode: (values) => {
      const into = Buffer.alloc(sizeBytes);
      for (const row of rows) writeField(into, row, values[row.name as keyof F] as number | Uint8Array);
      return Uint8Array.from(into);
    },
    decode: (from) => {
      if (from.length !== sizeBytes) {
        throw new ScsiProtocolError(wrongLength, `${title} of ${from.length} bytes instead of ${sizeBytes}`);
      }
      const entries = rows.map((row) => [row.name, readField(from, row)]);
      return Object.fromEntries(entries) as ValuesOf<F>;
    },
  };
}

export interface PlacedField {
  name: string;
  offset: number;
  sizeBytes: number;
  field: NumberField | BytesField;
}

/** The fields with their places. */
export function placed(fields: Fields): PlacedField[] {
  let offset = 0;
  return Object.entries(fields).map(([name, field]) => {
    const row = { name, field, offset, sizeBytes: sizeOf(field) };
    offset += row.sizeBytes;
    return row;
  });
}

export function titleOf(field: NumberField | BytesField): string {
  return field.kind === 'bytes' ? `${field.sizeBytes} bytes` : numbers[field.kind].title;
}

function sizeOf(field: NumberField | BytesField): number {
  return field.kind === 'bytes' ? field.sizeBytes : numbers[field.kind].sizeBytes;
}

function writeField(
  into: Buffer,
  { name, field, offset, sizeBytes }: PlacedField,
  value: number | Uint8Array,
): void {
  if (field.kind === 'bytes') {
    const given = value as Uint8Array;
    if (given.length > sizeBytes) throw new RangeError(`${name} holds at most ${sizeBytes} bytes`);
    into.set(given, offset);
    return;
  }
  const { signed, bigEndian } = numbers[field.kind];
  const given = value as number;
  if (signed) into.writeInt32LE(given, offset);
  else if (bigEndian) into.writeUIntBE(given, offset, sizeBytes);
  else into.writeUIntLE(given, offset, sizeBytes);
}

function readField(from: Uint8Array, { field, offset, sizeBytes }: PlacedField): number | Uint8Array {
  if (field.kind === 'bytes') return Uint8Array.from(from.subarray(offset, offset + sizeBytes));
  const buffer = Buffer.from(from.buffer, from.byteOffset, from.byteLength);
  const { signed, bigEndian } = numbers[field.kind];
  if (signed) return buffer.readInt32LE(offset);
  return bigEndian ? buffer.readUIntBE(offset, sizeBytes) : buffer.readUIntLE(offset, sizeBytes);
}
