/** One end of a usbredir connection: hello, framing, and a socket that never holds more than its reader takes. */

import type { Socket } from 'node:net';
import { RedirProtocolError } from './layout.ts';
import { encodePacket, PacketStream, type RedirPacket } from './packet-stream.ts';
import { type Capabilities, encodeHello, packetTypes, sharedCapabilities } from './packets.ts';

export interface PeerEvents {
  /** Both ends have said hello. */
  ready(): void;
  packet(packet: RedirPacket): void;
  /** The connection is over: with the error that ended it, or without one where the other end left. */
  closed(error: Error | null): void;
}

const endGraceMs = 1_000;

const noCapabilities: Capabilities = {
  connectDeviceVersion: false,
  deviceDisconnectAck: false,
  maxPacketSize: false,
  wideIds: false,
  wideBulkLength: false,
};

export class RedirPeer {
  readonly #socket: Socket;
  readonly #events: PeerEvents;
  readonly #stream = new PacketStream();
  #capabilities: Capabilities | null = null;
  readonly #pausesWhenFull: boolean;
  #error: Error | null = null;

  /** With `pausesWhenFull` a peer that does not read its answers gets no further questions read; for one end only. */
  constructor(socket: Socket, events: PeerEvents, { pausesWhenFull }: { pausesWhenFull: boolean }) {
    this.#socket = socket;
    this.#events = events;
    socket.on('data', (bytes: Buffer) => this.#receive(bytes));
    socket.on('error', (error) => {
      this.#error ??= error;
    });
    socket.on('close', () => events.closed(this.#error));
    this.#pausesWhenFull = pausesWhenFull;
    socket.on('drain', () => socket.resume());
    this.#write({ type: packetTypes.hello, id: 0n, body: encodeHello() });
  }

  /** What both ends can do; nothing before `ready`. */
  get capabilities(): Capabilities {
    return this.#capabilities ?? noCapabilities;
  }

  send(type: number, id: bigint, body: Uint8Array): void {
    this.#write({ type, id, body });
  }

  /** Lets what was sent go out, then leaves. */
  end(): void {
    this.#socket.destroySoon();
    // A peer that reads nothing any more keeps nobody here.
    setTimeout(() => this.#socket.destroy(), endGraceMs).unref();
  }

  close(): void {
    this.#socket.destroy();
  }

  fail(error: Error): void {
    this.#error ??= error;
    this.#socket.destroy();
  }

  #write(packet: RedirPacket): void {
    if (this.#socket.destroyed || this.#socket.writableEnded) return;
    this.#socket.write(encodePacket(packet, this.#stream.hasWideIds));
    if (this.#pausesWhenFull && this.#socket.writableNeedDrain) this.#socket.pause();
  }

  #receive(bytes: Uint8Array): void {
    try {
      this.#stream.push(bytes);
      for (let packet = this.#stream.next(); packet !== null; packet = this.#stream.next()) {
        if (this.#socket.destroyed) return;
        this.#take(packet);
      }
    } catch (error) {
      if (!(error instanceof RedirProtocolError)) throw error;
      this.fail(error);
    }
  }

  #take(packet: RedirPacket): void {
    if (this.#capabilities !== null) {
      this.#events.packet(packet);
      return;
    }
    if (packet.type !== packetTypes.hello) throw new RedirProtocolError('the peer said no hello');
    this.#capabilities = sharedCapabilities(packet.body);
    this.#stream.hasWideIds = this.#capabilities.wideIds;
    this.#events.ready();
  }
}
