import { randomBytes } from 'node:crypto';
import { nalKinds, type VideoCodec } from './nal-units.ts';

const headBytes = 12;
/** Fits, with its heads, into a packet of Ethernet, for viewers over UDP. */
const mostPayloadBytes = 1_388;

/** Makes RTP packets (RFC 3550 §5.1) of one track, numbered from a random number on. */
export class RtpPacketiser {
  readonly #payloadType: number;
  readonly #ssrc = randomBytes(4);
  #sequenceNumber = randomBytes(2).readUInt16BE(0);

  constructor(payloadType: number) {
    this.#payloadType = payloadType;
  }

  /** One picture (H.264: RFC 6184, packetization-mode 1; H.265: RFC 7798): whole NAL units, and fragments of long ones. */
  picture(codec: VideoCodec, units: readonly Buffer[], rtpTimestamp: number): Buffer[] {
    const packets: Buffer[] = [];
    for (const [index, unit] of units.entries()) {
      this.#unit(packets, codec, unit, index === units.length - 1, rtpTimestamp);
    }
    return packets;
  }

  /** Something of the track cannot be given out: receivers find a packet missing. */
  skip(): void {
    this.#sequenceNumber = (this.#sequenceNumber + 1) & 0xffff;
  }

  /** One frame of AAC (RFC 3640 §3.3.6, AAC-hbr); a long one is fragmented. */
  aacFrame(frame: Buffer, rtpTimestamp: number): Buffer[] {
    const head = Buffer.alloc(4);
    head.writeUInt16BE(16, 0);
    head.writeUInt16BE((frame.length << 3) & 0xffff, 2);
    const packets: Buffer[] = [];
    const most = mostPayloadBytes - head.length;
    for (let position = 0; position < frame.length; position += most) {
      const isLast = position + most >= frame.length;
      packets.push(this.#packet(head, frame.subarray(position, position + most), isLast, rtpTimestamp));
    }
    return packets;
  }

  /** Samples of G.711 (RFC 3551 §4.5.14), one byte a sample. */
  samples(frame: Buffer, rtpTimestamp: number): Buffer[] {
    const packets: Buffer[] = [];
    for (let position = 0; position < frame.length; position += mostPayloadBytes) {
      const part = frame.subarray(position, position + mostPayloadBytes);
      packets.push(this.#packet(nothing, part, false, (rtpTimestamp + position) >>> 0));
    }
    return packets;
  }

  #unit(packets: Buffer[], codec: VideoCodec, unit: Buffer, isLastUnit: boolean, rtpTimestamp: number): void {
    if (unit.length <= mostPayloadBytes) {
      packets.push(this.#packet(nothing, unit, isLastUnit, rtpTimestamp));
      return;
    }
    const { headBytes } = nalKinds[codec];
    const headOf = codec === 'h264' ? h264FragmentHead : h265FragmentHead;
    const most = mostPayloadBytes - headBytes - 1;
    for (let position = headBytes; position < unit.length; position += most) {
      const isLast = position + most >= unit.length;
      const startEnd = (position === headBytes ? 0x80 : 0) | (isLast ? 0x40 : 0);
      const part = unit.subarray(position, position + most);
      packets.push(this.#packet(headOf(unit, startEnd), part, isLast && isLastUnit, rtpTimestamp));
    }
  }

  #packet(head: Buffer, payload: Buffer, hasMarker: boolean, rtpTimestamp: number): Buffer {
    const packet = Buffer.allocUnsafe(headBytes + head.length + payload.length);
    packet[0] = 0x80;
    packet[1] = (hasMarker ? 0x80 : 0) | this.#payloadType;
    packet.writeUInt16BE(this.#sequenceNumber, 2);
    packet.writeUInt32BE(rtpTimestamp, 4);
    this.#ssrc.copy(packet, 8);
    head.copy(packet, headBytes);
    payload.copy(packet, headBytes + head.length);
    this.skip();
    return packet;
  }
}

const nothing = Buffer.alloc(0);

/** FU-A (RFC 6184 §5.8): the type moves from the unit's first byte into the second byte of each fragment. */
function h264FragmentHead(unit: Buffer, startEnd: number): Buffer {
  const first = unit.readUInt8(0);
  return Buffer.of((first & 0xe0) | 28, startEnd | (first & 0x1f));
}

/** FU (RFC 7798 §4.4.3): the type moves from the unit's two bytes into a third one. */
function h265FragmentHead(unit: Buffer, startEnd: number): Buffer {
  const first = unit.readUInt8(0);
  return Buffer.of((first & 0x81) | (49 << 1), unit.readUInt8(1), startEnd | ((first >> 1) & 0x3f));
}
