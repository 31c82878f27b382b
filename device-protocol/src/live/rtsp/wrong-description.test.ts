/** GStreamer's RTSP server behind a proxy that falsifies its description: what can be had is had, the rest fails in words. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { AccessUnit } from '../access-unit.ts';
import { type PeerServer, startRtspCamera } from '../peers/index.ts';
import { StreamAssembler } from '../stream-assembler.ts';
import { openRtspFeed } from './open-rtsp-feed.ts';
import { type Falsification, FalsifyingProxy } from './testing/falsifying-proxy.ts';

const stops: (() => Promise<unknown>)[] = [];
let camera: PeerServer;
beforeAll(async () => {
  camera = await startRtspCamera({ codec: 'h264', audio: 'aac', transports: ['tcp'], framesPerKeyFrame: 10 });
});
afterAll(() => camera.stop());
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function pull(falsification: Falsification) {
  const proxy = await FalsifyingProxy.open(camera.port, falsification);
  stops.push(() => proxy.stop());
  const feed = await openRtspFeed({
    url: proxy.url,
    credentials: null,
    transports: ['tcp', 'udp'],
    silenceMs: 5_000,
    connectTimeoutMs: 5_000,
    signal: new AbortController().signal,
  });
  stops.push(() => feed.close());
  return feed;
}

/** What is made of the stream, until this holds of its units. */
async function units(falsification: Falsification, until: (units: readonly AccessUnit[]) => boolean) {
  const feed = await pull(falsification);
  const taken: AccessUnit[] = [];
  const assembler = new StreamAssembler(feed.description, {
    onUnit: (unit) => void taken.push(unit),
    onLoss: () => {},
    onReset: () => {},
  });
  feed.begin({
    packet: (track, packet, arrival) => assembler.take(track, packet, arrival),
    senderReport: () => {},
  });
  await expect.poll(() => until(taken), { timeout: 20_000 }).toBe(true);
  return { taken, feed, assembler };
}

const isPicture = ({ track }: AccessUnit) => track.kind === 'video';
const keyFrames = (taken: readonly AccessUnit[]) =>
  taken.filter((unit) => isPicture(unit) && unit.isKeyFrame && unit.isWhole && unit.format !== null);
const changed = (change: (sdp: string) => string): Falsification => ({
  description: (sdp) => {
    const body = change(sdp);
    if (body === sdp) throw new Error(`nothing is falsified in ${sdp}`);
    return { body };
  },
});

describe('pictures come whole in spite of', () => {
  test.each([
    [
      'another payload type',
      (sdp: string) => sdp.replace(/RTP\/AVP 96|:96 /gu, (text) => text.replace('96', '101')),
    ],
    ['another clock rate', (sdp: string) => sdp.replace('H264/90000', 'H264/8000')],
    ['another codec', (sdp: string) => sdp.replace('H264/90000', 'H265/90000')],
    ['no parameters', (sdp: string) => sdp.replace(/a=fmtp:96 .*\r\n/u, '')],
    [
      'the parameters of another recorder',
      (sdp: string) =>
        sdp.replace(
          /a=fmtp:96 .*\r\n/u,
          'a=fmtp:96 packetization-mode=1;profile-level-id=64001F;sprop-parameter-sets=Z2QAH6zZQFAFuwEQAAADABAAAAMDIPGDGWA=,aOvjyyLA\r\n',
        ),
    ],
    [
      'parameters that are rubbish',
      (sdp: string) => sdp.replace(/sprop-parameter-sets=[^;\r]*/u, 'sprop-parameter-sets=%%,,='),
    ],
    ['lines that end by LF alone', (sdp: string) => sdp.replaceAll('\r\n', '\n')],
    ['tracks beside them that nobody can carry', (sdp: string) => sdp.replace('MPEG4-GENERIC', 'X-SECRET')],
  ])(
    '%s',
    async (_, change) => {
      const { taken } = await units(changed(change), (all) => keyFrames(all).length >= 2);
      const [first, last] = [keyFrames(taken).at(0), keyFrames(taken).at(-1)];
      expect(last?.track.clockRateHz).toBe(90_000);
      expect(last?.format).toMatchObject({ kind: 'video', widthPixels: 320, heightPixels: 180 });
      // Ten pictures a key frame, as the recorder makes them: media time runs as time does.
      const passedMs = ((last?.mediaTicks ?? 0) - (first?.mediaTicks ?? 0)) / 90;
      const arrivedMs = (last?.arrival.atMs ?? 0) - (first?.arrival.atMs ?? 0);
      expect(Math.abs(passedMs - arrivedMs)).toBeLessThan(5_000);
    },
    40_000,
  );
});

test('there is a stream of sound alone where the codec of the pictures is none of ours, and it is told', async () => {
  const feed = await pull(changed((sdp) => sdp.replace('H264/90000', 'VP8/90000')));
  expect(feed.description.tracks.map(({ codec }) => codec)).toEqual(['aac']);
  expect(feed.description.refused).toEqual(['video/VP8']);
});

describe('there is no stream, and the reason is told, where', () => {
  test.each([
    ['no track is named', (sdp: string) => sdp.slice(0, sdp.indexOf('m=')), 'protocol'],
    ['a thousand are', (sdp: string) => `${sdp}${'m=video 0 RTP/AVP 96\r\n'.repeat(1000)}`, 'protocol'],
    [
      'none can be carried',
      (sdp: string) => sdp.replace(/H264|MPEG4-GENERIC/gu, 'X-SECRET').replaceAll(/a=fmtp.*\r\n/gu, ''),
      'no-usable-track',
    ],
    [
      'controls lead nowhere',
      (sdp: string) => sdp.replaceAll(/a=control:stream/gu, 'a=control:nowhere'),
      'not-found',
    ],
  ] as const)('%s', async (_, change, code) => {
    await expect(pull(changed(change))).rejects.toMatchObject({ name: 'LiveError', code });
  });

  test.each([
    ['its length is told too long', (length: number) => length + 100, ['timed-out', 'protocol']],
    ['its length is left out', () => null, ['protocol']],
    ['its length is none', () => Number.NaN, ['protocol', 'timed-out']],
  ] as const)('%s', async (_, falsify, codes) => {
    const opening = pull({
      description: (body) => ({ body, contentLength: falsify(Buffer.byteLength(body)) }),
    });
    await expect(opening).rejects.toMatchObject({ name: 'LiveError', code: expect.toBeOneOf([...codes]) });
  });
});

test('sender reports that never come, or only later, keep no packet from coming', async () => {
  let passes = false;
  const isReport = (payload: Buffer) => (payload[1] ?? 0) >= 192 && (payload[1] ?? 0) <= 223;
  const feed = await pull({ frame: ({ payload }) => passes || !isReport(payload) });
  const seen = { packets: 0, reports: 0 };
  feed.begin({
    packet: () => {
      seen.packets += 1;
    },
    senderReport: () => {
      seen.reports += 1;
    },
  });
  await expect.poll(() => seen.packets, { timeout: 20_000 }).toBeGreaterThan(50);
  expect(seen.reports).toBe(0);
  passes = true;
  await expect.poll(() => seen.reports, { timeout: 20_000 }).toBeGreaterThan(0);
}, 60_000);
