/** One endpoint towards the host: bytes that wait for transfers, and transfers that wait for bytes. */

import { type Fetch, PacketQueue } from './packet-queue.ts';

export type TransferStatus = 'success' | 'cancelled' | 'stall' | 'overflow' | 'gone' | 'invalid';

export interface TransferResult {
  status: TransferStatus;
  bytes: Uint8Array;
}

interface PendingFetch extends Fetch {
  finish(result: TransferResult): void;
}

const nothing = new Uint8Array(0);

export class InEndpoint {
  readonly #maxPacketBytes: number;
  readonly #queue: PacketQueue;
  #isHalted = false;
  #pending: PendingFetch[] = [];

  constructor(maxPacketBytes: number) {
    this.#maxPacketBytes = maxPacketBytes;
    this.#queue = new PacketQueue(maxPacketBytes);
  }

  get isHalted(): boolean {
    return this.#isHalted;
  }

  set isHalted(isHalted: boolean) {
    this.#isHalted = isHalted;
    this.#pump();
  }

  get queuedBytes(): number {
    return this.#queue.bytes;
  }

  push(bytes: Uint8Array, isEnd: boolean): void {
    this.#queue.push(bytes, isEnd);
    this.#pump();
  }

  /** One packet as it came over a wire: a short one ends a transfer. */
  pushPacket(packet: Uint8Array): void {
    this.push(packet, packet.length < this.#maxPacketBytes);
  }

  flush(): void {
    this.#queue.clear();
  }

  /** Starts a transfer; returns what cancels it. `finish` is called once, at once where bytes wait. */
  fetch(lengthBytes: number, finish: (result: TransferResult) => void): () => void {
    const pending: PendingFetch = { into: new Uint8Array(lengthBytes), filledBytes: 0, finish };
    this.#pending.push(pending);
    this.#pump();
    return () => this.#cancel(pending);
  }

  /** Ends every transfer that waits. */
  endPending(status: Exclude<TransferStatus, 'success'>): void {
    for (const { finish } of this.#pending.splice(0)) finish({ status, bytes: nothing });
  }

  /** Serves the transfers that wait, oldest first. */
  #pump(): void {
    for (let next = this.#pending[0]; next !== undefined; next = this.#pending[0]) {
      const outcome = this.#isHalted ? 'stall' : this.#queue.fill(next);
      if (outcome === 'more') return;
      this.#pending.shift();
      if (outcome === 'stall' || outcome === 'overflow') next.finish({ status: outcome, bytes: nothing });
      else next.finish({ status: 'success', bytes: next.into.subarray(0, next.filledBytes) });
    }
  }

  /** What a cancelled transfer had taken is told, as a controller does; most hosts drop it. */
  #cancel(pending: PendingFetch): void {
    const place = this.#pending.indexOf(pending);
    if (place < 0) return;
    this.#pending.splice(place, 1);
    pending.finish({ status: 'cancelled', bytes: pending.into.subarray(0, pending.filledBytes) });
  }
}
