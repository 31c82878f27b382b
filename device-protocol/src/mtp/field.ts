import type { ByteReader, ByteWriter } from './byte-cursor.ts';
import {
  dataTypes,
  type MtpValue,
  maxArrayItems,
  readCount,
  readString,
  readValue,
  writeString,
  writeValue,
} from './value.ts';
import { WireError } from './wire-error.ts';

/** What was read before a field: some have a type that an earlier field names. */
type Earlier = Readonly<Record<string, unknown>>;

/** One field of a dataset: how it is written, and what it means. The protocol document prints both. */
export interface Field<Value> {
  wire: string;
  doc: string;
  read(reader: ByteReader, earlier: Earlier): Value;
  write(writer: ByteWriter, value: Value, earlier: Earlier): void;
}

export type ValueOf<Declared> = Declared extends Field<infer Value> ? Value : never;

function unsigned(lengthBytes: 1 | 2 | 4): (doc: string) => Field<number> {
  return (doc) => ({
    wire: `UINT${lengthBytes * 8}`,
    doc,
    read: (reader) => reader.unsigned(lengthBytes),
    write: (writer, value) => writer.integer(value, lengthBytes),
  });
}

export const u8 = unsigned(1);
export const u16 = unsigned(2);
export const u32 = unsigned(4);

export function u64(doc: string): Field<bigint> {
  return {
    wire: 'UINT64',
    doc,
    read: (reader) => reader.unsigned64(),
    write: (writer, value) => writer.integer(value, 8),
  };
}

export function text(doc: string): Field<string> {
  return { wire: 'String', doc, read: readString, write: writeString };
}

/** An array of 2- or 4-byte codes with a 4-byte count before it. */
export function array(itemBytes: 2 | 4, doc: string): Field<number[]> {
  return {
    wire: `AUINT${itemBytes * 8}`,
    doc,
    read(reader) {
      const count = readCount(reader, itemBytes);
      return Array.from({ length: count }, () => reader.unsigned(itemBytes));
    },
    write(writer, items) {
      writer.integer(items.length, 4);
      for (const item of items) writer.integer(item, itemBytes);
    },
  };
}

/** A value whose type the field `dataType` names. */
export function typed(doc: string): Field<MtpValue> {
  return {
    wire: 'as DataType says',
    doc,
    read: (reader, earlier) => readValue(reader, Number(earlier.dataType)),
    write: (writer, value, earlier) => writeValue(writer, Number(earlier.dataType), value),
  };
}

/** Which values a property takes. Forms that only MTP has are kept as their code. */
export type Form =
  | { kind: 'none' }
  | { kind: 'range'; minimum: MtpValue; maximum: MtpValue; step: MtpValue }
  | { kind: 'enumeration'; values: readonly MtpValue[] }
  | { kind: 'other'; flag: number };

/** FormFlag and the form itself, MTP 1.1 §5.1.2.1. */
export function form(doc: string): Field<Form> {
  return {
    wire: 'UINT8, then the form',
    doc,
    read(reader, earlier) {
      const flag = reader.unsigned(1);
      const value = (): MtpValue => readValue(reader, Number(earlier.dataType));
      if (flag === 0) return { kind: 'none' };
      if (flag === 1) return { kind: 'range', minimum: value(), maximum: value(), step: value() };
      if (flag === 2) {
        const count = reader.unsigned(2);
        return { kind: 'enumeration', values: Array.from({ length: count }, value) };
      }
      return { kind: 'other', flag };
    },
    write(writer, value, earlier) {
      const put = (one: MtpValue): void => writeValue(writer, Number(earlier.dataType), one);
      writer.integer(flagOf(value), 1);
      if (value.kind === 'range') for (const one of [value.minimum, value.maximum, value.step]) put(one);
      if (value.kind === 'enumeration') {
        writer.integer(value.values.length, 2);
        for (const one of value.values) put(one);
      }
    },
  };
}

function flagOf(form: Form): number {
  switch (form.kind) {
    case 'none':
      return 0;
    case 'range':
      return 1;
    case 'enumeration':
      return 2;
    case 'other':
      return form.flag;
  }
}

/** One row of a property list: a value of one object. */
export interface PropertyRow {
  handle: number;
  property: number;
  dataType: number;
  value: MtpValue;
}

/** Handle, property code, data type and a one-byte value: no row is shorter. */
const shortestRowBytes = 9;
/** Six properties of every object. */
const maxRows = maxArrayItems * 6;

/** ObjectPropList, MTP 1.1 §E.2.1.1. */
export function propertyRows(doc: string): Field<PropertyRow[]> {
  return {
    wire: 'UINT32 count; each: UINT32 handle, UINT16 property, UINT16 data type, value',
    doc,
    read(reader) {
      const count = readCount(reader, shortestRowBytes, maxRows);
      return Array.from({ length: count }, () => {
        const handle = reader.unsigned(4);
        const property = reader.unsigned(2);
        const dataType = reader.unsigned(2);
        return { handle, property, dataType, value: readValue(reader, dataType) };
      });
    },
    write(writer, rows) {
      writer.integer(rows.length, 4);
      for (const { handle, property, dataType, value } of rows) {
        writer.integer(handle, 4);
        writer.integer(property, 2);
        writer.integer(dataType, 2);
        writeValue(writer, dataType, value);
      }
    },
  };
}

/** A data type code that the standard names. Throws WireError TYPE_UNKNOWN. */
export function dataTypeCode(doc: string): Field<number> {
  return {
    ...u16(doc),
    read(reader) {
      const code = reader.unsigned(2);
      if (code !== 0xffff && dataTypes[code & ~0x4000] === undefined) {
        throw new WireError('TYPE_UNKNOWN', `data type 0x${code.toString(16)}`);
      }
      return code;
    },
  };
}
