/** What stands before the payload of an RTP packet (RFC 3550 §5.1), and where in the packet the payload lies. */
export interface RtpHead {
  payloadType: number;
  marker: boolean;
  sequenceNumber: number;
  timestamp: number;
  ssrc: number;
  payloadStart: number;
  payloadEnd: number;
}

/** One RTP packet. The payload is a view into the packet and keeps its memory alive. */
export interface RtpPacket extends Omit<RtpHead, 'payloadStart' | 'payloadEnd'> {
  payload: Buffer;
}

const headBytes = 12;

/**
 * Reads the head of an RTP packet; contributing sources, extension and padding are left out of the payload.
 * `null` for what is not RTP version 2 or contradicts its own length. Never throws.
 */
export function parseRtpHead(packet: Buffer): RtpHead | null {
  if (packet.length < headBytes) return null;
  const first = packet.readUInt8(0);
  if (first >> 6 !== 2) return null;
  let payloadStart = headBytes + (first & 0x0f) * 4;
  if ((first & 0x10) !== 0) {
    if (payloadStart + 4 > packet.length) return null;
    payloadStart += 4 + packet.readUInt16BE(payloadStart + 2) * 4;
  }
  let payloadEnd = packet.length;
  if ((first & 0x20) !== 0) {
    const padding = packet.readUInt8(payloadEnd - 1);
    if (padding === 0) return null;
    payloadEnd -= padding;
  }
  if (payloadStart > payloadEnd) return null;
  const second = packet.readUInt8(1);
  return {
    payloadType: second & 0x7f,
    marker: (second & 0x80) !== 0,
    sequenceNumber: packet.readUInt16BE(2),
    timestamp: packet.readUInt32BE(4),
    ssrc: packet.readUInt32BE(8),
    payloadStart,
    payloadEnd,
  };
}

/** As `parseRtpHead`, with the payload. Copies nothing. */
export function parseRtp(packet: Buffer): RtpPacket | null {
  const head = parseRtpHead(packet);
  if (head === null) return null;
  const { payloadType, marker, sequenceNumber, timestamp, ssrc, payloadStart, payloadEnd } = head;
  const payload = packet.subarray(payloadStart, payloadEnd);
  return { payloadType, marker, sequenceNumber, timestamp, ssrc, payload };
}

/** The way from one 16-bit sequence number to another, the shorter one round the circle: −32768 to 32767. */
export function sequenceStep(from: number, to: number): number {
  return ((to - from) << 16) >> 16;
}

/** The way from one 32-bit time stamp to another, the shorter one round the circle. */
export function timestampStep(from: number, to: number): number {
  return (to - from) | 0;
}
