import type { Socket } from 'node:net';
import { frameHeadBytes, mostFramePayloadBytes, writeFrameHead } from '@docket/device-protocol/live';
import { bufferBytes } from '../stream-hub/slab-memory.ts';

/** Of a packet that waits, beside itself: its frame's head. The packet is the same one for all who watch. */
const besideBytes = frameHeadBytes + bufferBytes;
/** Goes to the socket at one go, one frame at the least: small enough to tell a slow peer from one that takes nothing. */
const pieceBytes = 32 * 1024;

/**
 * Interleaved packets that wait for one connection. They go out in pieces, one after the other, so that what came with one
 * read goes out with one write: to copy a piece together costs less than to hand its packets to the socket one by one.
 */
export class FrameQueue {
  readonly #socket: Socket;
  #channels: number[] = [];
  #packets: Buffer[] = [];
  #next = 0;
  #waitingBytes = 0;
  /** The same memory for all pieces. */
  #piece: Buffer | null = null;
  #isWriting = false;
  #isFlushDue = false;
  #isHeld = false;
  #lastProgressMs = performance.now();

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** With what keeping it takes: tiny packets take much more than their bytes. */
  get backlogBytes(): number {
    return this.#waitingBytes + this.#socket.writableLength;
  }

  /** How long the peer has taken nothing, while something waited for it. Monotonic milliseconds. */
  stalledForMs(nowMs: number): number {
    return this.backlogBytes === 0 ? 0 : nowMs - this.#lastProgressMs;
  }

  send(channel: number, packet: Buffer): void {
    if (this.backlogBytes === 0) this.#lastProgressMs = performance.now();
    this.#channels.push(channel);
    this.#packets.push(packet);
    this.#waitingBytes += packet.length + besideBytes;
    if (this.#isFlushDue) return;
    this.#isFlushDue = true;
    queueMicrotask(() => {
      this.#isFlushDue = false;
      this.#flush();
    });
  }

  /** Keeps packets back, so that the answer to a request goes before those it lets flow. */
  hold(): void {
    this.#isHeld = true;
  }

  release(): void {
    this.#isHeld = false;
    this.#flush();
  }

  #flush(): void {
    if (this.#isHeld || this.#isWriting || this.#waitingBytes === 0 || !this.#socket.writable) return;
    this.#isWriting = true;
    this.#socket.write(this.#nextPiece(), () => {
      this.#isWriting = false;
      this.#lastProgressMs = performance.now();
      this.#flush();
    });
  }

  #nextPiece(): Buffer {
    this.#piece ??= Buffer.allocUnsafeSlow(pieceBytes + frameHeadBytes + mostFramePayloadBytes);
    let at = 0;
    for (; at < pieceBytes && this.#next < this.#packets.length; this.#next += 1) {
      const packet = this.#packets[this.#next] as Buffer;
      at = writeFrameHead(this.#piece, at, this.#channels[this.#next] as number, packet.length);
      at += packet.copy(this.#piece, at);
      this.#waitingBytes -= packet.length + besideBytes;
    }
    this.#forgetSent();
    return this.#piece.subarray(0, at);
  }

  /** Not at each piece: moving what is left costs as much as it is long. */
  #forgetSent(): void {
    if (this.#next < this.#packets.length && this.#next < 1_024) return;
    this.#channels = this.#channels.slice(this.#next);
    this.#packets = this.#packets.slice(this.#next);
    this.#next = 0;
  }
}
