import type { SenderReport } from '../live-feed.ts';
import { ntpOfUnixMs } from './ntp-time.ts';
import { canonicalNameItem, type ReportBlock, reportBlockBytes, rtcpTypes } from './rtcp-packet.ts';

/** Who speaks: our source identifier and our name for it, at most 255 bytes (RFC 3550 §6.5.1). */
export interface RtcpSource {
  ssrc: number;
  canonicalName: string;
}

/** What we received, with our name: the least compound packet (RFC 3550 §6.1). At most 31 blocks are told. */
export function buildReceiverReport(source: RtcpSource, blocks: readonly ReportBlock[]): Buffer {
  const told = blocks.slice(0, 31);
  const report = packet(rtcpTypes.receiverReport, told.length, 4 + told.length * reportBlockBytes);
  report.writeUInt32BE(source.ssrc, 4);
  told.forEach((block, index) => {
    writeBlock(report, 8 + index * reportBlockBytes, block);
  });
  return Buffer.concat([report, sourceDescription(source)]);
}

/** A sender's clock, with its name; the report's own `ssrc` speaks (RFC 3550 §6.4.1). */
export function buildSenderReport(report: SenderReport, canonicalName: string): Buffer {
  const bytes = packet(rtcpTypes.senderReport, 0, 24);
  const { seconds, fraction } = ntpOfUnixMs(report.ntpMs);
  [report.ssrc, seconds, fraction, report.rtpTimestamp, report.packetsSent, report.bytesSent].forEach(
    (value, index) => {
      bytes.writeUInt32BE(value >>> 0, 4 + index * 4);
    },
  );
  return Buffer.concat([bytes, sourceDescription({ ssrc: report.ssrc, canonicalName })]);
}

/** Takes leave (RFC 3550 §6.6), after the empty report that a compound packet begins with. */
export function buildGoodbye(source: RtcpSource): Buffer {
  const bytes = packet(rtcpTypes.goodbye, 1, 4);
  bytes.writeUInt32BE(source.ssrc, 4);
  return Buffer.concat([buildReceiverReport(source, []), bytes]);
}

function packet(type: number, count: number, bodyBytes: number): Buffer {
  const bytes = Buffer.alloc(4 + bodyBytes);
  bytes.writeUInt8(0x80 | count, 0);
  bytes.writeUInt8(type, 1);
  bytes.writeUInt16BE(bodyBytes / 4, 2);
  return bytes;
}

function writeBlock(bytes: Buffer, at: number, block: ReportBlock): void {
  bytes.writeUInt32BE(block.ssrc, at);
  bytes.writeUInt8(block.fractionLost, at + 4);
  bytes.writeIntBE(Math.max(-0x80_0000, Math.min(0x7f_ffff, block.packetsLost)), at + 5, 3);
  bytes.writeUInt32BE(block.highestSequence, at + 8);
  bytes.writeUInt32BE(block.jitterTicks, at + 12);
  bytes.writeUInt32BE(block.lastSenderReport, at + 16);
  bytes.writeUInt32BE(block.delaySinceLastSenderReport, at + 20);
}

function sourceDescription({ ssrc, canonicalName }: RtcpSource): Buffer {
  const name = Buffer.from(canonicalName).subarray(0, 255);
  // Identifier, item with its two bytes of head, at least one zero, filled to 32 bits.
  const bytes = packet(rtcpTypes.sourceDescription, 1, Math.ceil((4 + 2 + name.length + 1) / 4) * 4);
  bytes.writeUInt32BE(ssrc, 4);
  bytes.writeUInt8(canonicalNameItem, 8);
  bytes.writeUInt8(name.length, 9);
  name.copy(bytes, 10);
  return bytes;
}
