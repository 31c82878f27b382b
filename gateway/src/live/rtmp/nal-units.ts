export type VideoCodec = 'h264' | 'h265';

/** What the NAL units of a codec are, by their heads. */
export interface NalKinds {
  headBytes: number;
  /** Parameter sets of all kinds. */
  isSet(unit: Buffer): boolean;
  isSequenceSet(unit: Buffer): boolean;
  /** Part of a picture with which decoding can begin. */
  isKey(unit: Buffer): boolean;
  /** Nothing of its picture comes before it. */
  isDelimiter(unit: Buffer): boolean;
}

/** ITU-T H.264 table 7-1. */
const h264Type = (unit: Buffer) => (unit[0] ?? 0) & 0x1f;
/** ITU-T H.265 table 7-1. */
const h265Type = (unit: Buffer) => ((unit[0] ?? 0) >> 1) & 0x3f;

export const nalKinds: Readonly<Record<VideoCodec, NalKinds>> = {
  h264: {
    headBytes: 1,
    isSet: (unit) => [7, 8].includes(h264Type(unit)),
    isSequenceSet: (unit) => h264Type(unit) === 7,
    isKey: (unit) => h264Type(unit) === 5,
    isDelimiter: (unit) => h264Type(unit) === 9,
  },
  h265: {
    headBytes: 2,
    isSet: (unit) => h265Type(unit) >= 32 && h265Type(unit) <= 34,
    isSequenceSet: (unit) => h265Type(unit) === 33,
    // IRAP pictures (§3.69).
    isKey: (unit) => h265Type(unit) >= 16 && h265Type(unit) <= 23,
    isDelimiter: (unit) => h265Type(unit) === 35,
  },
};

/** The parameter sets of H.265 of one kind, in the order given; the names are those of RFC 7798 §7.1. */
export function setsByName(sets: readonly Buffer[]): Readonly<Record<'vps' | 'sps' | 'pps', Buffer[]>> {
  const ofType = (type: number) => sets.filter((set) => h265Type(set) === type);
  return { vps: ofType(32), sps: ofType(33), pps: ofType(34) };
}
