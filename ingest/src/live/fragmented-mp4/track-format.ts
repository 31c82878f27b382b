import type { AccessUnit, LiveTrack, TrackFormat } from '@docket/device-protocol/live';

/** Sound that was decoded and written as FLAC (RFC 9639), for players that cannot play it as it was sent. */
export interface FlacFormat {
  kind: 'audio';
  codec: 'flac';
  sampleRateHz: number;
  channels: number;
  /** STREAMINFO (RFC 9639 §8.2), 34 bytes. */
  streamInfo: Buffer;
}

export type Mp4Format = TrackFormat | FlacFormat;

/** One track of a file. */
export interface Mp4Track {
  /** From 1, another for each track. */
  id: number;
  /** Ticks of its times in a second. */
  ticksPerSecond: number;
  format: Mp4Format;
}

export function isVideo({ format }: Mp4Track): boolean {
  return format.kind === 'video';
}

/** The format of a track nobody has told anything of yet. Its pictures can be written, and bring their sets along. */
export function untoldFormat({ codec, clockRateHz, channels }: LiveTrack): TrackFormat {
  if (codec === 'h264' || codec === 'h265') {
    return {
      kind: 'video',
      codec,
      videoParameterSets: [],
      sequenceParameterSets: [],
      pictureParameterSets: [],
      widthPixels: null,
      heightPixels: null,
    };
  }
  const samplesPerFrame = codec === 'aac' ? 1024 : null;
  return {
    kind: 'audio',
    codec,
    sampleRateHz: clockRateHz,
    channels: channels ?? 1,
    samplesPerFrame,
    config: null,
  };
}

/** True where a decoder that knows one needs nothing of the other. */
export function isSameFormat(one: TrackFormat, other: TrackFormat): boolean {
  if (one === other) return true;
  if (one.kind === 'audio' || other.kind === 'audio') {
    if (one.kind !== 'audio' || other.kind !== 'audio') return false;
    const isSameSound = one.sampleRateHz === other.sampleRateHz && one.channels === other.channels;
    return one.codec === other.codec && isSameSound && sameBytes([one.config], [other.config]);
  }
  return (
    one.codec === other.codec &&
    sameBytes(one.videoParameterSets, other.videoParameterSets) &&
    sameBytes(one.sequenceParameterSets, other.sequenceParameterSets) &&
    sameBytes(one.pictureParameterSets, other.pictureParameterSets)
  );
}

function sameBytes(some: readonly (Buffer | null)[], others: readonly (Buffer | null)[]): boolean {
  if (some.length !== others.length) return false;
  return some.every((bytes, index) => {
    const other = others[index] ?? null;
    return bytes === null || other === null ? bytes === other : bytes.equals(other);
  });
}

/**
 * What of a unit lies in a file as its sample. Parameter sets lie in the beginning of the file, once (ISO/IEC 14496-15
 * §5.4.2.1): those of the unit's format, with which the file must have begun.
 */
export function sampleData({ track, format, data }: AccessUnit): readonly Buffer[] {
  if (track.kind === 'audio' || format === null) return data;
  return data.filter((nal) => nal.length > 0 && !isParameterSet(nal, format.codec));
}

function isParameterSet(nal: Buffer, codec: TrackFormat['codec']): boolean {
  const [first = 0] = nal;
  const type = codec === 'h264' ? first & 0x1f : (first >> 1) & 0x3f;
  return codec === 'h264' ? type === 7 || type === 8 : type >= 32 && type <= 34;
}

/**
 * What a browser is asked with (`MediaSource.isTypeSupported`; RFC 6381, ISO/IEC 14496-15 annex E), e.g. `avc1.640028`,
 * `hvc1.1.6.L93.90`, `mp4a.40.2`; `alaw` and `ulaw` name what no browser plays from MP4.
 */
export function codecString(format: Mp4Format): string {
  switch (format.codec) {
    case 'h264': {
      const profile = format.sequenceParameterSets[0]?.subarray(1, 4);
      return profile?.length === 3 ? `avc1.${profile.toString('hex')}` : 'avc3';
    }
    case 'h265':
      return h265CodecString(format.sequenceParameterSets[0]);
    case 'aac':
      return `mp4a.40.${audioObjectType(format.config)}`;
    case 'pcma':
      return 'alaw';
    case 'pcmu':
      return 'ulaw';
    case 'flac':
      return 'flac';
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

const lowComplexity = 2;

/** ISO/IEC 14496-3 §1.6.2.1: 5 bits, or 31 and 6 bits more. */
function audioObjectType(config: Buffer | null): number {
  const [first = lowComplexity << 3, second = 0] = config ?? [];
  const short = first >> 3;
  return short === 31 ? 32 + (((first & 7) << 3) | (second >> 5)) : short;
}
