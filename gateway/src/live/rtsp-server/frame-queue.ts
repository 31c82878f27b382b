import type { Socket } from 'node:net';
import { encodeFrameHead } from '@docket/device-protocol/live';
import { bufferBytes } from '../stream-hub/slab-memory.ts';

/** Of a packet that waits, beside itself: its frame's head. The packet is the same one for all who watch. */
const besideBytes = 4 + bufferBytes;

/**
 * Interleaved packets that wait for one connection. They are handed to the socket in batches, so that what came with one
 * read goes out with one write, and in pieces small enough to tell a slow peer from one that takes nothing at all.
 */
export class FrameQueue {
  readonly #socket: Socket;
  #waiting: Buffer[] = [];
  #next = 0;
  #waitingBytes = 0;
  #isFlushDue = false;
  #isHeld = false;
  #lastProgressMs = performance.now();
  /** One for all writes. */
  readonly #written = () => {
    this.#lastProgressMs = performance.now();
  };

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('drain', () => this.#flush());
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
    this.#waiting.push(encodeFrameHead(channel, packet.length), packet);
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
    const socket = this.#socket;
    if (this.#isHeld || this.#waitingBytes === 0 || socket.writableNeedDrain || !socket.writable) return;
    socket.cork();
    while (this.#next < this.#waiting.length && !socket.writableNeedDrain) {
      const head = this.#waiting[this.#next];
      const packet = this.#waiting[this.#next + 1];
      if (head === undefined || packet === undefined) break;
      socket.write(head);
      socket.write(packet, this.#written);
      this.#waitingBytes -= packet.length + besideBytes;
      this.#next += 2;
    }
    socket.uncork();
    this.#forgetSent();
  }

  /** Not at each packet: moving what is left costs as much as it is long. */
  #forgetSent(): void {
    if (this.#next < this.#waiting.length && this.#next < 1_024) return;
    this.#waiting = this.#waiting.slice(this.#next);
    this.#next = 0;
  }
}
