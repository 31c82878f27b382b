/** Audio, video, script (Adobe FLV 10.1, annex E.4.1). */
export interface FlvTag {
  type: 'audio' | 'video' | 'script';
  /** Decoding time, unwrapped: it goes on beyond 32 bits. */
  timeMs: number;
  data: Buffer;
}

/** The bytes are no FLV, or a tag is longer than any picture. */
export class FlvError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'FlvError';
  }
}

const fileHeadBytes = 13;
const tagHeadBytes = 11;
const trailerBytes = 4;
const mostTagBytes = 8 * 1024 * 1024 + 64;
const types = new Map<number, FlvTag['type']>([
  [8, 'audio'],
  [9, 'video'],
  [18, 'script'],
]);

/** Takes tags out of a stream of FLV, whatever pieces it comes in; holds one tag at most. */
export class FlvReader {
  readonly #onTag: (tag: FlvTag) => void;
  #part: 'file-head' | 'tag-head' | 'tag' = 'file-head';
  #into = Buffer.alloc(fileHeadBytes);
  #filledBytes = 0;
  #tag: Omit<FlvTag, 'data'> | null = null;
  #timeMs: number | null = null;

  constructor(onTag: (tag: FlvTag) => void) {
    this.#onTag = onTag;
  }

  /** Throws FlvError, after which nothing more may be pushed. */
  push(chunk: Buffer): void {
    for (let position = 0; position < chunk.length; ) {
      const taken = chunk.copy(this.#into, this.#filledBytes, position);
      this.#filledBytes += taken;
      position += taken;
      if (this.#filledBytes === this.#into.length) this.#finishPart(this.#into);
    }
  }

  #finishPart(part: Buffer): void {
    switch (this.#part) {
      case 'file-head':
        if (part.toString('latin1', 0, 3) !== 'FLV') throw new FlvError('it does not begin as FLV');
        this.#await('tag-head', tagHeadBytes);
        break;
      case 'tag-head': {
        const sizeBytes = part.readUIntBE(1, 3);
        if (sizeBytes > mostTagBytes) throw new FlvError(`a tag of ${sizeBytes} bytes`);
        const type = types.get(part.readUInt8(0) & 0x1f);
        this.#tag = type === undefined ? null : { type, timeMs: this.#time(part) };
        this.#await('tag', sizeBytes + trailerBytes);
        break;
      }
      case 'tag': {
        const data = part.subarray(0, -trailerBytes);
        if (part.readUInt32BE(data.length) !== tagHeadBytes + data.length) {
          throw new FlvError('a tag does not end where it says');
        }
        if (this.#tag !== null) this.#onTag({ ...this.#tag, data });
        this.#await('tag-head', tagHeadBytes);
        break;
      }
    }
  }

  /** 24 bits, and 8 higher ones behind them; by the shortest way from the tag before. */
  #time(head: Buffer): number {
    const written = head.readUInt8(7) * 2 ** 24 + head.readUIntBE(4, 3);
    this.#timeMs = this.#timeMs === null ? written : this.#timeMs + ((written - this.#timeMs) | 0);
    return this.#timeMs;
  }

  #await(part: 'tag-head' | 'tag', sizeBytes: number): void {
    this.#part = part;
    this.#into = Buffer.allocUnsafeSlow(sizeBytes);
    this.#filledBytes = 0;
  }
}
