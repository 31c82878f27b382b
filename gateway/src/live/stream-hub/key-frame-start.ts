import { type LiveTrack, parseRtpHead } from '@docket/device-protocol/live';

const h264 = { idr: 5, parameters: 7, aggregate: 24, fragment: 28 };
const h265 = {
  firstIrap: 16,
  lastIrap: 21,
  firstParameters: 32,
  lastParameters: 33,
  aggregate: 48,
  fragment: 49,
};

/** Whether a payload that lies there in a packet shows its picture to be a key frame. */
type IsKey = (packet: Buffer, start: number, end: number) => boolean;

/**
 * Finds where a picture that decoding can begin with starts, in the packets of one video track as they come: at its
 * parameter sets, or at its first slice. Reads a few bytes a packet (RFC 6184 §5.2, RFC 7798 §4.4); nothing is put
 * together for it.
 */
export class KeyFrameStart {
  readonly #isKey: IsKey;
  #timestamp: number | null = null;

  constructor(track: LiveTrack) {
    this.#isKey = track.codec === 'h265' ? beginsH265KeyFrame : beginsH264KeyFrame;
  }

  /** True once a picture: for the first packet of it that shows it to be one. */
  isAt(packet: Buffer): boolean {
    const head = parseRtpHead(packet);
    if (head === null || head.timestamp === this.#timestamp) return false;
    if (!this.#isKey(packet, head.payloadStart, head.payloadEnd)) return false;
    this.#timestamp = head.timestamp;
    return true;
  }
}

function beginsH264KeyFrame(packet: Buffer, start: number, end: number): boolean {
  if (start >= end) return false;
  const type = packet.readUInt8(start) & 0x1f;
  if (type === h264.aggregate)
    return aggregateHolds(packet, start + 1, end, (first) => isH264Key(first & 0x1f));
  if (type !== h264.fragment) return isH264Key(type);
  return (
    start + 1 < end && isFirstFragment(packet, start + 1) && isH264Key(packet.readUInt8(start + 1) & 0x1f)
  );
}

function isH264Key(type: number): boolean {
  return type === h264.idr || type === h264.parameters;
}

function beginsH265KeyFrame(packet: Buffer, start: number, end: number): boolean {
  if (start >= end) return false;
  const type = h265Type(packet.readUInt8(start));
  if (type === h265.aggregate)
    return aggregateHolds(packet, start + 2, end, (first) => isH265Key(h265Type(first)));
  if (type !== h265.fragment) return isH265Key(type);
  return (
    start + 2 < end && isFirstFragment(packet, start + 2) && isH265Key(packet.readUInt8(start + 2) & 0x3f)
  );
}

function h265Type(firstByte: number): number {
  return (firstByte >> 1) & 0x3f;
}

function isH265Key(type: number): boolean {
  return (
    (type >= h265.firstIrap && type <= h265.lastIrap) ||
    (type >= h265.firstParameters && type <= h265.lastParameters)
  );
}

/** The start bit stands first in the head of a fragment, in either codec. */
function isFirstFragment(packet: Buffer, at: number): boolean {
  return (packet.readUInt8(at) & 0x80) !== 0;
}

/** Whether one of the NAL units in an aggregation packet, each after its size in 16 bits, begins with such a byte. */
function aggregateHolds(
  packet: Buffer,
  start: number,
  end: number,
  isKey: (firstByte: number) => boolean,
): boolean {
  let at = start;
  while (at + 2 < end) {
    if (isKey(packet.readUInt8(at + 2))) return true;
    at += 2 + packet.readUInt16BE(at);
  }
  return false;
}
