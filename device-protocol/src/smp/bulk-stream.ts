import { headerBytes, packetBytesOf } from './header.ts';
import type { DiscardReason, PacketEvent } from './packet-link.ts';
import { isProtocolError } from './protocol-error.ts';

/** A packet being put together, its length known from its header. */
interface Assembly {
  bytes: Uint8Array;
  filled: number;
}

/**
 * Puts packets together from USB bulk transfers towards the host. A packet begins with a transfer and ends it. Only as
 * much is ever asked for as the header says will come, so that a recorder that leaves out the empty packet at the end
 * is understood too. After damage the stream is in step again where the transfer ends. Holds at most one packet.
 */
export class BulkStream {
  readonly #maxPacketBytes: number;
  #assembly: Assembly | null = null;
  /** Whether what comes is the rest of a transfer that was given up. */
  #isSkipping = false;

  /** `maxPacketBytes`: `wMaxPacketSize` of the endpoint. */
  constructor(maxPacketBytes: number) {
    this.#maxPacketBytes = maxPacketBytes;
  }

  /** How much to ask for next: whole USB packets. */
  get wantedBytes(): number {
    const missing = this.#assembly === null ? 1 : this.#assembly.bytes.length - this.#assembly.filled;
    return Math.ceil(missing / this.#maxPacketBytes) * this.#maxPacketBytes;
  }

  /** Takes what came, at most `wantedBytes`. `isEnd`: a short or empty USB packet ended the transfer. */
  *push(chunk: Uint8Array, isEnd: boolean): Generator<PacketEvent> {
    if (this.#isSkipping) {
      this.#isSkipping = !isEnd;
      if (chunk.length > 0) yield { kind: 'discarded', bytes: chunk, why: 'packet-overrun' };
    } else if (this.#assembly === null) {
      // Nothing at all only ends the transfer before.
      if (chunk.length > 0) yield* this.#begin(chunk, isEnd);
    } else {
      yield* this.#append(this.#assembly, chunk, isEnd);
    }
  }

  /** Gives up what is not whole, because the transfer was broken off. */
  *interrupt(): Generator<PacketEvent> {
    const assembly = this.#assembly;
    this.#assembly = null;
    this.#isSkipping = false;
    if (assembly !== null) {
      const bytes = assembly.bytes.subarray(0, assembly.filled);
      yield { kind: 'discarded', bytes, why: 'packet-interrupted' };
    }
  }

  *#begin(chunk: Uint8Array, isEnd: boolean): Generator<PacketEvent> {
    const lengthBytes = lengthOrNull(chunk);
    if (lengthBytes === null) yield this.#giveUp(chunk, 'not-a-packet', isEnd);
    else yield* this.#append({ bytes: new Uint8Array(lengthBytes), filled: 0 }, chunk, isEnd);
  }

  *#append(assembly: Assembly, chunk: Uint8Array, isEnd: boolean): Generator<PacketEvent> {
    const { bytes, filled } = assembly;
    if (chunk.length > bytes.length - filled) {
      yield this.#giveUp(chunk, 'packet-overrun', isEnd);
      return;
    }
    bytes.set(chunk, filled);
    this.#assembly = { bytes, filled: filled + chunk.length };
    if (this.#assembly.filled === bytes.length) {
      this.#assembly = null;
      yield { kind: 'packet', packet: bytes };
    } else if (isEnd) {
      yield* this.interrupt();
    }
  }

  #giveUp(bytes: Uint8Array, why: DiscardReason, isEnd: boolean): PacketEvent {
    this.#assembly = null;
    this.#isSkipping = !isEnd;
    return { kind: 'discarded', bytes, why };
  }
}

/** The length of the packet that begins here; `null` where none does. */
function lengthOrNull(chunk: Uint8Array): number | null {
  if (chunk.length < headerBytes) return null;
  try {
    return packetBytesOf(chunk);
  } catch (error) {
    if (isProtocolError(error)) return null;
    throw error;
  }
}
