import type { PacketPair, TransportSpec } from '@docket/device-protocol/live';
import { PacedQueue } from './paced-queue.ts';
import { type PacketKind, UdpPair } from './udp-pair.ts';

/** The way of one track's packets to and from the peer of a connection. */
export interface PacketPath {
  /** As the answer to SETUP tells it. */
  readonly settled: TransportSpec;
  /** Never blocks; what cannot be sent waits in `backlogBytes`. */
  send(kind: PacketKind, packet: Buffer): void;
  readonly backlogBytes: number;
  close(): Promise<void>;
}

/** What a path needs of its connection. */
export interface PathConnection {
  /** IP addresses; one of IPv4 is written as such. */
  readonly localAddress: string;
  readonly remoteAddress: string;
  readonly backlogBytes: number;
  /** How long the peer has taken nothing, while something waits for it. */
  stalledForMs(nowMs: number): number;
  sendFrame(channel: number, packet: Buffer): void;
  /** Hands over interleaved packets of a free channel, until the returned function is called. `null`: it is taken. */
  takeFrames(channel: number, take: (packet: Buffer) => void): (() => void) | null;
}

/** Must not throw. */
export type TakePacket = (kind: PacketKind, packet: Buffer) => void;

/** Opens the way that a client offers; `null` where it cannot be gone. Throws where the system has no ports. */
export function openPath(
  connection: PathConnection,
  offer: TransportSpec,
  take: TakePacket,
): PacketPath | null | Promise<PacketPath> {
  if (offer.lower === 'tcp') return openInterleaved(connection, offer, take);
  if (offer.clientPorts === null) return null;
  // Below are services of the system, which no player is.
  if (Math.min(offer.clientPorts.rtp, offer.clientPorts.rtcp) < 1_024) return null;
  return openUdp(connection, offer, offer.clientPorts, take);
}

/** On the channels the client asks for; where they are taken or not told, on the first two that are free. */
function openInterleaved(
  connection: PathConnection,
  offer: TransportSpec,
  take: TakePacket,
): PacketPath | null {
  const pairs = Array.from({ length: 127 }, (_, index) => ({ rtp: index * 2, rtcp: index * 2 + 1 }));
  const wanted = offer.interleaved === null ? pairs : [offer.interleaved, ...pairs];
  for (const channels of wanted) {
    const release = takeBoth(connection, channels, take);
    if (release === null) continue;
    return {
      settled: {
        ...offer,
        interleaved: channels,
        clientPorts: null,
        serverPorts: null,
        source: null,
        ssrc: null,
      },
      send: (kind, packet) => connection.sendFrame(channels[kind], packet),
      get backlogBytes() {
        return connection.backlogBytes;
      },
      close: async () => release(),
    };
  }
  return null;
}

function takeBoth(connection: PathConnection, channels: PacketPair, take: TakePacket): (() => void) | null {
  const releaseRtp = connection.takeFrames(channels.rtp, (packet) => take('rtp', packet));
  if (releaseRtp === null) return null;
  const releaseRtcp = connection.takeFrames(channels.rtcp, (packet) => take('rtcp', packet));
  if (releaseRtcp === null) {
    releaseRtp();
    return null;
  }
  return () => {
    releaseRtp();
    releaseRtcp();
  };
}

/**
 * Packets are taken from the address of the connection alone, and go nowhere else, whatever the client names as its
 * destination (RFC 2326 §16). Where it sits behind a translator, its first packet shows the port it is reached at.
 */
async function openUdp(
  { localAddress, remoteAddress }: PathConnection,
  offer: TransportSpec,
  clientPorts: PacketPair,
  take: TakePacket,
): Promise<PacketPath> {
  const reachedAt = { ...clientPorts };
  const hasSpoken = { rtp: false, rtcp: false };
  const pair = await UdpPair.open(localAddress, (kind, datagram, from) => {
    if (from.address !== remoteAddress) return;
    if (!hasSpoken[kind]) reachedAt[kind] = from.port;
    hasSpoken[kind] = true;
    if (from.port === reachedAt[kind]) take(kind, datagram);
  });
  const queue = new PacedQueue((kind, packet) => pair.send(kind, packet, reachedAt[kind], remoteAddress));
  return {
    settled: { ...offer, interleaved: null, clientPorts, serverPorts: pair.ports, source: null, ssrc: null },
    send: (kind, packet) => queue.push(kind, packet),
    get backlogBytes() {
      return queue.backlogBytes + pair.queuedBytes;
    },
    close: () => {
      queue.close();
      return pair.close();
    },
  };
}
