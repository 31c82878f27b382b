import { execFileSync } from 'node:child_process';
import type {
  AccessUnit,
  LiveCodec,
  LiveTrack,
  TrackFormat,
  VideoFormat,
} from '@docket/device-protocol/live';

/** Real footage, encoded by ffmpeg, as a stream's units: a test picture with a clock, or a tone. */
export interface EncodedFootage {
  track: LiveTrack;
  format: TrackFormat;
  units: AccessUnit[];
}

interface Wanted {
  codec: LiveCodec;
  seconds: number;
  index?: number;
  framesPerSecond?: number;
  /** Pictures from one key frame to the next. */
  keyFrameEvery?: number;
  size?: string;
  bPictures?: number;
  bitRate?: string;
}

const made = new Map<string, EncodedFootage>();

/** The same wish gives the same units; they arrive as fast as they are recorded, from the Unix epoch on. */
export function encodedFootage(wanted: Wanted): EncodedFootage {
  const key = JSON.stringify(wanted);
  const known = made.get(key) ?? make(wanted);
  made.set(key, known);
  return known;
}

function make(wanted: Wanted): EncodedFootage {
  const isVideo = wanted.codec === 'h264' || wanted.codec === 'h265';
  return isVideo ? pictures(wanted) : sound(wanted);
}

function track(wanted: Wanted, clockRateHz: number, channels: number | null): LiveTrack {
  const isVideo = channels === null;
  return {
    index: wanted.index ?? 0,
    kind: isVideo ? 'video' : 'audio',
    codec: wanted.codec,
    payloadType: 96 + (wanted.index ?? 0),
    clockRateHz,
    channels,
    encodingName: { h264: 'H264', h265: 'H265', aac: 'MPEG4-GENERIC', pcma: 'PCMA', pcmu: 'PCMU' }[
      wanted.codec
    ],
    formatParameters: new Map(),
    control: null,
  };
}

function pictures(wanted: Wanted): EncodedFootage {
  const { codec, seconds, framesPerSecond = 10, keyFrameEvery = 10, size = '320x180' } = wanted;
  const rate = wanted.bitRate === undefined ? [] : ['-b:v', wanted.bitRate, '-minrate', wanted.bitRate];
  const source = `testsrc2=size=${size}:rate=${framesPerSecond}:duration=${seconds}`;
  const group = `keyint=${keyFrameEvery}:min-keyint=${keyFrameEvery}:scenecut=0:bframes=${wanted.bPictures ?? 0}`;
  const encoder =
    codec === 'h264'
      ? ['-c:v', 'libx264', '-preset', 'ultrafast', '-x264-params', `${group}:aud=1`, '-f', 'h264']
      : [
          '-c:v',
          'libx265',
          '-preset',
          'ultrafast',
          '-x265-params',
          `${group}:aud=1:log-level=none`,
          '-f',
          'hevc',
        ];
  const stream = ffmpeg(['-f', 'lavfi', '-i', source, '-pix_fmt', 'yuv420p', ...rate, ...encoder]);
  const ticks = 90_000 / framesPerSecond;
  const shown = wanted.bPictures === undefined ? null : shownOrder(stream, codec);
  const own = track(wanted, 90_000, null);
  const coded = accessUnits(nalUnits(stream), codec);
  const format = videoFormat(coded[0] ?? [], codec as VideoFormat['codec'], size);
  const units = coded.map((data, index): AccessUnit => {
    const isKeyFrame = data.some((nal) => isKeyFrameNal(nal, codec));
    return unit(own, format, data, (shown?.[index] ?? index) * ticks, isKeyFrame);
  });
  return { track: own, format, units };
}

function videoFormat(first: readonly Buffer[], codec: VideoFormat['codec'], size: string): VideoFormat {
  const of = (...types: number[]) => first.filter((nal) => types.includes(nalType(nal, codec)));
  const [widthPixels = null, heightPixels = null] = size.split('x').map(Number);
  return {
    kind: 'video',
    codec,
    videoParameterSets: codec === 'h265' ? of(32) : [],
    sequenceParameterSets: codec === 'h265' ? of(33) : of(7),
    pictureParameterSets: codec === 'h265' ? of(34) : of(8),
    widthPixels,
    heightPixels,
  };
}

