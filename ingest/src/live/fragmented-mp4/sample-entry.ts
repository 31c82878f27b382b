import type { TrackFormat, VideoFormat } from '@docket/device-protocol/live';
import { box, fullBox, u8, u16, u32 } from './box.ts';
import { h264PictureDepth, h265PictureDepth } from './picture-depth.ts';
import { h265Profile, type Mp4Format } from './track-format.ts';

/** The sample entry of a track: which decoder, and what it needs to begin. */
export function sampleEntry(format: Mp4Format): Buffer {
  switch (format.codec) {
    case 'h264':
      return h264Entry(format);
    case 'h265':
      return h265Entry(format);
    case 'aac':
      return audioEntry('mp4a', format, ...(format.config === null ? [] : [elementaryStream(format.config)]));
    case 'pcma':
      return audioEntry('alaw', format);
    case 'pcmu':
      return audioEntry('ulaw', format);
    case 'flac':
      return audioEntry('fLaC', format, flacSpecific(format.streamInfo));
  }
}

/** How large pictures are, in pixels; 0 where nobody told, and for sound. The fields of a file have 16 bits for it. */
export function pictureSize(format: Mp4Format): { widthPixels: number; heightPixels: number } {
  if (format.kind === 'audio') return { widthPixels: 0, heightPixels: 0 };
  const sized = (pixels: number | null) => (pixels !== null && pixels < 65_536 ? pixels : 0);
  return { widthPixels: sized(format.widthPixels), heightPixels: sized(format.heightPixels) };
}

/** NAL units lie behind lengths of four bytes. */
const lengthSize = 4;

/** AVCDecoderConfigurationRecord (ISO/IEC 14496-15 §5.3.3.1). Without sets `avc3`: they come with the pictures. */
function h264Entry(format: VideoFormat): Buffer {
  const sequenceSets = format.sequenceParameterSets.slice(0, 31);
  const pictureSets = format.pictureParameterSets.slice(0, 255);
  const first = sequenceSets[0];
  const [profile = 66, constraints = 0, level = 30] = first?.subarray(1, 4) ?? [];
  const picture = h264PictureDepth(first);
  const isHigh = [100, 110, 122, 144].includes(profile);
  const record = [
    u8(1, profile, constraints, level, 0xfc | (lengthSize - 1), 0xe0 | sequenceSets.length),
    ...sequenceSets.flatMap(counted),
    u8(pictureSets.length),
    ...pictureSets.flatMap(counted),
    ...(isHigh
      ? [u8(0xfc | picture.chromaFormat, 0xf8 | (picture.lumaBits - 8), 0xf8 | (picture.chromaBits - 8), 0)]
      : []),
  ];
  return visualEntry(first === undefined ? 'avc3' : 'avc1', format, box('avcC', ...record));
}

const h265NalTypes = { video: 32, sequence: 33, picture: 34 };

/** HEVCDecoderConfigurationRecord (ISO/IEC 14496-15 §8.3.3.1). Without sets `hev1`: they come with the pictures. */
function h265Entry(format: VideoFormat): Buffer {
  const first = format.sequenceParameterSets[0];
  const picture = h265PictureDepth(first);
  const profile = (first === undefined ? null : h265Profile(first)) ?? Buffer.alloc(12);
  const layers = (picture.temporalLayers << 3) | (picture.isTemporallyNested ? 4 : 0) | (lengthSize - 1);
  const arrays = [
    { type: h265NalTypes.video, sets: format.videoParameterSets },
    { type: h265NalTypes.sequence, sets: format.sequenceParameterSets },
    { type: h265NalTypes.picture, sets: format.pictureParameterSets },
  ].filter(({ sets }) => sets.length > 0);
  const isComplete = arrays.length === 3;
  const record = [
    u8(1),
    profile,
    u16(0xf000),
    u8(0xfc, 0xfc | picture.chromaFormat, 0xf8 | (picture.lumaBits - 8), 0xf8 | (picture.chromaBits - 8)),
    u16(0),
    u8(layers, arrays.length),
    ...arrays.flatMap(({ type, sets }) => [
      u8((isComplete ? 0x80 : 0) | type),
      u16(sets.length),
      ...sets.flatMap(counted),
    ]),
  ];
  return visualEntry(isComplete ? 'hvc1' : 'hev1', format, box('hvcC', ...record));
}

function counted(set: Buffer): Buffer[] {
  return [u16(set.length), set];
}

/** VisualSampleEntry (ISO/IEC 14496-12 §12.1.3). */
function visualEntry(type: string, format: TrackFormat, configuration: Buffer): Buffer {
  const { widthPixels, heightPixels } = pictureSize(format);
  return box(
    type,
    Buffer.alloc(6),
    u16(1),
    Buffer.alloc(16),
    u16(widthPixels, heightPixels),
    u32(0x0048_0000, 0x0048_0000, 0),
    u16(1),
    Buffer.alloc(32),
    u16(0x0018, 0xffff),
    configuration,
  );
}

/** AudioSampleEntry (ISO/IEC 14496-12 §12.2.3). */
function audioEntry(
  type: string,
  { channels, sampleRateHz }: { channels: number; sampleRateHz: number },
  ...configuration: readonly Buffer[]
): Buffer {
  const rate = sampleRateHz < 65_536 ? sampleRateHz * 65_536 : 0;
  return box(
    type,
    Buffer.alloc(6),
    u16(1),
    Buffer.alloc(8),
    u16(channels, 16, 0, 0),
    u32(rate),
    ...configuration,
  );
}

/** FLACSpecificBox: the one metadata block, marked as the last ("Encapsulation of FLAC in ISO Base Media File Format" §3.3.2). */
function flacSpecific(streamInfo: Buffer): Buffer {
  return fullBox('dfLa', 0, 0, u8(0x80, 0, 0, streamInfo.length), streamInfo);
}

/** ESDBox with the descriptors of one AAC stream (ISO/IEC 14496-14 §5.6, ISO/IEC 14496-1 §7.2.6). */
function elementaryStream(audioSpecificConfig: Buffer): Buffer {
  const specific = descriptor(5, audioSpecificConfig);
  const decoder = descriptor(4, u8(0x40, 0x15, 0, 0, 0), u32(0, 0), specific);
  return fullBox('esds', 0, 0, descriptor(3, u16(0), u8(0), decoder, descriptor(6, u8(2))));
}

function descriptor(tag: number, ...content: readonly Buffer[]): Buffer {
  const body = Buffer.concat(content);
  const length = u8(
    0x80 | (body.length >> 21),
    0x80 | (body.length >> 14),
    0x80 | (body.length >> 7),
    body.length & 0x7f,
  );
  return Buffer.concat([u8(tag), length, body]);
}
