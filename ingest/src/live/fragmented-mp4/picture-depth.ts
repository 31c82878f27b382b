import { BitReader, BitsEnd } from './bit-reader.ts';

/** What the beginning of a file says of pictures beside their parameter sets. */
export interface PictureDepth {
  /** 0 monochrome, 1 4:2:0, 2 4:2:2, 3 4:4:4. */
  chromaFormat: number;
  lumaBits: number;
  chromaBits: number;
  /** H.265: how many temporal layers there are, and whether they are nested. */
  temporalLayers: number;
  isTemporallyNested: boolean;
}

/** Said where a set cannot be read: the stream is written all the same, and its decoder finds out by itself. */
const usualDepth: PictureDepth = {
  chromaFormat: 1,
  lumaBits: 8,
  chromaBits: 8,
  temporalLayers: 1,
  isTemporallyNested: true,
};

/** Profiles whose sets tell chroma and depth (ITU-T H.264 §7.3.2.1.1). */
const tellingProfiles = [100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135];

/** From an H.264 sequence parameter set with its NAL header (ITU-T H.264 §7.3.2.1.1). */
export function h264PictureDepth(set: Buffer | undefined): PictureDepth {
  return readOrUsual(set, (bytes) => {
    const reader = new BitReader(bytes, 1);
    const profile = reader.bits(8);
    reader.skip(16);
    reader.unsigned();
    if (!tellingProfiles.includes(profile)) return usualDepth;
    const chromaFormat = reader.unsigned() & 3;
    if (chromaFormat === 3) reader.skip(1);
    return {
      ...usualDepth,
      chromaFormat,
      lumaBits: 8 + reader.unsigned(),
      chromaBits: 8 + reader.unsigned(),
    };
  });
}

/** From an H.265 sequence parameter set with its NAL header (ITU-T H.265 §7.3.2.2.1). */
export function h265PictureDepth(set: Buffer | undefined): PictureDepth {
  return readOrUsual(set, (bytes) => {
    const reader = new BitReader(bytes, 2);
    reader.skip(4);
    const moreLayers = reader.bits(3);
    const isTemporallyNested = reader.flag();
    skipProfileTierLevel(reader, moreLayers);
    reader.unsigned();
    const chromaFormat = reader.unsigned() & 3;
    if (chromaFormat === 3) reader.skip(1);
    reader.unsigned();
    reader.unsigned();
    if (reader.flag()) for (let edge = 0; edge < 4; edge += 1) reader.unsigned();
    return {
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

function readOrUsual(set: Buffer | undefined, read: (set: Buffer) => PictureDepth): PictureDepth {
  if (set === undefined) return usualDepth;
  try {
    const depth = read(set);
    return depth.lumaBits <= 15 && depth.chromaBits <= 15 ? depth : usualDepth;
  } catch (error) {
    if (error instanceof BitsEnd) return usualDepth;
    throw error;
  }
}
