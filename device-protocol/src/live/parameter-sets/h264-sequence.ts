import { BitReader, rawPayload } from './bit-reader.ts';
import type { PictureSize } from './picture-size.ts';

/** Profiles whose sequence parameter set tells the chroma format (ITU-T H.264 §7.3.2.1.1). */
const chromaProfiles: ReadonlySet<number> = new Set([
  100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135,
]);

/** The picture's size as shown, from a sequence parameter set of H.264. Throws BitsError. */
export function readH264PictureSize(nal: Uint8Array): PictureSize {
  const bits = new BitReader(rawPayload(nal.subarray(0, 1024)));
  bits.skip(8);
  const profile = bits.unsigned(8);
  bits.skip(16);
  bits.exponential(); // seq_parameter_set_id
  const chroma = chromaProfiles.has(profile) ? readChroma(bits) : { format: 1, isSeparate: false };
  bits.exponential(); // log2_max_frame_num_minus4
  skipPictureOrder(bits);
  bits.exponential(); // max_num_ref_frames
  bits.skip(1);
  const widthMacroblocks = bits.exponential() + 1;
  const heightUnits = bits.exponential() + 1;
  const isFrameOnly = bits.flag();
  if (!isFrameOnly) bits.skip(1);
  bits.skip(1);
  const isCropped = bits.flag();
  const crop = () => (isCropped ? bits.exponential() : 0);
  const [left, right, top, bottom] = [crop(), crop(), crop(), crop()];
  const fieldFactor = isFrameOnly ? 1 : 2;
  const hasChroma = chroma.format !== 0 && !chroma.isSeparate;
  const cropX = hasChroma && chroma.format !== 3 ? 2 : 1;
  const cropY = (hasChroma && chroma.format === 1 ? 2 : 1) * fieldFactor;
  return {
    widthPixels: widthMacroblocks * 16 - (left + right) * cropX,
    heightPixels: heightUnits * 16 * fieldFactor - (top + bottom) * cropY,
  };
}

function readChroma(bits: BitReader): { format: number; isSeparate: boolean } {
  const format = bits.exponential();
  const isSeparate = format === 3 && bits.flag();
  bits.exponential(); // bit_depth_luma_minus8
  bits.exponential(); // bit_depth_chroma_minus8
  bits.skip(1);
  if (bits.flag()) {
    const lists = format === 3 ? 12 : 8;
    for (let list = 0; list < lists; list++) if (bits.flag()) skipScalingList(bits, list < 6 ? 16 : 64);
  }
  return { format, isSeparate };
}

/** ITU-T H.264 §7.3.2.1.1.1. */
function skipScalingList(bits: BitReader, size: number): void {
  let last = 8;
  let next = 8;
  for (let index = 0; index < size; index++) {
    if (next !== 0) next = (last + bits.signedExponential() + 256) % 256;
    last = next === 0 ? last : next;
  }
}

function skipPictureOrder(bits: BitReader): void {
  const type = bits.exponential();
  if (type === 0) {
    bits.exponential();
  } else if (type === 1) {
    bits.skip(1);
    bits.signedExponential();
    bits.signedExponential();
    const frames = bits.exponential();
    for (let frame = 0; frame < frames; frame++) bits.signedExponential();
  }
}
