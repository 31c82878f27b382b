import { WireError } from './wire-error.ts';

/** Reads little-endian numbers from a dataset. Throws WireError DATASET_TRUNCATED at its end, never reads past it. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get remainingBytes(): number {
    return this.#bytes.length - this.#position;
  }

  /** A view of the next `lengthBytes`, not a copy. */
  take(lengthBytes: number): Uint8Array {
    const start = this.#advance(lengthBytes);
    return this.#bytes.subarray(start, start + lengthBytes);
  }

  unsigned(lengthBytes: 1 | 2 | 4): number {
    const start = this.#advance(lengthBytes);
    if (lengthBytes === 1) return this.#view.getUint8(start);
    return lengthBytes === 2 ? this.#view.getUint16(start, true) : this.#view.getUint32(start, true);
  }

  signed(lengthBytes: 1 | 2 | 4): number {
    const bits = lengthBytes * 8;
    const value = this.unsigned(lengthBytes);
    return value >= 2 ** (bits - 1) ? value - 2 ** bits : value;
  }

  unsigned64(): bigint {
    return this.#view.getBigUint64(this.#advance(8), true);
  }

  #advance(lengthBytes: number): number {
    if (lengthBytes > this.remainingBytes) {
      throw new WireError(
        'DATASET_TRUNCATED',
        `${lengthBytes} bytes are due at byte ${this.#position}, ${this.remainingBytes} are left`,
      );
    }
    const start = this.#position;
    this.#position += lengthBytes;
    return start;
  }
}

/** Writes little-endian numbers one after the other. */
export class ByteWriter {
  readonly #parts: Uint8Array[] = [];

  put(bytes: Uint8Array): void {
    this.#parts.push(bytes);
  }

  /** Two's complement for negative values. Throws RangeError where the value does not fit. */
  integer(value: number | bigint, lengthBytes: number): void {
    const bits = BigInt(lengthBytes * 8);
    const whole = BigInt(value);
    if (whole >= 1n << bits || whole < -(1n << (bits - 1n))) {
      throw new RangeError(`${whole} does not fit into ${lengthBytes} bytes`);
    }
    const bytes = new Uint8Array(lengthBytes);
    let rest = BigInt.asUintN(Number(bits), whole);
    for (let index = 0; index < lengthBytes; index++) {
      bytes[index] = Number(rest & 0xffn);
      rest >>= 8n;
    }
    this.put(bytes);
  }

  bytes(): Uint8Array {
    return Buffer.concat(this.#parts);
  }
}
