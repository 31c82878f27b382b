/** Reading went past the end of the bits, or met a number no standard allows. */
export class BitsError extends Error {
  override readonly name = 'BitsError';
}

/** Reads numbers of single bits, most significant first. Throws BitsError at the end, never reads past it. */
export class BitReader {
  readonly #bytes: Uint8Array;
  #position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** In bits from the beginning. */
  get position(): number {
    return this.#position;
  }

  get remainingBits(): number {
    return this.#bytes.length * 8 - this.#position;
  }

  flag(): boolean {
    return this.unsigned(1) === 1;
  }

  /** At most 32 bits. */
  unsigned(bits: number): number {
    if (bits > this.remainingBits)
      throw new BitsError(`${bits} bits are due, ${this.remainingBits} are left`);
    let value = 0;
    for (let left = bits; left > 0; ) {
      const free = 8 - (this.#position & 7);
      const taken = Math.min(free, left);
      const byte = this.#bytes[this.#position >> 3] ?? 0;
      value = value * 2 ** taken + ((byte >> (free - taken)) & ((1 << taken) - 1));
      this.#position += taken;
      left -= taken;
    }
    return value;
  }

  /** ue(v), ITU-T H.264 §9.1. */
  exponential(): number {
    let zeros = 0;
    while (!this.flag()) {
      zeros += 1;
      if (zeros > 32) throw new BitsError('a number of more than 32 bits');
    }
    return 2 ** zeros - 1 + (zeros === 0 ? 0 : this.unsigned(zeros));
  }

  /** se(v), ITU-T H.264 §9.1.1. */
  signedExponential(): number {
    const coded = this.exponential();
    return coded % 2 === 0 ? -coded / 2 : (coded + 1) / 2;
  }

  skip(bits: number): void {
    if (bits > this.remainingBits)
      throw new BitsError(`${bits} bits are due, ${this.remainingBits} are left`);
    this.#position += bits;
  }

  alignToByte(): void {
    this.skip((8 - (this.#position & 7)) & 7);
  }

  /** The next bytes: a view where they lie on a byte's border, else shifted copies. */
  bytes(count: number): Uint8Array {
    if ((this.#position & 7) === 0) {
      const start = this.#position >> 3;
      this.skip(count * 8);
      return this.#bytes.subarray(start, start + count);
    }
    if (count * 8 > this.remainingBits) throw new BitsError(`${count} bytes are due`);
    return Uint8Array.from({ length: count }, () => this.unsigned(8));
  }
}

/** The payload of a NAL unit without its emulation prevention bytes (ITU-T H.264 §7.4.1.1): 00 00 03 stands for 00 00. */
export function rawPayload(nal: Uint8Array): Uint8Array {
  const raw = new Uint8Array(nal.length);
  let length = 0;
  let zeros = 0;
  for (const byte of nal) {
    if (zeros >= 2 && byte === 3) {
      zeros = 0;
      continue;
    }
    zeros = byte === 0 ? zeros + 1 : 0;
    raw[length++] = byte;
  }
  return raw.subarray(0, length);
}
