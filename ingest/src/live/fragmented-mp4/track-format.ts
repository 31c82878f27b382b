/** What a decoder must know before the first picture or sound. Parameter sets are NAL units without start codes. */
export type TrackFormat =
  | {
      codec: 'h264';
      sequenceParameterSets: readonly Buffer[];
      pictureParameterSets: readonly Buffer[];
    }
  | {
      codec: 'h265';
      videoParameterSets: readonly Buffer[];
      sequenceParameterSets: readonly Buffer[];
      pictureParameterSets: readonly Buffer[];
    }
  | {
      codec: 'aac';
      /** AudioSpecificConfig (ISO/IEC 14496-3 §1.6.2.1). */
      audioSpecificConfig: Buffer;
      channels: number;
      sampleRateHz: number;
    }
  | { codec: 'pcma' | 'pcmu'; channels: number; sampleRateHz: number };

/** One track of a file. */
export interface Mp4Track {
  /** From 1, another for each track. */
  id: number;
  /** Ticks of its times in a second. */
  ticksPerSecond: number;
  format: TrackFormat;
}

export function isVideo({ format }: Mp4Track): boolean {
  return format.codec === 'h264' || format.codec === 'h265';
}

/**
 * What a browser is asked with (`MediaSource.isTypeSupported`; RFC 6381, ISO/IEC 14496-15 annex E), e.g. `avc1.640028`,
 * `hvc1.1.6.L93.90`, `mp4a.40.2`; `alaw` and `ulaw` name what no browser plays from MP4.
 */
export function codecString(format: TrackFormat): string {
  switch (format.codec) {
    case 'h264': {
      const profile = format.sequenceParameterSets[0]?.subarray(1, 4);
      return profile?.length === 3 ? `avc1.${profile.toString('hex')}` : 'avc3';
    }
    case 'h265':
      return h265CodecString(format.sequenceParameterSets[0]);
    case 'aac':
      return `mp4a.40.${audioObjectType(format.audioSpecificConfig)}`;
    case 'pcma':
      return 'alaw';
    case 'pcmu':
      return 'ulaw';
  }
}

function h265CodecString(set: Buffer | undefined): string {
  const told = set === undefined ? null : h265Profile(set);
  if (told === null) return 'hev1';
  const space = ['', 'A', 'B', 'C'][told[0] === undefined ? 0 : told[0] >> 6] ?? '';
  const [head = 0] = told;
  const compatible = reversedBits(told.readUInt32BE(1)).toString(16);
  const constraints = [...told.subarray(5, 11)].map((byte) => byte.toString(16));
  while (constraints.at(-1) === '0') constraints.pop();
  const level = `${(head & 0x20) === 0 ? 'L' : 'H'}${told[11]}`;
  return ['hvc1', `${space}${head & 0x1f}`, compatible, level, ...constraints].join('.');
}

/**
 * The 12 bytes of profile, tier and level of an H.265 sequence parameter set (ITU-T H.265 §7.3.3), which lie on byte
 * boundaries after its NAL header and one byte more; `null` where it is too short.
 */
export function h265Profile(set: Buffer): Buffer | null {
  const plain = Buffer.alloc(12);
  let length = 0;
  let zeros = 0;
  for (const byte of set.subarray(3, 40)) {
    if (zeros >= 2 && byte === 3) {
      zeros = 0;
      continue;
    }
    zeros = byte === 0 ? zeros + 1 : 0;
    plain[length] = byte;
    length += 1;
    if (length === plain.length) return plain;
  }
  return null;
}

function reversedBits(value: number): number {
  let reversed = 0;
  for (let bit = 0; bit < 32; bit += 1) if ((value >>> bit) & 1) reversed += 2 ** (31 - bit);
  return reversed;
}

/** ISO/IEC 14496-3 §1.6.2.1: 5 bits, or 31 and 6 bits more. */
function audioObjectType(config: Buffer): number {
  const [first = 0, second = 0] = config;
  const short = first >> 3;
  return short === 31 ? 32 + (((first & 7) << 3) | (second >> 5)) : short;
}
