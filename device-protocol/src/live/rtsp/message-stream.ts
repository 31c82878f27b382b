import { findFrameOrAnswer, lookBackBytes } from './find-next-message.ts';
import type { InterleavedFrame, RtspRequest, RtspResponse } from './message.ts';
import { type Head, HeadReader } from './message-head.ts';
import { RtspProtocolError } from './protocol-error.ts';

/** Bytes between messages that belong to none, left out so as to go on. */
export interface DiscardedBytes {
  kind: 'discarded';
  sizeBytes: number;
}

export type RtspItem = RtspRequest | RtspResponse | InterleavedFrame | DiscardedBytes;

export interface MessageStreamOptions {
  /**
   * What to do with bytes that are no message: `refuse` (a server: throw) or `skip` to the next thing that looks like
   * a frame or an answer (a client of recorders that miscount). What is skipped, and what is read in vain for it, is
   * 256 KiB at most beyond what sound messages and frames make good for.
   */
  strayBytes: 'refuse' | 'skip';
  mostBodyBytes?: number;
}

const usualMostBodyBytes = 64 * 1024;
const mostDiscardedBytes = 256 * 1024;
/** A message that is sound, however short, makes good for this. */
const messageCreditBytes = 4096;
const dollar = 0x24;

type State =
  | { at: 'boundary' }
  | { at: 'frame-head'; bytes: number[] }
  | { at: 'frame'; channel: number; payload: Buffer; filled: number }
  | { at: 'head'; reader: HeadReader }
  | { at: 'body'; head: Head; body: Buffer; filled: number }
  | { at: 'lost'; tail: Buffer };

/**
 * Takes the bytes of one connection, cut anywhere, and yields its messages and interleaved frames in order
 * (RFC 2326 §4, §10.12). Holds at most one head (16 KiB) and one body or frame (64 KiB), whatever arrives.
 */
export class MessageStream {
  readonly #skips: boolean;
  readonly #mostBodyBytes: number;
  #state: State = { at: 'boundary' };
  #discardedBytes = 0;

  constructor({ strayBytes, mostBodyBytes = usualMostBodyBytes }: MessageStreamOptions) {
    this.#skips = strayBytes === 'skip';
    this.#mostBodyBytes = mostBodyBytes;
  }

  /**
   * Takes the next bytes. Payloads may be views into `chunk`: it must not be written to again, and whoever keeps a payload
   * copies it, or keeps all of the chunk alive. Throws RtspProtocolError; the stream is of no use after that.
   */
  *push(chunk: Buffer): Generator<RtspItem> {
    let bytes = chunk;
    let at = 0;
    while (at < bytes.length) {
      const frame = this.#state.at === 'boundary' ? wholeFrame(bytes, at) : null;
      if (frame !== null) {
        const sizeBytes = 4 + frame.payload.length;
        this.#credit(sizeBytes);
        at += sizeBytes;
        yield frame;
        continue;
      }
      const { item, used, again } = this.#step(bytes.subarray(at));
      bytes = again ?? bytes;
      at = again === undefined ? at + used : 0;
      if (item !== null) yield item;
    }
  }

