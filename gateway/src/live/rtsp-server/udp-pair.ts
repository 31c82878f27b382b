import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { PacketPair } from '@docket/device-protocol/live';

export type PacketKind = 'rtp' | 'rtcp';

/** Must not throw. */
export type TakeDatagram = (kind: PacketKind, datagram: Buffer, from: RemoteInfo) => void;

const mostAttempts = 32;
const receiveBufferBytes = 1024 * 1024;

/** An even UDP port for RTP and the odd one after it for RTCP (RFC 3550 §11). */
export class UdpPair {
  readonly ports: PacketPair;
  readonly #sockets: Record<PacketKind, Socket>;
  #isClosed = false;

  private constructor(rtp: Socket, rtcp: Socket, take: TakeDatagram) {
    this.#sockets = { rtp, rtcp };
    this.ports = { rtp: rtp.address().port, rtcp: rtcp.address().port };
    for (const kind of ['rtp', 'rtcp'] as const) {
      this.#sockets[kind].on('message', (datagram, from) => take(kind, datagram, from));
    }
  }

  /** On one address of this machine, on ports the system chooses. Throws the system's error. */
  static async open(address: string, take: TakeDatagram): Promise<UdpPair> {
    for (let attempt = 1; ; attempt++) {
      const first = await bind(address, 0);
      const { port } = first.address();
      try {
        const second = await bind(address, port % 2 === 0 ? port + 1 : port - 1);
        return port % 2 === 0 ? new UdpPair(first, second, take) : new UdpPair(second, first, take);
      } catch (error) {
        await closed(first);
        if (attempt === mostAttempts) throw error;
      }
    }
  }

  /** What the system has not taken yet. */
  get queuedBytes(): number {
    return this.#isClosed ? 0 : this.#sockets.rtp.getSendQueueSize();
  }

  send(kind: PacketKind, packet: Buffer, port: number, address: string): void {
    if (this.#isClosed) return;
    // What the system refuses is lost like anything else on UDP.
    this.#sockets[kind].send(packet, port, address, () => {});
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await Promise.all([closed(this.#sockets.rtp), closed(this.#sockets.rtcp)]);
  }
}

function bind(address: string, port: number): Promise<Socket> {
  const type = isIPv6(address) ? 'udp6' : 'udp4';
  const socket = createSocket({ type, recvBufferSize: receiveBufferBytes });
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => {
      socket.close();
      reject(error);
    };
    socket.once('error', fail);
    socket.bind({ address, port, exclusive: true }, () => {
      socket.off('error', fail);
      // Errors of single datagrams; the silence that follows is noticed elsewhere.
      socket.on('error', () => {});
      resolve(socket);
    });
  });
}

function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.close(() => resolve()));
}
