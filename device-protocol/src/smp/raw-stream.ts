import { headerBytes, packetBytesOf } from './header.ts';

/**
 * Cuts a stream of bare packets, one after the other, by the length in each header. There is no mark by which it could
 * find its step again: throws ProtocolError HEADER_RESERVED at the first header that is none. Holds at most one packet
 * (64 KiB), whatever arrives.
 */
export class RawStream {
  readonly #header = new Uint8Array(headerBytes);
  #packet: Uint8Array | null = null;
  /** Bytes of the header, or of the packet once its length is known. */
  #filled = 0;

  /** Takes the next bytes and yields the packets they complete, in order. */
  *push(chunk: Uint8Array): Generator<Uint8Array> {
    let rest = chunk;
    while (rest.length > 0) {
      rest = this.#take(rest);
      if (this.#packet === null && this.#filled === headerBytes) {
        this.#packet = new Uint8Array(packetBytesOf(this.#header));
        this.#packet.set(this.#header);
      }
      if (this.#packet !== null && this.#filled === this.#packet.length) {
        yield this.#packet;
        this.#packet = null;
        this.#filled = 0;
      }
    }
  }

  /** Copies what belongs to the part under way; returns what follows it. */
  #take(bytes: Uint8Array): Uint8Array {
    const part = this.#packet ?? this.#header;
    const length = Math.min(bytes.length, part.length - this.#filled);
    part.set(bytes.subarray(0, length), this.#filled);
    this.#filled += length;
    return bytes.subarray(length);
  }
}
