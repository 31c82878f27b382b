import { bufferBytes } from '../stream-hub/slab-memory.ts';
import type { PacketKind } from './udp-pair.ts';

/** Some twenty packets: a receiver's buffer that nobody made larger holds about ninety (Linux counts 2 KiB for each). */
const burstBytes = 32 * 1024;
/** Together with the burst: up to 8 MB/s. */
const pauseMs = 4;

interface Waiting {
  kind: PacketKind;
  packet: Buffer;
}

/** Sends what comes in bursts (a key frame, a whole group of pictures) by UDP at a pace that receivers can follow. */
export class PacedQueue {
  readonly #send: (kind: PacketKind, packet: Buffer) => void;
  #waiting: Waiting[] = [];
  #next = 0;
  #waitingBytes = 0;
  #burstLeft = burstBytes;
  #pause: NodeJS.Timeout | null = null;

  constructor(send: (kind: PacketKind, packet: Buffer) => void) {
    this.#send = send;
  }

  /** With what keeping it takes: tiny packets take much more than their bytes. */
  get backlogBytes(): number {
    return this.#waitingBytes;
  }

  push(kind: PacketKind, packet: Buffer): void {
    this.#waiting.push({ kind, packet });
    this.#waitingBytes += packet.length + bufferBytes;
    this.#drain();
  }

  /** Sends nothing more. */
  close(): void {
    if (this.#pause !== null) clearTimeout(this.#pause);
    this.#pause = null;
    this.#waiting = [];
    this.#next = 0;
    this.#waitingBytes = 0;
  }

  #drain(): void {
    while (this.#burstLeft > 0) {
      const item = this.#waiting[this.#next];
      if (item === undefined) break;
      this.#next += 1;
      this.#waitingBytes -= item.packet.length + bufferBytes;
      this.#burstLeft -= item.packet.length;
      this.#send(item.kind, item.packet);
    }
    if (this.#next === this.#waiting.length || this.#next > 1_024) {
      this.#waiting = this.#waiting.slice(this.#next);
      this.#next = 0;
    }
    if (this.#burstLeft < burstBytes) this.#pause ??= setTimeout(() => this.#goOn(), pauseMs);
  }

  #goOn(): void {
    this.#pause = null;
    this.#burstLeft = burstBytes;
    this.#drain();
  }
}
