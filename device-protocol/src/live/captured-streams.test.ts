/** Streams of encoders and payloaders that we did not write, over real sockets, against the file that went in. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AccessUnit } from './access-unit.ts';
import { parseDescription } from './description/parse-description.ts';
import { StreamAssembler } from './stream-assembler.ts';
import { type CapturedPacket, capturePackets } from './testing/captured-packets.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'live-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const pictures = 'videotestsrc num-buffers=30 pattern=ball ! video/x-raw,width=320,height=180,framerate=30/1';
const hasSlice = (unit: AccessUnit, isSlice: (nal: Buffer) => boolean) => unit.data.some(isSlice);

function assembled(media: string, packets: readonly CapturedPacket[]) {
  const description = parseDescription(media);
  const [track] = description.tracks;
  if (track === undefined) throw new Error('no track');
  const units: AccessUnit[] = [];
  const troubles: unknown[] = [];
  const assembler = new StreamAssembler(description, {
    onUnit: (unit) => units.push(unit),
    onLoss: (loss) => troubles.push(loss),
    onReset: (reset) => troubles.push(reset),
    onMisnamed: (misnomer) => troubles.push(misnomer),
  });
  for (const { packet, atMs } of packets) assembler.take(track, packet, { atMs, sentNotBeforeMs: null });
  assembler.flush();
  expect(troubles).toEqual([]);
  expect(units.every(({ isWhole }) => isWhole)).toBe(true);
  expect(assembler.counts(track)).toMatchObject({
    broken: 0,
    unsupported: 0,
    foreignPackets: 0,
    latePackets: 0,
  });
  return { units, format: assembler.format(track) };
}

/** NAL units of a byte stream (ITU-T H.264 Annex B), in hexadecimal. */
function nalUnits(bytes: Buffer): string[] {
  const starts: number[] = [];
  for (let at = bytes.indexOf('000001', 0, 'hex'); at >= 0; at = bytes.indexOf('000001', at + 3, 'hex'))
    starts.push(at);
  return starts.map((start, index) => {
    let end = starts[index + 1] ?? bytes.length;
    while (bytes[end - 1] === 0) end -= 1;
    return bytes.toString('hex', start + 3, end);
  });
}

const nalsOf = (units: readonly AccessUnit[]) =>
  units.flatMap(({ data }) => data.map((nal) => nal.toString('hex')));

describe('H.264', () => {
  const isSlice = (nal: Buffer) => [1, 5].includes((nal[0] ?? 0) & 0x1f);
  const media = 'm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n';

  test.each([
    ['of one slice', 'bframes=0', ''],
    ['of several slices', 'bframes=0 sliced-threads=true threads=4', ''],
    ['with delimiters and pictures out of order', 'aud=true bframes=2', ''],
    ['aggregated', 'bframes=0', 'aggregate-mode=max-stap'],
    ['in small packets', 'bframes=0', 'mtu=200'],
  ])('x264 pictures %s come out as they went in', async (name, encoder, payloader) => {
    const file = join(folder, `${name}.h264`);
    const packets = await capturePackets(
      (port) =>
        `gst-launch-1.0 -q ${pictures} ! x264enc key-int-max=10 speed-preset=ultrafast ${encoder} ` +
        `! video/x-h264,stream-format=byte-stream,alignment=au ! tee name=t ` +
        `t. ! queue ! filesink location="${file}" ` +
        `t. ! queue ! rtph264pay pt=96 config-interval=0 ${payloader} ! udpsink host=127.0.0.1 port=${port}`,
    );
    const { units, format } = assembled(media, packets);
    expect(nalsOf(units)).toEqual(nalUnits(await readFile(file)));
    expect(units).toHaveLength(30);
    expect(units.every((unit) => hasSlice(unit, isSlice))).toBe(true);
    expect(units.filter(({ isKeyFrame }) => isKeyFrame)).toHaveLength(3);
    expect(units[0]?.isKeyFrame).toBe(true);
    expect(format).toMatchObject({ kind: 'video', widthPixels: 320, heightPixels: 180 });
    expect(units.every((unit) => unit.format === format)).toBe(true);
  });

  test('ffmpeg as a sender: the same pictures, under its own description', async () => {
    const [file, sdp] = [join(folder, 'ffmpeg.h264'), join(folder, 'h264.sdp')];
    const encoder = '-map 0:v -c:v libx264 -preset ultrafast -threads 1 -bf 0 -g 10 -flags +global_header';
    const packets = await capturePackets(
      (port) =>
        `ffmpeg -v error -nostdin -re -f lavfi -i testsrc2=size=320x180:rate=30:duration=1 ` +
        `${encoder} -sdp_file ${sdp} -f rtp rtp://127.0.0.1:${port}?rtcpport=${port + 1} ${encoder} ${file}`,
    );
    const { units, format } = assembled(await readFile(sdp, 'utf8'), packets);
    const isPicture = (nal: string) => isSlice(Buffer.from(nal, 'hex'));
    expect(units).toHaveLength(30);
    expect(nalsOf(units).filter(isPicture)).toEqual(nalUnits(await readFile(file)).filter(isPicture));
    expect(format).toMatchObject({ widthPixels: 320, heightPixels: 180 });
  });
});

