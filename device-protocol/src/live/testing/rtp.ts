/** An RTP packet for tests (RFC 3550 §5.1). */
export function rtp(packet: {
  sequence: number;
  payload: Uint8Array;
  timestamp?: number;
  marker?: boolean;
  ssrc?: number;
  payloadType?: number;
}): Buffer {
  const head = Buffer.alloc(12);
  head.writeUInt8(0x80, 0);
  head.writeUInt8((packet.marker ? 0x80 : 0) | (packet.payloadType ?? 96), 1);
  head.writeUInt16BE(packet.sequence & 0xffff, 2);
  head.writeUInt32BE((packet.timestamp ?? 0) >>> 0, 4);
  head.writeUInt32BE(packet.ssrc ?? 0x1234_5678, 8);
  return Buffer.concat([head, packet.payload]);
}
