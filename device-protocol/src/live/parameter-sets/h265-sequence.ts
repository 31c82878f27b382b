import { BitReader, rawPayload } from './bit-reader.ts';
import type { PictureSize } from './picture-size.ts';

/** Reads to behind the id of a sequence parameter set, which is returned. Throws BitsError. */
export function readH265SequenceId(bits: BitReader): number {
  bits.skip(16 + 4);
  const subLayers = bits.unsigned(3);
  bits.skip(1);
  skipProfileTierLevel(bits, subLayers);
  return bits.exponential();
}

/** The picture's size as shown, from a sequence parameter set of H.265 (ITU-T H.265 §7.3.2.2.1). Throws BitsError. */
export function readH265PictureSize(nal: Uint8Array): PictureSize {
  const bits = new BitReader(rawPayload(nal.subarray(0, 1024)));
  readH265SequenceId(bits);
  const chromaFormat = bits.exponential();
  if (chromaFormat === 3) bits.skip(1);
  const width = bits.exponential();
  const height = bits.exponential();
  const isCropped = bits.flag();
  const crop = () => (isCropped ? bits.exponential() : 0);
  const [left, right, top, bottom] = [crop(), crop(), crop(), crop()];
  const cropX = chromaFormat === 1 || chromaFormat === 2 ? 2 : 1;
  const cropY = chromaFormat === 1 ? 2 : 1;
  return { widthPixels: width - (left + right) * cropX, heightPixels: height - (top + bottom) * cropY };
}

/** ITU-T H.265 §7.3.3. */
function skipProfileTierLevel(bits: BitReader, subLayers: number): void {
  bits.skip(88 + 8);
  const present = Array.from({ length: subLayers }, () => ({ profile: bits.flag(), level: bits.flag() }));
  if (subLayers > 0) bits.skip((8 - subLayers) * 2);
  for (const { profile, level } of present) bits.skip((profile ? 88 : 0) + (level ? 8 : 0));
}
