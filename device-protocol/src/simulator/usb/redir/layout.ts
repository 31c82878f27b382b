/** Little-endian records declared once: written and read from the same row of fields. */

type FieldType = 'u8' | 'u16' | 'u32';
type Values<Fields> = { [Name in keyof Fields]: number };

const sizes = { u8: 1, u16: 2, u32: 4 } as const;

/** Bytes that break the protocol. The connection they came over is of no more use. */
export class RedirProtocolError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'RedirProtocolError';
  }
}

export interface Layout<Fields extends Record<string, FieldType>> {
  readonly sizeBytes: number;
  encode(values: Values<Fields>): Uint8Array;
  /** Throws RedirProtocolError where bytes are missing; what follows the record is the caller's. */
  decode(bytes: Uint8Array): Values<Fields>;
}

export function layout<const Fields extends Record<string, FieldType>>(fields: Fields): Layout<Fields> {
  const names = Object.entries(fields);
  const sizeBytes = names.reduce((sum, [, type]) => sum + sizes[type], 0);
  return {
    sizeBytes,
    encode: (values) => {
      const bytes = Buffer.alloc(sizeBytes);
      let position = 0;
      for (const [name, type] of names) {
        bytes.writeUIntLE(values[name as keyof Fields], position, sizes[type]);
        position += sizes[type];
      }
      return bytes;
    },
    decode: (bytes) => {
      if (bytes.length < sizeBytes)
        throw new RedirProtocolError(`${bytes.length} bytes where ${sizeBytes} are due`);
      const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      const values: Partial<Record<keyof Fields, number>> = {};
      let position = 0;
      for (const [name, type] of names) {
        values[name as keyof Fields] = buffer.readUIntLE(position, sizes[type]);
        position += sizes[type];
      }
      return values as Values<Fields>;
    },
  };
}
