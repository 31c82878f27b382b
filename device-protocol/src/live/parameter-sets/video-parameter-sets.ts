import type { LiveTrack } from '../live-track.ts';
import type { VideoFormat } from '../track-format.ts';
import { BitReader, BitsError, rawPayload } from './bit-reader.ts';
import { readH264PictureSize } from './h264-sequence.ts';
import { readH265PictureSize, readH265SequenceId } from './h265-sequence.ts';
import type { PictureSize } from './picture-size.ts';

type SetKind = 'video' | 'sequence' | 'picture';

/** Larger ones and more of them no encoder needs; a stranger's are left out. */
const maxSetBytes = 4096;
const maxSetsPerKind = 32;

/** The parameter sets of a track of pictures: those its description tells (sprop), overruled by those of the stream. */
export class VideoParameterSets {
  readonly #codec: 'h264' | 'h265';
  readonly #sets: Record<SetKind, Map<number, Buffer>> = {
    video: new Map(),
    sequence: new Map(),
    picture: new Map(),
  };
  #format: VideoFormat | null = null;

  constructor(track: LiveTrack) {
    this.#codec = track.codec === 'h265' ? 'h265' : 'h264';
    const names = this.#codec === 'h264' ? ['sprop-parameter-sets'] : ['sprop-vps', 'sprop-sps', 'sprop-pps'];
    for (const name of names) {
      for (const coded of (track.formatParameters.get(name) ?? '').split(',').slice(0, maxSetsPerKind)) {
        this.take(withoutStartCode(Buffer.from(coded, 'base64')));
      }
    }
  }

  /** The same object as long as nothing changes; `null` until a sequence and a picture parameter set are known. */
  get format(): VideoFormat | null {
    const { video, sequence, picture } = this.#sets;
    if (this.#format !== null || sequence.size === 0 || picture.size === 0) return this.#format;
    if (this.#codec === 'h265' && video.size === 0) return null;
    const size = this.#pictureSize();
    this.#format = {
      kind: 'video',
      codec: this.#codec,
      videoParameterSets: [...video.values()],
      sequenceParameterSets: [...sequence.values()],
      pictureParameterSets: [...picture.values()],
      widthPixels: size?.widthPixels ?? null,
      heightPixels: size?.heightPixels ?? null,
    };
    return this.#format;
  }

  /** Keeps a copy of a parameter set that is new; other NAL units are passed over. */
  take(nal: Buffer): void {
    const kind = this.#kindOf(nal);
    if (kind === null || nal.length > maxSetBytes) return;
    const id = this.#idOf(kind, nal);
    const known = id === null ? undefined : this.#sets[kind].get(id);
    if (id === null || known?.equals(nal)) return;
    if (known === undefined && this.#sets[kind].size >= maxSetsPerKind) return;
    this.#sets[kind].set(id, Buffer.from(nal));
    this.#format = null;
  }

  #kindOf(nal: Buffer): SetKind | null {
    const first = nal[0];
    if (first === undefined) return null;
    if (this.#codec === 'h264') return h264Kinds[first & 0x1f] ?? null;
    return h265Kinds[(first >> 1) & 0x3f] ?? null;
  }

  #idOf(kind: SetKind, nal: Buffer): number | null {
    try {
      return this.#codec === 'h264' ? h264Id(kind, nal) : h265Id(kind, nal);
    } catch (error) {
      if (error instanceof BitsError) return null;
      throw error;
    }
  }

  /** Of the newest set that can be read. */
  #pictureSize(): PictureSize | null {
    const read = this.#codec === 'h264' ? readH264PictureSize : readH265PictureSize;
    for (const nal of [...this.#sets.sequence.values()].reverse()) {
      try {
        const size = read(nal);
        if (isPlausible(size.widthPixels) && isPlausible(size.heightPixels)) return size;
      } catch (error) {
        if (!(error instanceof BitsError)) throw error;
      }
    }
    return null;
  }
}

const h264Kinds: Readonly<Record<number, SetKind>> = { 7: 'sequence', 8: 'picture' };
const h265Kinds: Readonly<Record<number, SetKind>> = { 32: 'video', 33: 'sequence', 34: 'picture' };

/** Ids stand first in a picture parameter set, after profile and level in a sequence parameter set (§7.3.2.1.1, §7.3.2.2). */
function h264Id(kind: SetKind, nal: Buffer): number {
  const bits = new BitReader(rawPayload(nal.subarray(0, 32)));
  bits.skip(kind === 'sequence' ? 32 : 8);
  return bits.exponential();
}

/** ITU-T H.265 §7.3.2.1 to §7.3.2.3. */
function h265Id(kind: SetKind, nal: Buffer): number {
  const bits = new BitReader(rawPayload(nal.subarray(0, 128)));
  if (kind === 'sequence') return readH265SequenceId(bits);
  bits.skip(16);
  return kind === 'video' ? bits.unsigned(4) : bits.exponential();
}

function isPlausible(pixels: number): boolean {
  return pixels >= 16 && pixels <= 16_384;
}

/** Some senders write start codes into sprop. */
function withoutStartCode(nal: Buffer): Buffer {
  if (nal.length >= 4 && nal.readUInt32BE(0) === 1) return nal.subarray(4);
  return nal.length >= 3 && nal.readUIntBE(0, 3) === 1 ? nal.subarray(3) : nal;
}
