import { readEnhancedHead } from './enhanced-head.ts';
import type { AudioSetup, FlvMedia } from './flv-media.ts';
import { FlvError, type FlvTag } from './flv-reader.ts';

const otherNames = new Map([
  [0, 'L16'],
  [2, 'MPA'],
  [3, 'L16'],
  [11, 'speex'],
  [14, 'MPA'],
]);
const enhancedTypes = { sequenceStart: 0, codedFrames: 1, multitrack: 5 } as const;

/** ISO/IEC 14496-3 table 1.18. */
const aacRatesHz = [
  96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350,
];
const aacChannels = [0, 1, 2, 3, 4, 5, 6, 8];
/** Kinds of AAC whose frames begin alike (ISO/IEC 14496-3 table 1.17): Main, LC, SSR, LTP, SBR, scalable, PS. */
const aacKinds = [1, 2, 3, 4, 5, 6, 29];

/** Reads a tag of audio. Throws FlvError or RangeError. */
export function readAudio({ data, timeMs }: FlvTag): FlvMedia {
  const format = data.readUInt8(0) >> 4;
  switch (format) {
    case 7:
      return { is: 'sound', shownMs: timeMs, frame: data.subarray(1), setup: g711('pcma') };
    case 8:
      return { is: 'sound', shownMs: timeMs, frame: data.subarray(1), setup: g711('pcmu') };
    case 9:
      return readEnhanced(data, timeMs);
    case 10:
      if (data.readUInt8(1) === 0) return aacSetup(data.subarray(2));
      return { is: 'sound', shownMs: timeMs, frame: data.subarray(2), setup: null };
    default:
      return { is: 'other-codec', kind: 'audio', name: otherNames.get(format) ?? `FLV-${format}` };
  }
}

/** Enhanced RTMP v2, ExAudioTagBody. */
function readEnhanced(data: Buffer, timeMs: number): FlvMedia {
  const { packetType, fourCc, body } = readEnhancedHead(data, enhancedTypes.multitrack);
  if (packetType === enhancedTypes.multitrack) {
    return { is: 'other-codec', kind: 'audio', name: 'multitrack-audio' };
  }
  if (fourCc !== 'mp4a') return { is: 'other-codec', kind: 'audio', name: fourCc };
  if (packetType === enhancedTypes.sequenceStart) return aacSetup(body);
  if (packetType !== enhancedTypes.codedFrames) return { is: 'nothing' };
  return { is: 'sound', shownMs: timeMs, frame: body, setup: null };
}

/** AudioSpecificConfig (ISO/IEC 14496-3 §1.6.2.1), as far as a description needs it. */
function aacSetup(config: Buffer): FlvMedia {
  if (config.length < 2) throw new FlvError('the config of AAC is cut off');
  const bits = Buffer.concat([config, Buffer.alloc(5)]).readUIntBE(0, 5);
  const field = (from: number, length: number) => Math.floor(bits / 2 ** (40 - from - length)) % 2 ** length;
  const isWritten = field(5, 4) === 15;
  const rateHz = isWritten ? field(9, 24) : aacRatesHz[field(5, 4)];
  const channels = aacChannels[field(isWritten ? 33 : 9, 4)] ?? 0;
  if (!aacKinds.includes(field(0, 5)) || rateHz === undefined || rateHz < 1_000 || channels === 0) {
    return { is: 'other-codec', kind: 'audio', name: 'AAC' };
  }
  return { is: 'audio-setup', setup: { codec: 'aac', rateHz, channels, config: config.subarray(0, 64) } };
}

function g711(codec: 'pcma' | 'pcmu'): AudioSetup {
  return { codec, rateHz: 8_000, channels: 1, config: Buffer.alloc(0) };
}
