/** Reading past the end of a parameter set, or a number too large for any. */
export class BitsEnd extends Error {}

/** Reads bits and Exp-Golomb numbers of a NAL unit (ITU-T H.264 §7.2, §9.1; H.265 §7.2, §9.2). */
export class BitReader {
  readonly #bytes: Buffer;
  #bit = 0;

  /** `nal` is a NAL unit with its header, emulation prevention and all; `fromByte` is where reading begins. */
  constructor(nal: Buffer, fromByte: number) {
    this.#bytes = withoutEmulationPrevention(nal.subarray(fromByte));
  }

  /** Up to 32 bits, as a number without sign. */
  bits(count: number): number {
    let value = 0;
    for (let left = count; left > 0; left -= 1) value = value * 2 + this.#next();
    return value;
  }

  flag(): boolean {
    return this.#next() === 1;
  }

  skip(count: number): void {
    this.#bit += count;
  }

  /** ue(v) */
  unsigned(): number {
    let zeros = 0;
    while (this.#next() === 0) {
      zeros += 1;
      if (zeros > 31) throw new BitsEnd('no such number');
    }
    return 2 ** zeros - 1 + this.bits(zeros);
  }

  #next(): number {
    const byte = this.#bytes[this.#bit >> 3];
    if (byte === undefined) throw new BitsEnd('the parameter set is too short');
    const bit = (byte >> (7 - (this.#bit & 7))) & 1;
    this.#bit += 1;
    return bit;
  }
}

/** Takes out the 3 of every 0 0 3. Parameter sets are short: more than this of one is not looked at. */
function withoutEmulationPrevention(bytes: Buffer): Buffer {
  const longest = 4096;
  const raw = Buffer.alloc(Math.min(bytes.length, longest));
  let length = 0;
  let zeros = 0;
  for (const byte of bytes.subarray(0, longest)) {
    if (zeros >= 2 && byte === 3) {
      zeros = 0;
      continue;
    }
    zeros = byte === 0 ? zeros + 1 : 0;
    raw[length] = byte;
    length += 1;
  }
  return raw.subarray(0, length);
}