describe('H.265', () => {
  const isSlice = (nal: Buffer) => (nal[0] ?? 0) >> 1 < 32;
  const media = 'm=video 0 RTP/AVP 96\r\na=rtpmap:96 H265/90000\r\n';

  test.each([
    ['as they come', ''],
    ['aggregated', 'aggregate-mode=max'],
    ['in small packets', 'mtu=200'],
  ])('x265 pictures %s come out as they went in', async (name, payloader) => {
    const file = join(folder, `${name}.h265`);
    const packets = await capturePackets(
      (port) =>
        `gst-launch-1.0 -q ${pictures} ! x265enc key-int-max=10 speed-preset=ultrafast tune=zerolatency ` +
        `! video/x-h265,stream-format=byte-stream,alignment=au ! tee name=t ` +
        `t. ! queue ! filesink location="${file}" ` +
        `t. ! queue ! rtph265pay pt=96 config-interval=0 ${payloader} ! udpsink host=127.0.0.1 port=${port}`,
    );
    const { units, format } = assembled(media, packets);
    expect(nalsOf(units)).toEqual(nalUnits(await readFile(file)));
    expect(units).toHaveLength(30);
    expect(units.every((unit) => hasSlice(unit, isSlice))).toBe(true);
    expect(units[0]?.isKeyFrame).toBe(true);
    expect(format).toMatchObject({ codec: 'h265', widthPixels: 320, heightPixels: 180 });
  });
});

