import { BitReader, BitsEnd } from './bit-reader.ts';

/** What a sequence parameter set says of the pictures, as far as a file has to tell it. */
export interface PictureFormat {
  widthPixels: number;
  heightPixels: number;
  /** 0 monochrome, 1 4:2:0, 2 4:2:2, 3 4:4:4. */
  chromaFormat: number;
  lumaBits: number;
  chromaBits: number;
  /** H.265: how many temporal layers there are, and whether they are nested; 1 and true for H.264. */
  temporalLayers: number;
  isTemporallyNested: boolean;
}

/** Said where a set cannot be read: the stream is written all the same, and its decoder finds out by itself. */
export const unknownPictureFormat: PictureFormat = {
  widthPixels: 0,
  heightPixels: 0,
  chromaFormat: 1,
  lumaBits: 8,
  chromaBits: 8,
  temporalLayers: 1,
  isTemporallyNested: true,
};

/** Profiles whose sets tell chroma and depth (ITU-T H.264 §7.3.2.1.1). */
const highProfiles = [100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135];

/** Reads an H.264 sequence parameter set, with its NAL header (ITU-T H.264 §7.3.2.1.1). */
export function h264PictureFormat(set: Buffer): PictureFormat {
  return readOrUnknown(() => {
    const reader = new BitReader(set, 1);
    const profile = reader.bits(8);
    reader.skip(16);
    reader.unsigned();
    const depth = highProfiles.includes(profile) ? h264Depth(reader) : null;
    reader.unsigned();
    skipPictureOrder(reader);
    reader.unsigned();
    reader.skip(1);
    const widthBlocks = reader.unsigned() + 1;
    const heightUnits = reader.unsigned() + 1;
    const isFrameOnly = reader.flag();
    if (!isFrameOnly) reader.skip(1);
    reader.skip(1);
    const chromaFormat = depth?.chromaFormat ?? 1;
    const { unitX, unitY } = cropUnits(chromaFormat);
    const fields = isFrameOnly ? 1 : 2;
    const crop = reader.flag() ? [0, 0, 0, 0].map(() => reader.unsigned()) : [0, 0, 0, 0];
    const [left = 0, right = 0, top = 0, bottom = 0] = crop;
    return {
      ...unknownPictureFormat,
      ...depth,
      widthPixels: sized(widthBlocks * 16 - (left + right) * unitX),
      heightPixels: sized(heightUnits * 16 * fields - (top + bottom) * unitY * fields),
    };
  });
}

function h264Depth(reader: BitReader) {
  const chromaFormat = reader.unsigned();
  if (chromaFormat === 3) reader.skip(1);
  const lumaBits = 8 + reader.unsigned();
  const chromaBits = 8 + reader.unsigned();
  reader.skip(1);
  if (reader.flag()) skipScalingLists(reader, chromaFormat === 3 ? 12 : 8);
  return { chromaFormat: chromaFormat & 3, lumaBits, chromaBits };
}

function skipScalingLists(reader: BitReader, count: number): void {
  for (let list = 0; list < count; list += 1) {
    if (!reader.flag()) continue;
    let last = 8;
    let next = 8;
    for (let entry = 0; entry < (list < 6 ? 16 : 64); entry += 1) {
      if (next !== 0) next = (last + reader.signed() + 256) % 256;
      if (next !== 0) last = next;
    }
  }
}

function skipPictureOrder(reader: BitReader): void {
  const type = reader.unsigned();
  if (type === 0) reader.unsigned();
  if (type !== 1) return;
  reader.skip(1);
  reader.signed();
  reader.signed();
  for (let left = Math.min(reader.unsigned(), 255); left > 0; left -= 1) reader.signed();
}

/** Reads an H.265 sequence parameter set, with its NAL header (ITU-T H.265 §7.3.2.2.1). */
export function h265PictureFormat(set: Buffer): PictureFormat {
  return readOrUnknown(() => {
    const reader = new BitReader(set, 2);
    reader.skip(4);
    const moreLayers = reader.bits(3);
    const isTemporallyNested = reader.flag();
    skipProfileTierLevel(reader, moreLayers);
    reader.unsigned();
    const chromaFormat = reader.unsigned() & 3;
    if (chromaFormat === 3) reader.skip(1);
    const width = reader.unsigned();
    const height = reader.unsigned();
    const { unitX, unitY } = cropUnits(chromaFormat);
    const crop = reader.flag() ? [0, 0, 0, 0].map(() => reader.unsigned()) : [0, 0, 0, 0];
    const [left = 0, right = 0, top = 0, bottom = 0] = crop;
    return {
      widthPixels: sized(width - (left + right) * unitX),
      heightPixels: sized(height - (top + bottom) * unitY),
      chromaFormat,
      lumaBits: 8 + reader.unsigned(),
      chromaBits: 8 + reader.unsigned(),
      temporalLayers: moreLayers + 1,
      isTemporallyNested,
    };
  });
}

/** ITU-T H.265 §7.3.3: 88 bits of profile and 8 of level, then the same for each lower layer that tells them. */
function skipProfileTierLevel(reader: BitReader, moreLayers: number): void {
  reader.skip(96);
  const told: [boolean, boolean][] = [];
  for (let layer = 0; layer < moreLayers; layer += 1) told.push([reader.flag(), reader.flag()]);
  if (moreLayers > 0) reader.skip(2 * (8 - moreLayers));
  for (const [isProfileTold, isLevelTold] of told) {
    reader.skip((isProfileTold ? 88 : 0) + (isLevelTold ? 8 : 0));
  }
}

function cropUnits(chromaFormat: number): { unitX: number; unitY: number } {
  return {
    unitX: chromaFormat === 1 || chromaFormat === 2 ? 2 : 1,
    unitY: chromaFormat === 1 ? 2 : 1,
  };
}

/** The fields of a file have 16 bits for it. */
function sized(pixels: number): number {
  return pixels > 0 && pixels < 65_536 ? pixels : 0;
}

function readOrUnknown(read: () => PictureFormat): PictureFormat {
  try {
    const format = read();
    const isPossible = format.lumaBits <= 16 && format.chromaBits <= 16;
    return isPossible ? format : unknownPictureFormat;
  } catch (error) {
    if (error instanceof BitsEnd) return unknownPictureFormat;
    throw error;
  }
}
