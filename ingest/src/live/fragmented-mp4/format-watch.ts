import type { AccessUnit, LiveTrack } from '@docket/device-protocol/live';
import { BitReader, BitsEnd } from './bit-reader.ts';
import type { TrackFormat } from './track-format.ts';

type SetKind = 'video' | 'sequence' | 'picture';

/** More sets of a kind, or longer ones, no recorder sends; a stranger might. */
const mostSets = 16;
const longestSetBytes = 4096;

/**
 * Knows what a decoder needs for one track of a stream: at first what the description says (RFC 6184 §8.1
 * `sprop-parameter-sets`, RFC 7798 §7.1 `sprop-vps` …, RFC 3640 §4.1 `config`), then what the pictures bring.
 */
export class FormatWatch {
  readonly #track: LiveTrack;
  readonly #sets: Record<SetKind, Buffer[]> = { video: [], sequence: [], picture: [] };
  #format: TrackFormat;

  constructor(track: LiveTrack) {
    this.#track = track;
    if (track.kind === 'video') this.#takeSets(describedSets(track));
    this.#format = this.#made();
  }

  /** With no sequence parameter set as long as none is known: pictures can be written, and decoded once one comes. */
  get format(): TrackFormat {
    return this.#format;
  }

  /** True as soon as a decoder can begin. */
  get isKnown(): boolean {
    return this.#track.kind === 'audio' || (this.#sets.sequence.length > 0 && this.#sets.picture.length > 0);
  }