describe('sound', () => {
  const source = (count: number) => `audiotestsrc num-buffers=${count} samplesperbuffer=1024 wave=ticks`;
  const bytesOf = (units: readonly AccessUnit[]) => Buffer.concat(units.flatMap(({ data }) => data));
  const stepsOf = (units: readonly AccessUnit[]) =>
    new Set(units.slice(1).map(({ mediaTicks }, index) => mediaTicks - (units[index]?.mediaTicks ?? 0)));

  test.each([
    [
      'MPEG4-GENERIC',
      'rtpmp4gpay pt=96',
      'a=rtpmap:96 MPEG4-GENERIC/44100/2\r\n' +
        'a=fmtp:96 streamtype=5;mode=AAC-hbr;config=1210;sizelength=13;indexlength=3;indexdeltalength=3\r\n',
    ],
    [
      'MPEG4-GENERIC in fragments',
      'rtpmp4gpay pt=96 mtu=120',
      'a=rtpmap:96 MPEG4-GENERIC/44100/2\r\na=fmtp:96 mode=AAC-hbr;config=1210\r\n',
    ],
    [
      'MP4A-LATM',
      'rtpmp4apay pt=96',
      'a=rtpmap:96 MP4A-LATM/44100/2\r\na=fmtp:96 cpresent=0;config=40002420\r\n',
    ],
    [
      'MP4A-LATM in fragments',
      'rtpmp4apay pt=96 mtu=120',
      'a=rtpmap:96 MP4A-LATM/44100/2\r\na=fmtp:96 cpresent=0;config=40002420\r\n',
    ],
  ])('AAC as %s comes out as it went in', async (name, payloader, attributes) => {
    const file = join(folder, `${name}.aac`);
    const packets = await capturePackets(
      (port) =>
        `gst-launch-1.0 -q ${source(40)} ! audio/x-raw,rate=44100,channels=2 ! voaacenc bitrate=96000 ` +
        `! aacparse ! audio/mpeg,stream-format=raw ! tee name=t t. ! queue ! filesink location="${file}" ` +
        `t. ! queue ! ${payloader} ! udpsink host=127.0.0.1 port=${port}`,
    );
    const { units, format } = assembled(`m=audio 0 RTP/AVP 96\r\n${attributes}`, packets);
    expect(bytesOf(units).toString('hex')).toBe(await readFile(file, 'hex'));
    expect(units.length).toBeGreaterThanOrEqual(40);
    // The payloader rounds through nanoseconds.
    for (const step of stepsOf(units)) expect(Math.abs(step - 1024)).toBeLessThanOrEqual(1);
    const config = Buffer.from('1210', 'hex');
    expect(format).toMatchObject({ sampleRateHz: 44_100, channels: 2, samplesPerFrame: 1024, config });
  });

  test.each([
    ['several frames a packet', 'mpeg4-generic', ''],
    ['LATM', 'latm', '-rtpflags latm'],
  ])('ffmpeg as a sender of AAC, %s, under its own description', async (_, name, flags) => {
    const [file, sdp] = [join(folder, `${name}.adts`), join(folder, `${name}.sdp`)];
    const packets = await capturePackets(
      (port) =>
        `ffmpeg -v error -nostdin -re -f lavfi -i sine=duration=1 -c:a aac -flags +global_header -map 0:a ` +
        `-f rtp ${flags} -sdp_file ${sdp} rtp://127.0.0.1:${port}?rtcpport=${port + 1} ` +
        `-c:a aac -flags +global_header -map 0:a -f adts ${file}`,
    );
    const { units, format } = assembled(await readFile(sdp, 'utf8'), packets);
    // This sender keeps the frames of a packet that is not full to itself at the end.
    const sent = adtsFrames(await readFile(file)).slice(0, units.length);
    expect(units.length).toBeGreaterThan(35);
    expect(units.map(({ data }) => data.map((part) => part.toString('hex')))).toEqual(
      sent.map((frame) => [frame.toString('hex')]),
    );
    expect(stepsOf(units)).toEqual(new Set([1024]));
    expect(format).toMatchObject({ sampleRateHz: 44_100, channels: 1 });
  });

  test.each([
    ['alawenc ! rtppcmapay', 'm=audio 0 RTP/AVP 8\r\n', 'pcma'],
    ['mulawenc ! rtppcmupay', 'm=audio 0 RTP/AVP 0\r\n', 'pcmu'],
  ])('G.711 by %s comes out as it went in', async (encoder, media, codec) => {
    const file = join(folder, codec);
    const [encode, payload] = encoder.split(' ! ');
    const packets = await capturePackets(
      (port) =>
        `gst-launch-1.0 -q ${source(8)} ! audio/x-raw,rate=8000,channels=1 ! ${encode} ! tee name=t ` +
        `t. ! queue ! filesink location="${file}" t. ! queue ! ${payload} ! udpsink host=127.0.0.1 port=${port}`,
    );
    const { units, format } = assembled(media, packets);
    expect(bytesOf(units).equals(await readFile(file))).toBe(true);
    expect(format).toMatchObject({ codec, sampleRateHz: 8000, channels: 1 });
  });
});

/** The frames of an ADTS file without their heads (ISO/IEC 13818-7 §6.2). */
function adtsFrames(bytes: Buffer): Buffer[] {
  const frames: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = (bytes.readUIntBE(at + 3, 3) >> 5) & 0x1fff;
    frames.push(bytes.subarray(at + 7, at + length));
    at += length;
  }
  return frames;
}
