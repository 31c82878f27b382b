/** The programs that others are tried against work with each other. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { drawClockPattern, readClockPattern } from './clock-pattern.ts';
import { pushRtsp } from './pushers.ts';
import { type PeerServer, startRecordServer, startRtspCamera } from './rtsp-server.ts';
import { probeRtsp, watchWithGstreamer, watchWithMpv } from './viewers.ts';

const stops: (() => Promise<unknown>)[] = [];
const stopped = <Peer extends { stop(): Promise<unknown> }>(peer: Peer): Peer => {
  stops.push(() => peer.stop());
  return peer;
};
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

const credentials = { userName: 'demo', password: 'p@ss/w:rd' };

describe('the burnt-in clock', () => {
  const rgbaOf = (luma: Uint8Array) =>
    Uint8Array.from([...luma].flatMap((value) => [value, value, value, 255]));

  test('is read as it was drawn, at any size', () => {
    const size = fc.constantFrom([320, 180], [640, 360], [500, 300], [1280, 720] as const);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 44 }), size, (unixMs, [width = 0, height = 0]) => {
        const luma = new Uint8Array(width * height).fill(90);
        drawClockPattern(luma, width, height, unixMs);
        expect(readClockPattern(rgbaOf(luma), width, height)).toBe(unixMs);
      }),
      { numRuns: 4 },
    );
  });

  test('is not read where a cell is damaged, or there is none', () => {
    const luma = new Uint8Array(320 * 180).fill(90);
    expect(readClockPattern(rgbaOf(luma), 320, 180)).toBeNull();
    drawClockPattern(luma, 320, 180, 1_700_000_000_000);
    const other = luma[205] === 235 ? 16 : 235;
    for (let y = 0; y < 10; y += 1) luma.fill(other, y * 320 + 200, y * 320 + 210);
    expect(readClockPattern(rgbaOf(luma), 320, 180)).toBeNull();
  });
});

/** One picture of a stream as ffmpeg decodes it. */
async function pictureOf(url: string): Promise<number | null> {
  const folder = await mkdtemp(join(tmpdir(), 'picture-'));
  const path = join(folder, 'picture.rgba');
  try {
    await promisify(execFile)('ffmpeg', [
      ...['-loglevel', 'error', '-rtsp_transport', 'tcp', '-i', url, '-frames:v', '1'],
      ...['-f', 'rawvideo', '-pix_fmt', 'rgba', path],
    ]);
    return readClockPattern(await readFile(path), 320, 180);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function isGone(peer: PeerServer): Promise<boolean> {
  const { pid } = peer;
  await peer.stop();
  return await stat(`/proc/${pid}`).then(
    () => false,
    () => true,
  );
}

describe('the recorder that offers its stream', () => {
  test('shows its codecs to ffprobe, asks for its password, and leaves no process', async () => {
    const camera = stopped(
      await startRtspCamera({
        codec: 'h265',
        audio: 'aac',
        credentials: { scheme: 'digest', ...credentials },
      }),
    );
    const streams = await probeRtsp({ url: camera.urlWithCredentials, transport: 'tcp' });
    expect(streams.map(({ codec_name }) => codec_name)).toEqual(['hevc', 'aac']);
    await expect(probeRtsp({ url: camera.url, transport: 'tcp' })).rejects.toThrow('401');
    expect(await isGone(camera)).toBe(true);
  });

  test('carries the time in its pictures, over a reboot on the same port', async () => {
    const camera = stopped(await startRtspCamera({ codec: 'h264', burntInClock: true }));
    const before = Date.now();
    const first = await pictureOf(camera.url);
    await camera.reboot();
    const second = await pictureOf(camera.url);
    expect(first).toBeGreaterThanOrEqual(before);
    expect(second).toBeGreaterThan(first ?? Number.POSITIVE_INFINITY);
    expect(second).toBeLessThanOrEqual(Date.now());
  });

  test('is watched by GStreamer over UDP and TCP and by mpv, and can drop them', async () => {
    const camera = stopped(await startRtspCamera({ codec: 'h264', audio: 'pcma' }));
    const byUdp = stopped(watchWithGstreamer({ url: camera.url, transport: 'udp', codec: 'h264' }));
    await byUdp.seen(5);
    await byUdp.stop();
    expect((await watchWithMpv({ url: camera.url, transport: 'tcp', pictures: 5 })).code).toBe(0);
    const byTcp = stopped(watchWithGstreamer({ url: camera.url, transport: 'tcp', codec: 'h264' }));
    await byTcp.seen(5);
    await camera.dropClients();
    await byTcp.ended;
  });
});

describe('the recorder that pushes', () => {
  test.each([
    ['ffmpeg', 'tcp', 'h264', 'aac'],
    ['ffmpeg', 'udp', 'h265', 'none'],
    ['rtspclientsink', 'tcp', 'h264', 'none'],
    ['rtspclientsink', 'udp', 'h265', 'pcma'],
  ] as const)('by %s over %s: %s and %s reach a server', async (program, transport, codec, audio) => {
    const server = stopped(
      await startRecordServer({ codec, audio, credentials: { scheme: 'basic', ...credentials } }),
    );
    const { url } = server;
    const pusher = stopped(
      pushRtsp({ url, program, transport, codec, audio, credentials, burntInClock: true }),
    );
    let ended: string | null = null;
    void pusher.ended.then(({ code, log }) => {
      ended = `ended with ${code}: ${log}`;
    });
    const tracks = audio === 'none' ? 1 : 2;
    await expect
      .poll(async () => ended ?? (await server.unitsTaken()).filter((units) => units >= 5).length, {
        timeout: 15_000,
      })
      .toBe(tracks);
  });
});