  /** True where the unit brings another format than before: from here a file needs another beginning. */
  take(unit: AccessUnit): boolean {
    if (this.#track.kind === 'audio') return false;
    const sets = unit.data.filter((nal) => kindOfSet(this.#track, nal) !== null);
    if (sets.length === 0 || !this.#takeSets(sets)) return false;
    this.#format = this.#made();
    return true;
  }

  /** What of a unit lies in a file as its sample: parameter sets lie in the file's beginning, once. */
  sampleData(unit: AccessUnit): readonly Buffer[] {
    if (this.#track.kind === 'audio' || !this.isKnown) return unit.data;
    return unit.data.filter((nal) => nal.length > 0 && kindOfSet(this.#track, nal) === null);
  }

  /** A unit that brings a sequence set brings all that hold; a picture set alone replaces the one of its number. */
  #takeSets(brought: readonly Buffer[]): boolean {
    const of = (kind: SetKind) =>
      brought.filter((nal) => kindOfSet(this.#track, nal) === kind && nal.length <= longestSetBytes);
    const hasSequence = of('sequence').length > 0;
    let isChanged = false;
    for (const kind of ['video', 'sequence', 'picture'] as const) {
      const sets = of(kind);
      if (sets.length === 0) continue;
      const numbers = new Set(sets.map((set) => this.#numberOf(set)));
      const kept =
        hasSequence || kind !== 'picture'
          ? []
          : this.#sets[kind].filter((set) => !numbers.has(this.#numberOf(set)));
      const next = [...kept, ...sets].slice(-mostSets);
      if (!sameSets(this.#sets[kind], next)) isChanged = true;
      this.#sets[kind] = next;
    }
    return isChanged;
  }

  /** Number of a picture parameter set: the first that stands in it, for both codecs. */
  #numberOf(set: Buffer): number {
    try {
      return new BitReader(set, this.#track.codec === 'h264' ? 1 : 2).unsigned();
    } catch (error) {
      if (error instanceof BitsEnd) return -1;
      throw error;
    }
  }

  #made(): TrackFormat {
    const { codec, channels, clockRateHz } = this.#track;
    const { video, sequence, picture } = this.#sets;
    // Copies: what a set was cut from is a whole packet.
    const copies = (sets: readonly Buffer[]) => sets.map((set) => Buffer.from(set));
    if (codec === 'h264') {
      return { codec, sequenceParameterSets: copies(sequence), pictureParameterSets: copies(picture) };
    }
    if (codec === 'h265') {
      return {
        codec,
        videoParameterSets: copies(video),
        sequenceParameterSets: copies(sequence),
        pictureParameterSets: copies(picture),
      };
    }
    const sound = { channels: channels ?? 1, sampleRateHz: clockRateHz };
    return codec === 'aac'
      ? { codec, ...sound, audioSpecificConfig: audioSpecificConfig(this.#track) }
      : { codec, ...sound };
  }
}

function sameSets(known: readonly Buffer[], next: readonly Buffer[]): boolean {
  return known.length === next.length && known.every((set, index) => set.equals(next[index] as Buffer));
}

function kindOfSet({ codec }: LiveTrack, nal: Buffer): SetKind | null {
  const [first] = nal;
  if (first === undefined) return null;
  const kinds: Record<number, SetKind> =
    codec === 'h264' ? { 7: 'sequence', 8: 'picture' } : { 32: 'video', 33: 'sequence', 34: 'picture' };
  return kinds[codec === 'h264' ? first & 0x1f : (first >> 1) & 0x3f] ?? null;
}

function describedSets({ codec, formatParameters }: LiveTrack): Buffer[] {
  const names = codec === 'h264' ? ['sprop-parameter-sets'] : ['sprop-vps', 'sprop-sps', 'sprop-pps'];
  return names
    .flatMap((name) => (formatParameters.get(name) ?? '').split(','))
    .map((base64) => Buffer.from(base64, 'base64'))
    .filter((set) => set.length > 0);
}

/** ISO/IEC 14496-3 table 1.18: sampling frequencies by their index. */
const frequenciesHz = [
  96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350,
];

/** As described; made of rate and channels (AAC-LC) where nothing is. */
function audioSpecificConfig(track: LiveTrack): Buffer {
  const described = Buffer.from(track.formatParameters.get('config') ?? '', 'hex');
  if (track.encodingName.toUpperCase() === 'MP4A-LATM') {
    const carried = described.length >= 4 ? ofStreamMuxConfig(described) : null;
    if (carried !== null) return carried;
  } else if (described.length >= 2) {
    return described.subarray(0, 64);
  }
  const index = frequenciesHz.indexOf(track.clockRateHz);
  const channels = track.channels ?? 1;
  const [lowComplexity, explicit] = [2, 15];
  if (index >= 0) {
    return Buffer.from([(lowComplexity << 3) | (index >> 1), ((index & 1) << 7) | (channels << 3)]);
  }
  const bits = (BigInt((lowComplexity << 4) | explicit) << 31n) | (BigInt(track.clockRateHz) << 7n);
  const config = Buffer.alloc(5);
  config.writeUIntBE(Number(bits | BigInt(channels << 3)), 0, 5);
  return config;
}

/**
 * The AudioSpecificConfig inside a StreamMuxConfig of version 0 with one program and one layer (ISO/IEC 14496-3 §1.7.3.1),
 * which begins after 15 bits; what stands behind it is taken along, and no decoder minds. `null` for any other.
 */
function ofStreamMuxConfig(config: Buffer): Buffer | null {
  const isPlain =
    ((config[0] ?? 0xff) & 0x80) === 0 &&
    ((config[1] ?? 0xff) & 0xfe) === 0 &&
    ((config[0] ?? 0) & 0x3f) === 0;
  if (!isPlain) return null;
  const plain = Buffer.alloc(Math.min(config.length - 2, 5));
  for (const index of plain.keys()) {
    plain[index] = (((config[index + 1] ?? 0) << 7) | ((config[index + 2] ?? 0) >> 1)) & 0xff;
  }
  const isExplicitRate = ((plain[0] ?? 0) & 7) === 7 && ((plain[1] ?? 0) & 0x80) !== 0;
  return plain.subarray(0, isExplicitRate ? 5 : 2);
}
