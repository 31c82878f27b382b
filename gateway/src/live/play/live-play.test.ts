import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import {
  type Pusher,
  pushRtsp,
  type RtspPushOptions,
  readClockPattern,
} from '@docket/device-protocol/live-peers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { TestGateway } from '../../http/testing/test-gateway.ts';
import { pushPassword, Relay, recorders } from '../rtsp-server/testing/relay.ts';
import { PlayClient } from './testing/play-client.ts';

let relay: Relay;
let gateway: TestGateway;
const pushers: Pusher[] = [];
const clients: PlayClient[] = [];

beforeEach(async () => {
  relay = await Relay.open();
  gateway = await TestGateway.open({}, { liveStreams: relay.hub });
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await Promise.all(pushers.splice(0).map((pusher) => pusher.stop()));
  await gateway.close();
  await relay.close();
});

/** A recorder pushes; resolves once some pictures have come. */
async function push(options: Partial<RtspPushOptions>, recorderId: string = recorders.one): Promise<Pusher> {
  const credentials = { userName: recorderId, password: pushPassword };
  const usual = { program: 'ffmpeg', transport: 'tcp', codec: 'h264', url: relay.pushUrl() } as const;
  const pusher = pushRtsp({ ...usual, credentials, ...options });
  pushers.push(pusher);
  await relay.until(({ keyFrames }) => keyFrames > 0, recorderId);
  return pusher;
}

function watch(query = '', recorderId: string = recorders.one): PlayClient {
  const url = `${gateway.server.url().replace('http', 'ws')}/api/v1/live/streams/${recorderId}/play?${query}`;
  const client = new PlayClient(url);
  clients.push(client);
  return client;
}

/** Transcoders that run for this process: they read from a pipe and write to one. */
function transcoders(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/u.test(name))
    .flatMap((pid) => {
      try {
        const parent = /^PPid:\s(\d+)$/mu.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
        return parent === String(process.pid) && command.includes('pipe:1') ? [command] : [];
      } catch {
        // It ended meanwhile.
        return [];
      }
    });
}

test('a viewer begins with a key frame and gets each picture as a fragment of its own', async () => {
  const pusher = await push({ framesPerKeyFrame: 5 });
  const client = watch();
  await client.until(({ parts }) => parts.length > 15);
  const [hello] = client.hellos;
  expect(hello).toMatchObject({ recorderId: recorders.one, transcodedFrom: null, sound: 'none' });
  expect(hello?.tracks).toEqual([
    { track: 0, kind: 'video', mimeType: expect.stringMatching(/^video\/mp4; codecs="avc1\.[0-9a-f]{6}"$/u) },
  ]);
  const pictures = client.fragments(0);
  expect(client.parts[0]?.isInitialisation).toBe(true);
  expect(pictures[0]?.isKeyFrame).toBe(true);
  expect(pictures.filter(({ isKeyFrame }) => isKeyFrame).length).toBeGreaterThan(1);
  const steps = pictures
    .slice(1)
    .map(({ mediaSeconds }, index) => mediaSeconds - (pictures[index]?.mediaSeconds ?? 0));
  for (const step of steps) expect(step).toBeCloseTo(0.1, 1);
  expect(await client.probe(0)).toEqual({ codec: 'h264', width: 320, frames: pictures.length, errors: '' });

  client.socket.send(JSON.stringify({ type: 'time', askedAtMs: 17 }));
  await client.until(({ messages }) => messages.some(({ type }) => type === 'time'));
  expect(client.messages.find(({ type }) => type === 'time')).toMatchObject({ askedAtMs: 17 });

  await pusher.stop();
  await client.closed();
  expect(client.end).toBe('stream-ended');
});

test.each([
  ['pcma', 'flac'],
  ['pcmu', 'flac'],
  ['aac', 'aac'],
] as const)('sound in %s is sent as %s to those who ask for it and can play it', async (audio, codec) => {
  await push({ audio });
  const mute = watch('can=flac');
  const listening = watch('sound=1&can=flac');
  await listening.until((client) => client.fragments(1).length > 15 && client.fragments(0).length > 5);
  expect(listening.hellos.at(-1)).toMatchObject({ sound: 'sent', tracks: [{ track: 0 }, { track: 1 }] });
  const sound = await listening.probe(1);
  expect(sound).toMatchObject({ codec, errors: '' });
  expect(sound.frames).toBeGreaterThan(10);
  await mute.until((client) => client.fragments(0).length > 5);
  expect(mute.hellos[0]?.sound).toBe('offered');
  expect(mute.fragments(1)).toEqual([]);
  if (codec !== 'flac') return;
  const unable = watch('sound=1');
  await unable.until(({ hellos }) => hellos.length > 0);
  expect(unable.hellos[0]).toMatchObject({ sound: 'unplayable', tracks: [{ track: 0 }] });
});

test('H.265 is transcoded for those who cannot show it, once for all of them, and not a moment longer', async () => {
  await push({ codec: 'h265' });
  await push({ codec: 'h265' }, recorders.other);
  const able = watch('can=h265');
  await able.until((client) => client.fragments(0).length > 5);
  expect(able.hellos[0]?.tracks[0]?.mimeType).toMatch(/codecs="hvc1\./u);
  expect(await able.probe(0)).toMatchObject({ codec: 'hevc', width: 320, errors: '' });
  expect(transcoders()).toEqual([]);

  const [one, other] = [watch(), watch()];
  await one.until((client) => client.fragments(0).length > 12);
  await other.until((client) => client.fragments(0).length > 5);
  expect(one.hellos[0]).toMatchObject({ transcodedFrom: 'h265' });
  expect(await one.probe(0)).toMatchObject({ codec: 'h264', width: 320, errors: '' });
  expect(transcoders()).toHaveLength(1);

  const refused = watch('', recorders.other);
  await refused.closed();
  expect(refused.end).toBe('too-many-transcodings');

  one.close();
  other.close();
  while (transcoders().length > 0) await new Promise(setImmediate);
  await able.until((client) => client.fragments(0).length > 20);
});

test('a still picture of a stream shows the time at which it was taken', async () => {
  const path = `/api/v1/live/streams/${recorders.one}/snapshot.jpg`;
  const beganMs = Date.now();
  await push({ burntInClock: true, kilobitsPerSecond: 800 });
  const [first, same] = await Promise.all([gateway.ask(path), gateway.ask(path)]);
  expect([first.status, first.headers['content-type']]).toEqual([200, 'image/jpeg']);
  expect(same.body.equals(first.body)).toBe(true);
  const pixels = execFileSync(
    'ffmpeg',
    ['-v', 'error', '-f', 'mjpeg', '-i', 'pipe:0', '-f', 'rawvideo', '-pix_fmt', 'rgba', 'pipe:1'],
    { input: first.body },
  );
  expect(pixels.length).toBe(320 * 180 * 4);
  const shownMs = readClockPattern(pixels, 320, 180);
  expect(shownMs).toBeGreaterThanOrEqual(beganMs);
  expect(shownMs).toBeLessThanOrEqual(Date.parse(String(first.headers['docket-arrived-at'])));
});
