import type { Arrival } from '../arrival.ts';
import { type RtpPacket, sequenceStep } from './rtp-packet.ts';

/** How long packets wait for one that is missing before them. */
export interface OrderBounds {
  maxHeldPackets: number;
  maxHeldMs: number;
}

export interface PacketOrderListener {
  packet(packet: RtpPacket, arrival: Arrival): void;
  /** So many packets are missing before the next. */
  lost(packets: number, atMs: number): void;
  /** The sender began anew: with another source identifier, or with another sequence under the same. */
  restarted(kind: 'source' | 'sequence', atMs: number): void;
}

interface Held {
  packet: RtpPacket;
  arrival: Arrival;
}

/** Steps wider than these are taken for a new beginning once two packets agree on it (RFC 3550 §A.1). */
const maxForwardStep = 3000;
const maxBackwardStep = 1000;

/**
 * Brings the packets of one track into the order of their sequence numbers, each once. A packet that comes in order
 * goes through at once; behind a missing one the others wait until it comes, too many wait or they wait too long. There
 * is no timer: the next packet that comes, or `flush`, ends the waiting.
 */
export class PacketOrder {
  readonly #bounds: OrderBounds;
  readonly #listener: PacketOrderListener;
  readonly #held = new Map<number, Held>();
  #ssrc: number | null = null;
  #expected = 0;
  /** A packet that may be the first of a new beginning. */
  #candidate: Held | null = null;
  #duplicates = 0;
  #late = 0;

  constructor(bounds: OrderBounds, listener: PacketOrderListener) {
    this.#bounds = bounds;
    this.#listener = listener;
  }

  get duplicates(): number {
    return this.#duplicates;
  }

  /** Packets that came again, or after their place had been given up. */
  get late(): number {
    return this.#late;
  }

  take(packet: RtpPacket, arrival: Arrival): void {
    if (this.#ssrc === null) this.#begin(packet);
    const step = sequenceStep(this.#expected, packet.sequenceNumber);
    const isStrange = packet.ssrc !== this.#ssrc || step > maxForwardStep || step < -maxBackwardStep;
    if (isStrange) {
      this.#takeStrange(packet, arrival);
      return;
    }
    this.#candidate = null;
    if (step === 0) this.#pass(packet, arrival);
    else if (step < 0) this.#late += 1;
    else if (this.#held.has(packet.sequenceNumber)) this.#duplicates += 1;
    else this.#held.set(packet.sequenceNumber, { packet, arrival });
    if (this.#held.size > 0) this.#release(arrival.atMs);
  }

  /** Gives out what waits. */
  flush(): void {
    while (this.#held.size > 0) this.#skipGap();
    this.#candidate = null;
  }

  #begin(packet: RtpPacket): void {
    this.#ssrc = packet.ssrc;
    this.#expected = packet.sequenceNumber;
  }

  #pass(packet: RtpPacket, arrival: Arrival): void {
    this.#expected = (packet.sequenceNumber + 1) & 0xffff;
    this.#listener.packet(packet, arrival);
  }

  #takeStrange(packet: RtpPacket, arrival: Arrival): void {
    const before = this.#candidate;
    const isSecond =
      before !== null &&
      before.packet.ssrc === packet.ssrc &&
      sequenceStep(before.packet.sequenceNumber, packet.sequenceNumber) === 1;
    if (!isSecond) {
      this.#candidate = { packet, arrival };
      return;
    }
    const kind = packet.ssrc === this.#ssrc ? 'sequence' : 'source';
    this.flush();
    this.#begin(before.packet);
    this.#listener.restarted(kind, before.arrival.atMs);
    this.#pass(before.packet, before.arrival);
    this.#pass(packet, arrival);
  }

  #release(nowMs: number): void {
    this.#passHeld();
    while (this.#held.size > this.#bounds.maxHeldPackets) this.#skipGap();
    while (this.#held.size > 0 && nowMs - this.#oldestMs() > this.#bounds.maxHeldMs) this.#skipGap();
  }

  #passHeld(): void {
    for (
      let next = this.#held.get(this.#expected);
      next !== undefined;
      next = this.#held.get(this.#expected)
    ) {
      this.#held.delete(this.#expected);
      this.#pass(next.packet, next.arrival);
    }
  }

  /** Gives up what is missing before the nearest packet that waits. */
  #skipGap(): void {
    let nearest = 0x8000;
    for (const sequenceNumber of this.#held.keys()) {
      nearest = Math.min(nearest, (sequenceNumber - this.#expected) & 0xffff);
    }
    const sequenceNumber = (this.#expected + nearest) & 0xffff;
    this.#listener.lost(nearest, this.#held.get(sequenceNumber)?.arrival.atMs ?? 0);
    this.#expected = sequenceNumber;
    this.#passHeld();
  }

  /** Packets wait in the order they came in. */
  #oldestMs(): number {
    for (const { arrival } of this.#held.values()) return arrival.atMs;
    return Number.POSITIVE_INFINITY;
  }
}
