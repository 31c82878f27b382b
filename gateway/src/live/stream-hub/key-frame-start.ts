import { type LiveTrack, parseRtp } from '@docket/device-protocol/live';

const h264 = { idr: 5, parameters: 7, aggregate: 24, fragment: 28 };
const h265 = {
  firstIrap: 16,
  lastIrap: 21,
  firstParameters: 32,
  lastParameters: 33,
  aggregate: 48,
  fragment: 49,
};

/**
 * Finds where a picture that decoding can begin with starts, in the packets of one video track as they come: at its
 * parameter sets, or at its first slice. Reads a few bytes a packet (RFC 6184 §5.2, RFC 7798 §4.4); nothing is put
 * together for it.
 */
export class KeyFrameStart {
  readonly #isKey: (payload: Buffer) => boolean;
  #timestamp: number | null = null;

  constructor(track: LiveTrack) {
    this.#isKey = track.codec === 'h265' ? beginsH265KeyFrame : beginsH264KeyFrame;
  }

  /** True once a picture: for the first packet of it that shows it to be one. */
  isAt(packet: Buffer): boolean {
    const rtp = parseRtp(packet);
    if (rtp === null || rtp.payload.length === 0) return false;
    if (rtp.timestamp === this.#timestamp || !this.#isKey(rtp.payload)) return false;
    this.#timestamp = rtp.timestamp;
    return true;
  }
}

function beginsH264KeyFrame(payload: Buffer): boolean {
  const type = payload.readUInt8(0) & 0x1f;
  if (type === h264.aggregate) return aggregateHolds(payload, 1, (first) => isH264Key(first & 0x1f));
  if (type !== h264.fragment) return isH264Key(type);
  if (payload.length < 2) return false;
  const fragment = payload.readUInt8(1);
  return (fragment & 0x80) !== 0 && isH264Key(fragment & 0x1f);
}

function isH264Key(type: number): boolean {
  return type === h264.idr || type === h264.parameters;
}

function beginsH265KeyFrame(payload: Buffer): boolean {
  const type = h265Type(payload.readUInt8(0));
  if (type === h265.aggregate) return aggregateHolds(payload, 2, (first) => isH265Key(h265Type(first)));
  if (type !== h265.fragment) return isH265Key(type);
  if (payload.length < 3) return false;
  const fragment = payload.readUInt8(2);
  return (fragment & 0x80) !== 0 && isH265Key(fragment & 0x3f);
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

/** Whether one of the NAL units in an aggregation packet, each after its size in 16 bits, begins with such a byte. */
function aggregateHolds(
  payload: Buffer,
  headerBytes: number,
  isKey: (firstByte: number) => boolean,
): boolean {
  let offset = headerBytes;
  while (offset + 2 < payload.length) {
    if (isKey(payload.readUInt8(offset + 2))) return true;
    offset += 2 + payload.readUInt16BE(offset);
  }
  return false;
}