  #step(bytes: Buffer): Step {
    switch (this.#state.at) {
      case 'boundary':
        return this.#atBoundary(bytes);
      case 'frame-head':
        return this.#inFrameHead(this.#state.bytes, bytes);
      case 'frame':
        return this.#inFrame(this.#state, bytes);
      case 'head':
        return this.#inHead(this.#state.reader, bytes);
      case 'body':
        return this.#inBody(this.#state, bytes);
      case 'lost':
        return this.#find(this.#state.tail, bytes);
    }
  }

  #atBoundary(bytes: Buffer): Step {
    const first = bytes[0] ?? 0;
    if (first === dollar) {
      this.#state = { at: 'frame-head', bytes: [] };
      return { item: null, used: 0 };
    }
    // Empty lines between messages are to be passed over (RFC 2616 §4.1).
    if (first === 0x0d || first === 0x0a) return { item: null, used: 1 };
    if (!isLetter(first)) return this.#stray(bytes, 'bytes between messages that belong to none');
    this.#state = { at: 'head', reader: new HeadReader(this.#mostBodyBytes) };
    return { item: null, used: 0 };
  }

  #inFrameHead(head: number[], bytes: Buffer): Step {
    head.push(bytes[0] ?? 0);
    if (head.length === 4) {
      const [, channel = 0, high = 0, low = 0] = head;
      const payload = Buffer.allocUnsafeSlow((high << 8) | low);
      if (payload.length === 0) return this.#endFrame(channel, payload, 1);
      this.#state = { at: 'frame', channel, payload, filled: 0 };
    }
    return { item: null, used: 1 };
  }

  #inFrame(frame: { channel: number; payload: Buffer; filled: number }, bytes: Buffer): Step {
    const used = bytes.copy(frame.payload, frame.filled);
    frame.filled += used;
    if (frame.filled < frame.payload.length) return { item: null, used };
    return this.#endFrame(frame.channel, frame.payload, used);
  }

  #endFrame(channel: number, payload: Buffer, used: number): Step {
    this.#state = { at: 'boundary' };
    this.#credit(4 + payload.length);
    return { item: { kind: 'frame', channel, payload }, used };
  }

  #inHead(reader: HeadReader, bytes: Buffer): Step {
    try {
      const { head, used } = reader.take(bytes);
      if (head === null) return { item: null, used };
      const body = Buffer.allocUnsafe(head.bodyBytes);
      if (body.length === 0) return this.#endMessage(head, body, used);
      this.#state = { at: 'body', head, body, filled: 0 };
      return { item: null, used };
    } catch (error) {
      if (!this.#skips || !(error instanceof RtspProtocolError)) throw error;
      // The head may have been rubbish from its first byte on: what is a message is looked for in all of it.
      const { taken } = reader;
      // It is looked through again for what follows its first byte: what that costs is bounded as what is left out is.
      this.#discard(reader.examinedBytes);
      return this.#stray(taken.length === 0 ? bytes : Buffer.concat([taken, bytes]), error.message);
    }
  }

  #inBody(state: { head: Head; body: Buffer; filled: number }, bytes: Buffer): Step {
    const used = bytes.copy(state.body, state.filled);
    state.filled += used;
    if (state.filled < state.body.length) return { item: null, used };
    return this.#endMessage(state.head, state.body, used);
  }

  #endMessage({ start, headers }: Head, body: Buffer, used: number): Step {
    this.#state = { at: 'boundary' };
    this.#credit(messageCreditBytes + body.length);
    return { item: { ...start, headers, body }, used };
  }

  #stray(bytes: Buffer, why: string): Step {
    if (!this.#skips) throw new RtspProtocolError(why);
    this.#state = { at: 'lost', tail: Buffer.alloc(0) };
    this.#discard(1);
    return { item: { kind: 'discarded', sizeBytes: 1 }, used: 0, again: bytes.subarray(1) };
  }

  #find(tail: Buffer, bytes: Buffer): Step {
    const all = tail.length === 0 ? bytes : Buffer.concat([tail, bytes]);
    const found = findFrameOrAnswer(all);
    const left = found ?? Math.max(0, all.length - lookBackBytes);
    this.#state = found === null ? { at: 'lost', tail: all.subarray(left) } : { at: 'boundary' };
    this.#discard(left);
    const item = left > 0 ? ({ kind: 'discarded', sizeBytes: left } as const) : null;
    return found === null ? { item, used: bytes.length } : { item, used: 0, again: all.subarray(found) };
  }

  /** What is sound makes good for as much that is not. */
  #credit(sizeBytes: number): void {
    this.#discardedBytes = Math.max(0, this.#discardedBytes - sizeBytes);
  }

  #discard(sizeBytes: number): void {
    this.#discardedBytes += sizeBytes;
    if (this.#discardedBytes > mostDiscardedBytes)
      throw new RtspProtocolError('nothing that looks like RTSP comes any more');
  }
}

interface Step {
  item: RtspItem | null;
  used: number;
  /** Bytes to go on with, where they are not the rest of those given. */
  again?: Buffer;
}

/** A frame that has come whole, as it lies there: nearly all of a stream is that. */
function wholeFrame(bytes: Buffer, at: number): InterleavedFrame | null {
  if (bytes[at] !== dollar || at + 4 > bytes.length) return null;
  const end = at + 4 + bytes.readUInt16BE(at + 2);
  if (end > bytes.length) return null;
  return { kind: 'frame', channel: bytes.readUInt8(at + 1), payload: bytes.subarray(at + 4, end) };
}

function isLetter(byte: number): boolean {
  return (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a);
}
