/** Bytes waiting to be fetched, kept so that packet borders fall where a real endpoint puts them (USB 2.0 §5.8.3). */

/** How a fetch went: `more` where it still wants bytes, `full` or `short` where it is over, `overflow` where a packet was too large for what was left of it. */
export type FetchOutcome = 'more' | 'full' | 'short' | 'overflow';

/** One transfer towards the host, being filled. */
export interface Fetch {
  into: Uint8Array;
  filledBytes: number;
}

interface Segment {
  bytes: Uint8Array;
  /** The bytes end a transfer: with a short packet, or an empty one. */
  isEnd: boolean;
}

export class PacketQueue {
  readonly #maxPacketBytes: number;
  /** Each but the last ends a transfer or is whole packets long. */
  #segments: Segment[] = [];
  #bytes = 0;

  constructor(maxPacketBytes: number) {
    this.#maxPacketBytes = maxPacketBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  push(bytes: Uint8Array, isEnd: boolean): void {
    this.#bytes += bytes.length;
    const last = this.#segments.at(-1);
    if (last === undefined || last.isEnd) {
      this.#segments.push({ bytes: Uint8Array.from(bytes), isEnd });
      return;
    }
    const tailBytes = last.bytes.length % this.#maxPacketBytes;
    const tail = last.bytes.subarray(last.bytes.length - tailBytes);
    last.bytes = last.bytes.subarray(0, last.bytes.length - tailBytes);
    if (last.bytes.length === 0) this.#segments.pop();
    this.#segments.push({ bytes: Buffer.concat([tail, bytes]), isEnd });
  }

  clear(): void {
    this.#segments = [];
    this.#bytes = 0;
  }

  /** Moves packets into a fetch until it is over or nothing is left. */
  fill(fetch: Fetch): FetchOutcome {
    for (;;) {
      const space = fetch.into.length - fetch.filledBytes;
      if (space === 0 && fetch.filledBytes > 0) return 'full';
      const segment = this.#segments[0];
      if (segment === undefined) return 'more';
      if (segment.bytes.length >= this.#maxPacketBytes) {
        if (space < this.#maxPacketBytes) {
          this.#take(segment, this.#maxPacketBytes);
          return 'overflow';
        }
        const whole = Math.min(segment.bytes.length, space);
        this.#move(segment, whole - (whole % this.#maxPacketBytes), fetch);
      } else if (segment.isEnd) {
        this.#segments.shift();
        if (segment.bytes.length > space) {
          this.#bytes -= segment.bytes.length;
          return 'overflow';
        }
        this.#move(segment, segment.bytes.length, fetch);
        return 'short';
      } else if (segment.bytes.length === 0) {
        this.#segments.shift();
      } else {
        return 'more';
      }
    }
  }

  #take(segment: Segment, lengthBytes: number): Uint8Array {
    const taken = segment.bytes.subarray(0, lengthBytes);
    segment.bytes = segment.bytes.subarray(lengthBytes);
    this.#bytes -= lengthBytes;
    return taken;
  }

  #move(segment: Segment, lengthBytes: number, fetch: Fetch): void {
    fetch.into.set(this.#take(segment, lengthBytes), fetch.filledBytes);
    fetch.filledBytes += lengthBytes;
  }
}
