/** Cuts a byte stream into usbredir packets, and writes them. */

import { RedirProtocolError } from './layout.ts';
import { narrowHeader, packetTypes, wideHeader } from './packets.ts';

export interface RedirPacket {
  type: number;
  /** Chosen by whoever asked; an answer repeats it. */
  id: bigint;
  body: Uint8Array;
}

/** The most a packet may bring: a bulk transfer with its head. */
export const maxTransferBytes = 16 * 1024 * 1024;
const maxBodyBytes = maxTransferBytes + 64;
/** Everything but data is small: a hello with room for capabilities to come, or tables of endpoints. */
const maxOtherBodyBytes = 4096;

export class PacketStream {
  /** Holds what has not been taken yet, from `#start` to `#end`; grows as packets need it. */
  #buffer = Buffer.alloc(64 * 1024);
  #start = 0;
  #end = 0;
  /** Set once both ends have said hello and can do 64-bit ids. */
  hasWideIds = false;

  push(bytes: Uint8Array): void {
    if (this.#end + bytes.length > this.#buffer.length) this.#makeRoom(bytes.length);
    this.#buffer.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  /** The next whole packet; `null` until more bytes come. Throws RedirProtocolError on a length no packet has. */
  next(): RedirPacket | null {
    const layout = this.hasWideIds ? wideHeader : narrowHeader;
    const held = this.#buffer.subarray(this.#start, this.#end);
    if (held.length < layout.sizeBytes) return null;
    const { type, length, id, ...rest } = layout.decode(held);
    if (length > (type < packetTypes.controlPacket ? maxOtherBodyBytes : maxBodyBytes)) {
      throw new RedirProtocolError(`a packet of type ${type} with ${length} bytes`);
    }
    const wholeBytes = layout.sizeBytes + length;
    if (held.length < wholeBytes) return null;
    this.#start += wholeBytes;
    const idHigh = 'idHigh' in rest ? Number(rest.idHigh) : 0;
    const body = Uint8Array.from(held.subarray(layout.sizeBytes, wholeBytes));
    return { type, id: (BigInt(idHigh) << 32n) | BigInt(id), body };
  }

  #makeRoom(moreBytes: number): void {
    const held = this.#buffer.subarray(this.#start, this.#end);
    const needed = held.length + moreBytes;
    const grown =
      needed > this.#buffer.length ? Buffer.alloc(Math.max(needed, 2 * this.#buffer.length)) : null;
    const target = grown ?? this.#buffer;
    target.set(held, 0);
    this.#buffer = target;
    this.#start = 0;
    this.#end = held.length;
  }
}

export function encodePacket({ type, id, body }: RedirPacket, hasWideIds: boolean): Uint8Array {
  const low = Number(id & 0xffff_ffffn);
  const header = hasWideIds
    ? wideHeader.encode({ type, length: body.length, id: low, idHigh: Number(id >> 32n) })
    : narrowHeader.encode({ type, length: body.length, id: low });
  return Buffer.concat([header, body]);
}
