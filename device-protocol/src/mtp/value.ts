import type { ByteReader, ByteWriter } from './byte-cursor.ts';
import { WireError } from './wire-error.ts';

/** A value of a type that is only known once its bytes come (property values). */
export type MtpValue = number | bigint | string | readonly (number | bigint)[];

interface DataType {
  name: string;
  lengthBytes: number;
  isSigned: boolean;
}

/** Simple data types, MTP 1.1 §3.2, by their code; an array of one has 0x4000 added, a string is 0xFFFF. */
export const dataTypes: Readonly<Record<number, DataType>> = {
  1: { name: 'INT8', lengthBytes: 1, isSigned: true },
  2: { name: 'UINT8', lengthBytes: 1, isSigned: false },
  3: { name: 'INT16', lengthBytes: 2, isSigned: true },
  4: { name: 'UINT16', lengthBytes: 2, isSigned: false },
  5: { name: 'INT32', lengthBytes: 4, isSigned: true },
  6: { name: 'UINT32', lengthBytes: 4, isSigned: false },
  7: { name: 'INT64', lengthBytes: 8, isSigned: true },
  8: { name: 'UINT64', lengthBytes: 8, isSigned: false },
  9: { name: 'INT128', lengthBytes: 16, isSigned: true },
  10: { name: 'UINT128', lengthBytes: 16, isSigned: false },
};

export const typeCodes = { uint8: 2, uint16: 4, uint32: 6, uint64: 8, uint128: 10, string: 0xffff } as const;

const arrayFlag = 0x4000;
/** As many objects as Docket takes from one recorder, and more than any other array of the protocol holds. */
export const maxArrayItems = 100_000;
/** Strings count their characters, and the NUL at their end, in one byte (MTP 1.1 §3.2.3). */
export const maxStringCharacters = 254;

/** The value of a declared type. Throws WireError DATASET_TRUNCATED, ARRAY_TOO_LONG, TYPE_UNKNOWN. */
export function readValue(reader: ByteReader, typeCode: number): MtpValue {
  if (typeCode === typeCodes.string) return readString(reader);
  const type = dataTypes[typeCode & ~arrayFlag];
  if (type === undefined) throw new WireError('TYPE_UNKNOWN', `data type 0x${typeCode.toString(16)}`);
  return typeCode & arrayFlag ? readArray(reader, type) : readInteger(reader, type);
}

export function writeValue(writer: ByteWriter, typeCode: number, value: MtpValue): void {
  if (typeof value === 'string') {
    writeString(writer, value);
    return;
  }
  const type = dataTypes[typeCode & ~arrayFlag];
  if (type === undefined) throw new RangeError(`data type 0x${typeCode.toString(16)}`);
  if (Array.isArray(value)) {
    writer.integer(value.length, 4);
    for (const item of value) writer.integer(item, type.lengthBytes);
    return;
  }
  writer.integer(value as number | bigint, type.lengthBytes);
}

/**
 * Characters as UTF-16LE, counted with the NUL at their end in the first byte; an empty string is that byte, 0.
 * What stands after a NUL is left out; a missing NUL is forgiven, since recorders in the field leave it out.
 */
export function readString(reader: ByteReader): string {
  const characters = reader.unsigned(1);
  const text = Buffer.from(reader.take(characters * 2)).toString('utf16le');
  const end = text.indexOf('\0');
  return end < 0 ? text : text.slice(0, end);
}

/** Throws RangeError on text longer than 254 UTF-16 code units. */
export function writeString(writer: ByteWriter, text: string): void {
  if (text.length > maxStringCharacters) throw new RangeError(`a string of ${text.length} characters`);
  if (text === '') {
    writer.integer(0, 1);
    return;
  }
  writer.integer(text.length + 1, 1);
  writer.put(Buffer.from(`${text}\0`, 'utf16le'));
}

/** Throws WireError ARRAY_TOO_LONG before anything is reserved for it. */
export function readCount(reader: ByteReader, itemBytes: number, maxItems = maxArrayItems): number {
  const count = reader.unsigned(4);
  if (count > maxItems) throw new WireError('ARRAY_TOO_LONG', `an array of ${count} items`);
  if (count * itemBytes > reader.remainingBytes) {
    throw new WireError('DATASET_TRUNCATED', `an array of ${count} items in ${reader.remainingBytes} bytes`);
  }
  return count;
}

function readArray(reader: ByteReader, type: DataType): (number | bigint)[] {
  const count = readCount(reader, type.lengthBytes);
  return Array.from({ length: count }, () => readInteger(reader, type));
}

function readInteger(reader: ByteReader, { lengthBytes, isSigned }: DataType): number | bigint {
  if (lengthBytes === 1 || lengthBytes === 2 || lengthBytes === 4) {
    return isSigned ? reader.signed(lengthBytes) : reader.unsigned(lengthBytes);
  }
  const low = reader.unsigned64();
  const whole = lengthBytes === 8 ? low : low | (reader.unsigned64() << 64n);
  return isSigned ? BigInt.asIntN(lengthBytes * 8, whole) : whole;
}
