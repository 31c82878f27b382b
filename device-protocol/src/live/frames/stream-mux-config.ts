import {
  type AudioSpecificConfig,
  readAudioSpecificConfig,
} from '../parameter-sets/audio-specific-config.ts';
import { BitReader, BitsError } from '../parameter-sets/bit-reader.ts';

/** How frames lie in the low-overhead audio transport (ISO/IEC 14496-3 §1.7.3). */
export interface StreamMuxConfig {
  audio: AudioSpecificConfig;
  /** AudioSpecificConfig, shifted to the border of a byte. */
  config: Buffer;
  subFrames: number;
  otherDataBits: number;
}

/** frameLengthType, latmBufferFullness and two flags: fewer are not there at all. */
const cutOffBits = 3 + 8 + 2;

/** Reads StreamMuxConfig with one program, one layer and frames of varying length, which is AAC. Throws BitsError. */
export function readStreamMuxConfig(bits: BitReader, source: Uint8Array): StreamMuxConfig {
  const version = bits.unsigned(1);
  if (version === 1) {
    if (bits.flag()) throw new BitsError('audioMuxVersionA 1 is reserved');
    readLatmValue(bits);
  }
  if (!bits.flag()) throw new BitsError('streams of different framing are not carried');
  const subFrames = bits.unsigned(6) + 1;
  if (bits.unsigned(4) !== 0 || bits.unsigned(3) !== 0)
    throw new BitsError('several programs or layers are not carried');
  const lengthBits = version === 1 ? readLatmValue(bits) : null;
  const start = bits.position;
  const audio = readAudioSpecificConfig(bits);
  if (lengthBits !== null) bits.skip(start + lengthBits - bits.position);
  const config = bitsOf(source, start, bits.position - start);
  // GStreamer's payloader ends here, in the midst of the config.
  if (bits.remainingBits < cutOffBits) return { audio, config, subFrames, otherDataBits: 0 };
  if (bits.unsigned(3) !== 0) throw new BitsError('frames of fixed length are not carried');
  bits.skip(8);
  const otherDataBits = bits.flag() ? readOtherDataBits(bits, version) : 0;
  if (bits.flag()) bits.skip(8);
  return { audio, config, subFrames, otherDataBits };
}

function readLatmValue(bits: BitReader): number {
  return bits.unsigned((bits.unsigned(2) + 1) * 8);
}

function readOtherDataBits(bits: BitReader, version: number): number {
  if (version === 1) return readLatmValue(bits);
  let value = 0;
  for (let isMore = true; isMore; ) {
    isMore = bits.flag();
    value = value * 256 + bits.unsigned(8);
    if (value > 65_536) throw new BitsError('other data past all measure');
  }
  return value;
}

function bitsOf(source: Uint8Array, start: number, count: number): Buffer {
  const from = new BitReader(source);
  from.skip(start);
  const bytes = Buffer.alloc(Math.ceil(count / 8));
  for (let bit = 0; bit < count; bit++) {
    if (from.flag()) bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) | (0x80 >> (bit & 7));
  }
  return bytes;
}
