/** One RTP packet (RFC 3550 §5.1). The payload is a view into the packet and keeps its memory alive. */
export interface RtpPacket {
  payloadType: number;
  marker: boolean;
  sequenceNumber: number;
  timestamp: number;
  ssrc: number;
  payload: Buffer;
}

const headBytes = 12;

/**
 * Reads the head of an RTP packet; contributing sources, extension and padding are left out of the payload.
 * `null` for what is not RTP version 2 or contradicts its own length. Never throws, copies nothing.
 */
export function parseRtp(packet: Buffer): RtpPacket | null {
  if (packet.length < headBytes) return null;
  const first = packet.readUInt8(0);
  if (first >> 6 !== 2) return null;
  let start = headBytes + (first & 0x0f) * 4;
  if ((first & 0x10) !== 0) {
    if (start + 4 > packet.length) return null;
    start += 4 + packet.readUInt16BE(start + 2) * 4;
  }
  let end = packet.length;
  if ((first & 0x20) !== 0) {
    const padding = packet.readUInt8(end - 1);
    if (padding === 0) return null;
    end -= padding;
  }
  if (start > end) return null;
  const second = packet.readUInt8(1);
  return {
    payloadType: second & 0x7f,
    marker: (second & 0x80) !== 0,
    sequenceNumber: packet.readUInt16BE(2),
    timestamp: packet.readUInt32BE(4),
    ssrc: packet.readUInt32BE(8),
    payload: packet.subarray(start, end),
  };
}

/** The way from one 16-bit sequence number to another, the shorter one round the circle: −32768 to 32767. */
export function sequenceStep(from: number, to: number): number {
  return ((to - from) << 16) >> 16;
}

/** The way from one 32-bit time stamp to another, the shorter one round the circle. */
export function timestampStep(from: number, to: number): number {
  return (to - from) | 0;
}