/** The place of each picture in the order of showing, as ffprobe finds it. */
function shownOrder(stream: Buffer, codec: LiveCodec): number[] {
  const mp4 = ['-f', codec === 'h264' ? 'h264' : 'hevc', '-show_entries', 'frame=coded_picture_number'];
  const list = execFileSync('ffprobe', ['-v', 'error', ...mp4, '-of', 'csv=p=0', '-i', 'pipe:0'], {
    input: stream,
    encoding: 'utf8',
  });
  const order: number[] = [];
  const numbers = list.split('\n').filter((line) => /^\d/u.test(line));
  for (const [shown, line] of numbers.entries()) order[Number.parseInt(line, 10)] = shown;
  return order;
}

function sound(wanted: Wanted): EncodedFootage {
  const { codec, seconds } = wanted;
  const rateHz = codec === 'aac' ? 16_000 : 8000;
  const tone = ['-f', 'lavfi', '-i', `sine=frequency=500:sample_rate=${rateHz}:duration=${seconds}`];
  const own = track(wanted, rateHz, 1);
  if (codec === 'aac') {
    // AAC-LC, 16 kHz, mono.
    const config = Buffer.from('1408', 'hex');
    const format: TrackFormat = {
      kind: 'audio',
      codec,
      sampleRateHz: rateHz,
      channels: 1,
      samplesPerFrame: 1024,
      config,
    };
    const frames = adtsFrames(ffmpeg([...tone, '-c:a', 'aac', '-f', 'adts']));
    return {
      track: own,
      format,
      units: frames.map((frame, index) => unit(own, format, [frame], index * 1024, true)),
    };
  }
  const law = codec === 'pcma' ? 'pcma' : 'pcmu';
  const format: TrackFormat = {
    kind: 'audio',
    codec: law,
    sampleRateHz: rateHz,
    channels: 1,
    samplesPerFrame: null,
    config: null,
  };
  const [encoder, container] = codec === 'pcma' ? ['pcm_alaw', 'alaw'] : ['pcm_mulaw', 'mulaw'];
  const bytes = ffmpeg([...tone, '-c:a', encoder as string, '-f', container as string]);
  const units: AccessUnit[] = [];
  for (let at = 0; at < bytes.length; at += 160) {
    units.push(unit(own, format, [bytes.subarray(at, at + 160)], at, true));
  }
  return { track: own, format, units };
}

function unit(
  own: LiveTrack,
  format: TrackFormat,
  data: readonly Buffer[],
  mediaTicks: number,
  isKeyFrame: boolean,
): AccessUnit {
  const atMs = (mediaTicks / own.clockRateHz) * 1000;
  const rtpTimestamp = mediaTicks % 2 ** 32;
  const arrival = { atMs, sentNotBeforeMs: null };
  const flaws = { isWhole: true, isUnfinished: false, lostPackets: 0 };
  return { track: own, mediaTicks, rtpTimestamp, data, isKeyFrame, ...flaws, arrival, format };
}

function ffmpeg(words: readonly string[]): Buffer {
  return execFileSync('ffmpeg', ['-v', 'error', '-nostdin', ...words, 'pipe:1'], { maxBuffer: 2 ** 28 });
}

/** NAL units of a byte stream (ITU-T H.264 annex B). */
function nalUnits(stream: Buffer): Buffer[] {
  const starts: number[] = [];
  const mark = Buffer.from([0, 0, 1]);
  for (let at = stream.indexOf(mark); at >= 0; at = stream.indexOf(mark, at + 3)) starts.push(at);
  return starts.map((start, index) => {
    let end = starts[index + 1] ?? stream.length;
    while (end > start + 3 && stream[end - 1] === 0) end -= 1;
    return stream.subarray(start + 3, end);
  });
}

function accessUnits(nals: readonly Buffer[], codec: LiveCodec): Buffer[][] {
  const units: Buffer[][] = [];
  for (const nal of nals) {
    if (nalType(nal, codec) === (codec === 'h264' ? 9 : 35)) units.push([]);
    else units.at(-1)?.push(nal);
  }
  return units;
}

function nalType(nal: Buffer, codec: LiveCodec): number {
  const [first = 0] = nal;
  return codec === 'h264' ? first & 0x1f : (first >> 1) & 0x3f;
}

function isKeyFrameNal(nal: Buffer, codec: LiveCodec): boolean {
  const type = nalType(nal, codec);
  return codec === 'h264' ? type === 5 : type >= 16 && type <= 21;
}

function adtsFrames(stream: Buffer): Buffer[] {
  const frames: Buffer[] = [];
  for (let at = 0; at + 7 <= stream.length; ) {
    const lengthBytes = (stream.readUInt32BE(at + 3) >> 13) & 0x1fff;
    frames.push(stream.subarray(at + 7, at + lengthBytes));
    at += lengthBytes;
  }
  return frames;
}
