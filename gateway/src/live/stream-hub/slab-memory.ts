/** About what Node keeps of a buffer beside its bytes: what is tiny and many is to be counted with it. */
export const bufferBytes = 128;

const slabBytes = 64 * 1024;
/** Larger ones get memory of their own: a slab is never left with more than this unused. */
const mostInSlabBytes = slabBytes / 4;

/**
 * Memory for what is kept a while. What comes by a socket is a view into all that was read with it, and whoever keeps
 * twelve bytes keeps the rest alive; copies stand one behind the other, and hold what they are long.
 */
export class SlabMemory {
  #slab: Buffer = Buffer.alloc(0);
  #used = 0;

  /** The same bytes, in this memory. */
  copy(bytes: Buffer): Buffer {
    const { length } = bytes;
    if (length > mostInSlabBytes) return Buffer.from(bytes);
    if (this.#used + length > this.#slab.length) {
      this.#slab = Buffer.allocUnsafeSlow(slabBytes);
      this.#used = 0;
    }
    const copy = this.#slab.subarray(this.#used, this.#used + length);
    bytes.copy(copy);
    this.#used += length;
    return copy;
  }

  /** The same bytes: as they are, where little beside them is kept alive with them, else in this memory. */
  own(bytes: Buffer): Buffer {
    return bytes.buffer.byteLength > 2 * bytes.length ? this.copy(bytes) : bytes;
  }
}
