import { FlvError, type FlvTag } from './flv-reader.ts';

export interface VideoSetup {
  codec: 'h264';
  /** SPS and PPS, in order. */
  parameterSets: readonly Buffer[];
}

export interface AudioSetup {
  codec: 'aac' | 'pcma' | 'pcmu';
  rateHz: number;
  channels: number;
  /** AudioSpecificConfig (ISO/IEC 14496-3 §1.6.2.1) of AAC; empty for others. */
  config: Buffer;
}

/** What one tag says. */
export type FlvMedia =
  | { is: 'video-setup'; setup: VideoSetup }
  | { is: 'audio-setup'; setup: AudioSetup }
  | { is: 'picture'; shownMs: number; units: readonly Buffer[]; isKeyFrame: boolean }
  /** `setup`: where every frame says of what kind it is. */
  | { is: 'sound'; shownMs: number; frame: Buffer; setup: AudioSetup | null }
  | { is: 'other-codec'; kind: 'video' | 'audio'; name: string }
  | { is: 'nothing' };

const nothing: FlvMedia = { is: 'nothing' };
const videoNames = new Map([
  [2, 'H263'],
  [4, 'VP6'],
  [12, 'H265'],
]);
const audioNames = new Map([
  [0, 'L16'],
  [2, 'MPA'],
  [3, 'L16'],
  [11, 'speex'],
  [14, 'MPA'],
]);
/** ISO/IEC 14496-3 table 1.18. */
const aacRatesHz = [
  96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350,
];
const aacChannels = [0, 1, 2, 3, 4, 5, 6, 8];

/** Reads what tags hold (Adobe FLV 10.1, annex E.4.2 and E.4.3; ISO/IEC 14496-15 §5.2.4.1). Throws FlvError. */
export class FlvMediaReader {
  #lengthBytes = 4;

  read(tag: FlvTag): FlvMedia {
    if (tag.type === 'script' || tag.data.length < 2) return nothing;
    try {
      return tag.type === 'video' ? this.#video(tag) : readAudio(tag);
    } catch (error) {
      if (error instanceof RangeError) throw new FlvError('a tag is shorter than it says');
      throw error;
    }
  }

  #video({ data, timeMs }: FlvTag): FlvMedia {
    const first = data.readUInt8(0);
    // The marked bit: codecs by four letters (Enhanced RTMP).
    if ((first & 0x80) !== 0) {
      return { is: 'other-codec', kind: 'video', name: fourLetters(data.toString('latin1', 1, 5)) };
    }
    const codec = first & 0x0f;
    if (codec !== 7) {
      return { is: 'other-codec', kind: 'video', name: videoNames.get(codec) ?? `FLV-${codec}` };
    }
    const body = data.subarray(5);
    switch (data.readUInt8(1)) {
      case 0:
        return { is: 'video-setup', setup: this.#setUp(body) };
      case 1: {
        const units = splitUnits(body, this.#lengthBytes);
        if (units.length === 0) return nothing;
        return { is: 'picture', shownMs: timeMs + data.readIntBE(2, 3), units, isKeyFrame: first >> 4 === 1 };
      }
      default:
        return nothing;
    }
  }

  #setUp(record: Buffer): VideoSetup {
    this.#lengthBytes = (record.readUInt8(4) & 0x03) + 1;
    const parameterSets: Buffer[] = [];
    let position = 6;
    const take = (count: number) => {
      for (let index = 0; index < count; index++) {
        const sizeBytes = record.readUInt16BE(position);
        const set = record.subarray(position + 2, position + 2 + sizeBytes);
        if (set.length !== sizeBytes || sizeBytes === 0) throw new FlvError('a parameter set is cut off');
        parameterSets.push(set);
        position += 2 + sizeBytes;
      }
    };
    take(record.readUInt8(5) & 0x1f);
    const pictureSets = record.readUInt8(position++);
    take(pictureSets);
    return { codec: 'h264', parameterSets };
  }
}

/** NAL units by the lengths in front of them; empty ones are left out. */
function splitUnits(body: Buffer, lengthBytes: number): Buffer[] {
  const units: Buffer[] = [];
  for (let position = 0; position < body.length; ) {
    const sizeBytes = body.readUIntBE(position, lengthBytes);
    position += lengthBytes;
    if (sizeBytes > body.length - position) throw new FlvError('a NAL unit is cut off');
    if (sizeBytes > 0) units.push(body.subarray(position, position + sizeBytes));
    position += sizeBytes;
  }
  return units;
}

function readAudio({ data, timeMs }: FlvTag): FlvMedia {
  const format = data.readUInt8(0) >> 4;
  switch (format) {
    case 7:
      return { is: 'sound', shownMs: timeMs, frame: data.subarray(1), setup: g711('pcma') };
    case 8:
      return { is: 'sound', shownMs: timeMs, frame: data.subarray(1), setup: g711('pcmu') };
    case 10:
      if (data.readUInt8(1) === 0) return aacSetup(data.subarray(2));
      return { is: 'sound', shownMs: timeMs, frame: data.subarray(2), setup: null };
    case 9:
      return { is: 'other-codec', kind: 'audio', name: fourLetters(data.toString('latin1', 1, 5)) };
    default:
      return { is: 'other-codec', kind: 'audio', name: audioNames.get(format) ?? `FLV-${format}` };
  }
}

function aacSetup(config: Buffer): FlvMedia {
  const bits = config.readUInt16BE(0);
  const rateHz = aacRatesHz[(bits >> 7) & 0x0f];
  const channels = aacChannels[(bits >> 3) & 0x0f];
  if (rateHz === undefined || channels === undefined || channels === 0) {
    return { is: 'other-codec', kind: 'audio', name: 'AAC' };
  }
  return { is: 'audio-setup', setup: { codec: 'aac', rateHz, channels, config } };
}

function g711(codec: 'pcma' | 'pcmu'): AudioSetup {
  return { codec, rateHz: 8_000, channels: 1, config: Buffer.alloc(0) };
}

/** A name from outside, for a log. */
function fourLetters(name: string): string {
  return /^[\w.-]{4}$/.test(name) ? name : 'unknown';
}
