import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import { LiveError } from './live-error.ts';
import { plainAddress } from './near-address.ts';
import type { PacketPair } from './transport-header.ts';

/** Local UDP ports that may be taken, both ends included. */
export interface PortRange {
  first: number;
  last: number;
}

const mostAttempts = 64;
const receiveBufferBytes = 1024 * 1024;

/** Two UDP sockets, RTP on an even port and RTCP on the next (RFC 3550 §11), that hear one sender only. */
export class UdpPair {
  readonly #rtp: Socket;
  readonly #rtcp: Socket;
  readonly #sources: Set<string>;
  /** Ports of the sender, as they are found out; those it announced until then. */
  #remote: PacketPair | null = null;
  readonly #heard = { rtp: false, rtcp: false };
  onPacket: ((packet: Buffer) => void) | null = null;

  private constructor(rtp: Socket, rtcp: Socket, remoteAddress: string) {
    this.#rtp = rtp;
    this.#rtcp = rtcp;
    this.#sources = new Set([plainAddress(remoteAddress)]);
    for (const [kind, socket] of [['rtp', rtp] as const, ['rtcp', rtcp] as const]) {
      // An unreachable port of the sender is told here; that it is silent is noticed anyway.
      socket.on('error', () => undefined);
      socket.on('message', (packet, { address, port }) => this.#take(kind, packet, address, port));
    }
  }

  /** Binds two free neighbours at a local address. Throws LiveError `transport-refused` where there are none. */
  static async open(localAddress: string, remoteAddress: string, range?: PortRange): Promise<UdpPair> {
    for (let attempt = 0; attempt < mostAttempts; attempt += 1) {
      const rtp = await bind(localAddress, range === undefined ? 0 : evenPort(range));
      if (rtp === null) continue;
      const { port } = rtp.address();
      const rtcp = port % 2 === 0 ? await bind(localAddress, port + 1) : null;
      if (rtcp !== null) return new UdpPair(rtp, rtcp, remoteAddress);
      await closed(rtp);
    }
    throw new LiveError('transport-refused', 'no pair of UDP ports is free');
  }

  get ports(): PacketPair {
    return { rtp: this.#rtp.address().port, rtcp: this.#rtcp.address().port };
  }

  /** What the sender announced of itself: where it is spoken to, and an address it may send from too. */
  expect(ports: PacketPair | null, source: string | null): void {
    this.#remote = ports;
    if (source !== null) this.#sources.add(plainAddress(source));
  }

  /** Says something to both ports, so that firewalls between let the answers through. */
  punch(rtcp: Buffer): void {
    this.#send(this.#rtp, this.#remote?.rtp, emptyRtp);
    this.sendRtcp(rtcp);
  }

  sendRtcp(packet: Buffer): void {
    this.#send(this.#rtcp, this.#remote?.rtcp, packet);
  }

  async close(): Promise<void> {
    this.onPacket = null;
    await Promise.all([closed(this.#rtp), closed(this.#rtcp)]);
  }

  #send(socket: Socket, port: number | undefined, packet: Buffer): void {
    const [address] = this.#sources;
    if (port === undefined || port === 0 || address === undefined) return;
    const target = isIPv6(socket.address().address) && !isIPv6(address) ? `::ffff:${address}` : address;
    socket.send(packet, port, target, () => undefined);
  }

  #take(kind: 'rtp' | 'rtcp', packet: Buffer, address: string, port: number): void {
    if (!this.#sources.has(plainAddress(address))) return;
    // The port of the first packet counts: recorders behind a router announce others than they send from.
    if (!this.#heard[kind]) {
      this.#heard[kind] = true;
      this.#remote = { ...(this.#remote ?? { rtp: 0, rtcp: 0 }), [kind]: port };
    }
    if (this.#remote?.[kind] === port) this.onPacket?.(packet);
  }
}

const emptyRtp = Buffer.from([0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);

async function bind(address: string, port: number): Promise<Socket | null> {
  const socket = createSocket({
    type: isIPv6(address) ? 'udp6' : 'udp4',
    recvBufferSize: receiveBufferBytes,
  });
  try {
    socket.bind({ address, port, exclusive: true });
    await once(socket, 'listening');
    return socket;
  } catch {
    await closed(socket);
    return null;
  }
}

async function closed(socket: Socket): Promise<void> {
  await new Promise<void>((resolve) => socket.close(resolve));
}

function evenPort({ first, last }: PortRange): number {
  const firstEven = first + (first % 2);
  const pairs = Math.floor((last - firstEven + 1) / 2);
  if (pairs < 1) throw new RangeError('a range of UDP ports holds no pair');
  return firstEven + 2 * Math.floor(Math.random() * pairs);
}
