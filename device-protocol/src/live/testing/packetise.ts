import { rtp } from './rtp.ts';

/** How a sender cuts NAL units into packets. */
export interface Cutting {
  /** Payload bytes; larger units are fragmented. */
  maxBytes: number;
  /** Small neighbours go into one packet. */
  isAggregating: boolean;
}

/** A picture as a sender has it. */
export interface SentUnit {
  nals: readonly Buffer[];
  timestamp: number;
}

/** The packets of pictures by RFC 6184 or RFC 7798, as a sender of ours would write them. */
export function packetise(
  codec: 'h264' | 'h265',
  units: readonly SentUnit[],
  { maxBytes, isAggregating }: Cutting,
  firstSequence: number,
): Buffer[] {
  let sequence = firstSequence;
  return units.flatMap(({ nals, timestamp }) => {
    const payloads = groups(nals, isAggregating ? maxBytes : 0).flatMap((group) => {
      const [only] = group;
      if (group.length > 1 || only === undefined) return [aggregate(codec, group)];
      return only.length > maxBytes ? fragments(codec, only, maxBytes) : [only];
    });
    return payloads.map((payload, index) =>
      rtp({ sequence: sequence++, timestamp, payload, marker: index === payloads.length - 1 }),
    );
  });
}

function groups(nals: readonly Buffer[], maxBytes: number): Buffer[][] {
  const all: Buffer[][] = [];
  let size = 0;
  for (const nal of nals) {
    const last = all.at(-1);
    if (last !== undefined && size + nal.length + 2 <= maxBytes) last.push(nal);
    else all.push([nal]);
    size = (all.at(-1)?.length === 1 ? 2 : size) + nal.length + 2;
  }
  return all;
}

function aggregate(codec: 'h264' | 'h265', nals: readonly Buffer[]): Buffer {
  const header = codec === 'h264' ? Buffer.of(0x78) : Buffer.of(48 << 1, 1);
  const sized = nals.map((nal) => Buffer.concat([Buffer.of(nal.length >> 8, nal.length & 0xff), nal]));
  return Buffer.concat([header, ...sized]);
}

function fragments(codec: 'h264' | 'h265', nal: Buffer, maxBytes: number): Buffer[] {
  const headerBytes = codec === 'h264' ? 1 : 2;
  const first = nal[0] ?? 0;
  const type = codec === 'h264' ? first & 0x1f : (first >> 1) & 0x3f;
  const indicator =
    codec === 'h264' ? Buffer.of((first & 0xe0) | 28) : Buffer.of((first & 0x81) | (49 << 1), nal[1] ?? 0);
  const packets: Buffer[] = [];
  for (let at = headerBytes; at < nal.length; at += maxBytes) {
    const isFirst = at === headerBytes ? 0x80 : 0;
    const isLast = at + maxBytes >= nal.length ? 0x40 : 0;
    packets.push(
      Buffer.concat([indicator, Buffer.of(isFirst | isLast | type), nal.subarray(at, at + maxBytes)]),
    );
  }
  return packets;
}
