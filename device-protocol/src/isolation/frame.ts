/**
 * Frames on the channel between the gateway and a driver process:
 *
 *   0        4         8            8 + h            8 + h + p
 *   | h: u32 | p: u32  | header     | payload        |
 *   | BE     | BE      | JSON, UTF-8| raw bytes      |
 */

/** Longest header; a batch of listings is the longest there is. */
export const maxHeaderBytes = 1024 * 1024;
const prefixBytes = 8;

/** The channel carried something that is no frame, or no frame that is due. */
export class ChannelError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ChannelError';
  }
}

/** The bytes in front of a payload. Throws ChannelError where the header is too long for a frame. */
export function encodeFrameHead(header: unknown, payloadBytes: number): Uint8Array {
  const text = Buffer.from(JSON.stringify(header));
  if (text.length > maxHeaderBytes) throw new ChannelError(`a header of ${text.length} bytes is too long`);
  const head = Buffer.alloc(prefixBytes + text.length);
  head.writeUInt32BE(text.length, 0);
  head.writeUInt32BE(payloadBytes, 4);
  head.set(text, prefixBytes);
  return head;
}

export interface FrameReceiver {
  /**
   * A header arrived, and so many bytes will follow: gives the place for them, exactly that long, or throws
   * ChannelError. Called before any of them is held.
   */
  begin(header: unknown, payloadBytes: number): Uint8Array;
  /** The frame begun last is complete. */
  complete(): void;
}

const nothing = new Uint8Array(0);

/** Takes frames out of a stream of bytes; holds one header at most, and no payload. */
export class FrameParser {
  readonly #receiver: FrameReceiver;
  readonly #prefix = Buffer.alloc(prefixBytes);
  #part: 'prefix' | 'header' | 'payload' = 'prefix';
  #into: Uint8Array = this.#prefix;
  #filledBytes = 0;
  #payloadBytes = 0;

  constructor(receiver: FrameReceiver) {
    this.#receiver = receiver;
  }

  /** Throws ChannelError, after which nothing more may be pushed. */
  push(chunk: Uint8Array): void {
    for (let position = 0; position < chunk.length; ) {
      const taken = Math.min(this.#into.length - this.#filledBytes, chunk.length - position);
      this.#into.set(chunk.subarray(position, position + taken), this.#filledBytes);
      this.#filledBytes += taken;
      position += taken;
      while (this.#filledBytes === this.#into.length) this.#finishPart();
    }
  }

  #finishPart(): void {
    switch (this.#part) {
      case 'prefix': {
        const headerBytes = this.#prefix.readUInt32BE(0);
        if (headerBytes === 0 || headerBytes > maxHeaderBytes) {
          throw new ChannelError(`a header of ${headerBytes} bytes cannot be`);
        }
        this.#payloadBytes = this.#prefix.readUInt32BE(4);
        this.#await('header', Buffer.alloc(headerBytes));
        break;
      }
      case 'header': {
        const place = this.#receiver.begin(parse(this.#into), this.#payloadBytes);
        this.#await('payload', place);
        break;
      }
      case 'payload':
        this.#await('prefix', this.#prefix);
        this.#receiver.complete();
    }
  }

  #await(part: 'prefix' | 'header' | 'payload', into: Uint8Array): void {
    this.#part = part;
    this.#into = into;
    this.#filledBytes = 0;
  }
}

/** The place for the payload of a frame that may have none. */
export function noPayload(payloadBytes: number): Uint8Array {
  if (payloadBytes !== 0) throw new ChannelError(`${payloadBytes} bytes follow a frame that has none`);
  return nothing;
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8'));
  } catch {
    throw new ChannelError('a header is no JSON');
  }
}
