import type { SenderReport } from '../live-feed.ts';
import { middleOfNtp, type NtpTime, unixMsOfNtp } from './ntp-time.ts';

/** What a receiver says of one sender (RFC 3550 §6.4.1). */
export interface ReportBlock {
  ssrc: number;
  /** Of 256, since the report before. */
  fractionLost: number;
  /** Since the beginning; negative where duplicates came. */
  packetsLost: number;
  highestSequence: number;
  /** In ticks of the sender's media clock. */
  jitterTicks: number;
  /** The middle of the NTP time of the last sender report that came; 0 for none. */
  lastSenderReport: number;
  /** Since it came, in 1/65536 s. */
  delaySinceLastSenderReport: number;
}

export type RtcpPacket =
  | {
      kind: 'sender-report';
      /** `null` where the sender has no wall clock and wrote 0 (RFC 3550 §6.4.1). */
      report: SenderReport | null;
      ssrc: number;
      /** What our reports name it by. */
      ntpMiddle: number;
      blocks: readonly ReportBlock[];
    }
  | { kind: 'receiver-report'; ssrc: number; blocks: readonly ReportBlock[] }
  | { kind: 'source-description'; ssrc: number; canonicalName: string }
  | { kind: 'goodbye'; ssrcs: readonly number[]; reason: string };

export const rtcpTypes = {
  senderReport: 200,
  receiverReport: 201,
  sourceDescription: 202,
  goodbye: 203,
} as const;

export const canonicalNameItem = 1;

/**
 * The packets of one compound or reduced-size RTCP datagram (RFC 3550 §6.1, RFC 5506) that we know; others are passed
 * over, and reading ends where a length cannot be true. Never throws.
 */
export function parseRtcp(datagram: Buffer): RtcpPacket[] {
  const packets: RtcpPacket[] = [];
  let position = 0;
  while (position + 4 <= datagram.length) {
    const first = datagram.readUInt8(position);
    if (first >> 6 !== 2) break;
    const end = position + 4 + datagram.readUInt16BE(position + 2) * 4;
    if (end > datagram.length) break;
    const padding = (first & 0x20) === 0 ? 0 : datagram.readUInt8(end - 1);
    const body = datagram.subarray(position + 4, Math.max(position + 4, end - padding));
    packets.push(...readPacket(datagram.readUInt8(position + 1), first & 0x1f, body));
    position = end;
  }
  return packets;
}

function readPacket(type: number, count: number, body: Buffer): RtcpPacket[] {
  switch (type) {
    case rtcpTypes.senderReport:
      return readSenderReport(count, body);
    case rtcpTypes.receiverReport:
      if (body.length < 4) return [];
      return [{ kind: 'receiver-report', ssrc: body.readUInt32BE(0), blocks: readBlocks(count, body, 4) }];
    case rtcpTypes.sourceDescription:
      return readSourceDescriptions(count, body);
    case rtcpTypes.goodbye:
      return readGoodbye(count, body);
    default:
      return [];
  }
}

const senderInfoBytes = 24;

function readSenderReport(count: number, body: Buffer): RtcpPacket[] {
  if (body.length < senderInfoBytes) return [];
  const ssrc = body.readUInt32BE(0);
  const ntp: NtpTime = { seconds: body.readUInt32BE(4), fraction: body.readUInt32BE(8) };
  const report = {
    ssrc,
    ntpMs: unixMsOfNtp(ntp),
    rtpTimestamp: body.readUInt32BE(12),
    packetsSent: body.readUInt32BE(16),
    bytesSent: body.readUInt32BE(20),
  };
  const hasWallClock = ntp.seconds !== 0 || ntp.fraction !== 0;
  return [
    {
      kind: 'sender-report',
      report: hasWallClock ? report : null,
      ssrc,
      ntpMiddle: middleOfNtp(ntp),
      blocks: readBlocks(count, body, senderInfoBytes),
    },
  ];
}

export const reportBlockBytes = 24;

function readBlocks(count: number, body: Buffer, start: number): ReportBlock[] {
  const blocks: ReportBlock[] = [];
  for (
    let at = start;
    blocks.length < count && at + reportBlockBytes <= body.length;
    at += reportBlockBytes
  ) {
    blocks.push({
      ssrc: body.readUInt32BE(at),
      fractionLost: body.readUInt8(at + 4),
      packetsLost: body.readIntBE(at + 5, 3),
      highestSequence: body.readUInt32BE(at + 8),
      jitterTicks: body.readUInt32BE(at + 12),
      lastSenderReport: body.readUInt32BE(at + 16),
      delaySinceLastSenderReport: body.readUInt32BE(at + 20),
    });
  }
  return blocks;
}

/** Of each chunk the canonical name (RFC 3550 §6.5): items end with a zero, chunks at 32 bits. */
function readSourceDescriptions(count: number, body: Buffer): RtcpPacket[] {
  const packets: RtcpPacket[] = [];
  let position = 0;
  for (let chunk = 0; chunk < count && position + 4 <= body.length; chunk++) {
    const ssrc = body.readUInt32BE(position);
    position += 4;
    while (position < body.length && body.readUInt8(position) !== 0) {
      if (position + 2 > body.length) return packets;
      const item = body.readUInt8(position);
      const end = position + 2 + body.readUInt8(position + 1);
      if (end > body.length) return packets;
      if (item === canonicalNameItem) {
        const canonicalName = body.toString('utf8', position + 2, end);
        packets.push({ kind: 'source-description', ssrc, canonicalName });
      }
      position = end;
    }
    position += 4 - (position % 4);
  }
  return packets;
}

function readGoodbye(count: number, body: Buffer): RtcpPacket[] {
  const ssrcs: number[] = [];
  let position = 0;
  for (; ssrcs.length < count && position + 4 <= body.length; position += 4) {
    ssrcs.push(body.readUInt32BE(position));
  }
  const reasonBytes = position < body.length ? body.readUInt8(position) : 0;
  return [
    { kind: 'goodbye', ssrcs, reason: body.toString('utf8', position + 1, position + 1 + reasonBytes) },
  ];
}
