import { readDecoderConfiguration } from './decoder-configuration.ts';
import { readEnhancedHead } from './enhanced-head.ts';
import type { FlvMedia } from './flv-media.ts';
import { FlvError, type FlvTag } from './flv-reader.ts';
import { nalKinds, type VideoCodec } from './nal-units.ts';

const keyFrame = 1;
const command = 5;
const plainCodecs = new Map<number, VideoCodec>([
  [7, 'h264'],
  [12, 'h265'],
]);
const otherNames = new Map([
  [2, 'H263'],
  [4, 'VP6'],
]);
const enhancedCodecs = new Map<string, VideoCodec>([
  ['avc1', 'h264'],
  ['hvc1', 'h265'],
]);
const enhancedTypes = { sequenceStart: 0, codedFrames: 1, codedFramesX: 3, multitrack: 6 } as const;

/** Where the parts of a tag lie. */
interface VideoParts {
  codec: VideoCodec;
  says: 'setup' | 'picture' | 'nothing';
  /** From decoding to being shown; may be negative. */
  shiftMs: number;
  body: Buffer;
}

/** Reads tags of video; remembers how long the lengths in front of NAL units are. */
export class VideoReader {
  readonly #lengthBytes: Record<VideoCodec, number> = { h264: 4, h265: 4 };

  /** Throws FlvError or RangeError. */
  read({ data, timeMs }: FlvTag): FlvMedia {
    const first = data.readUInt8(0);
    const frameType = (first >> 4) & 0x07;
    if (frameType === command) return { is: 'nothing' };
    const parts = (first & 0x80) === 0 ? plainParts(data) : enhancedParts(data);
    if (typeof parts === 'string') return { is: 'other-codec', kind: 'video', name: parts };
    const { codec, says, shiftMs, body } = parts;
    if (says === 'setup') {
      const { lengthBytes, parameterSets } = readDecoderConfiguration(codec, body);
      this.#lengthBytes[codec] = lengthBytes;
      return { is: 'video-setup', setup: { codec, parameterSets } };
    }
    const units = says === 'picture' ? splitUnits(codec, body, this.#lengthBytes[codec]) : [];
    if (units.length === 0) return { is: 'nothing' };
    const isKeyFrame = frameType === keyFrame || units.some(nalKinds[codec].isKey);
    return { is: 'picture', codec, shownMs: timeMs + shiftMs, units, isKeyFrame };
  }
}

/** Adobe FLV 10.1, annex E.4.3. A string is the name of another codec. */
function plainParts(data: Buffer): VideoParts | string {
  const number = data.readUInt8(0) & 0x0f;
  const codec = plainCodecs.get(number);
  if (codec === undefined) return otherNames.get(number) ?? `FLV-${number}`;
  const body = data.subarray(5);
  const type = data.readUInt8(1);
  if (type === 0) return { codec, says: 'setup', shiftMs: 0, body };
  if (type === 1) return { codec, says: 'picture', shiftMs: data.readIntBE(2, 3), body };
  return { codec, says: 'nothing', shiftMs: 0, body };
}

/** Enhanced RTMP v2, ExVideoTagBody. */
function enhancedParts(data: Buffer): VideoParts | string {
  const { packetType, fourCc, body } = readEnhancedHead(data, enhancedTypes.multitrack);
  if (packetType === enhancedTypes.multitrack) return 'multitrack-video';
  const codec = enhancedCodecs.get(fourCc);
  if (codec === undefined) return fourCc;
  switch (packetType) {
    case enhancedTypes.sequenceStart:
      return { codec, says: 'setup', shiftMs: 0, body };
    case enhancedTypes.codedFrames:
      return { codec, says: 'picture', shiftMs: body.readIntBE(0, 3), body: body.subarray(3) };
    case enhancedTypes.codedFramesX:
      return { codec, says: 'picture', shiftMs: 0, body };
    default:
      return { codec, says: 'nothing', shiftMs: 0, body };
  }
}

/** NAL units by the lengths in front of them. Empty ones, and heads alone (end of sequence), are left out. */
function splitUnits(codec: VideoCodec, body: Buffer, lengthBytes: number): Buffer[] {
  const units: Buffer[] = [];
  for (let position = 0; position + lengthBytes <= body.length; ) {
    const sizeBytes = body.readUIntBE(position, lengthBytes);
    position += lengthBytes;
    if (sizeBytes > body.length - position) throw new FlvError('a NAL unit is cut off');
    if (sizeBytes > nalKinds[codec].headBytes) units.push(body.subarray(position, position + sizeBytes));
    position += sizeBytes;
  }
  return units;
}
