/**
 * Many streams at once, and many recorders that come and go, through the whole gateway: nothing is lost, nothing is left
 * over, and it stays up. The recorders are ffmpeg and GStreamer.
 */

import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { PeerProcess, startRtspCamera } from '@docket/device-protocol/live-peers';
import type { Clip } from '@docket/gateway/contract';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { filesBelow } from './harness/dock-site.ts';
import { type FilmSending, framesPerSecond, makeFilm, sendFilm } from './harness/film-sender.ts';
import { decode, LiveSite } from './harness/live-site.ts';
import { type Holdings, isThere } from './harness/process-holdings.ts';

const quick = ['live.silenceMs=1500', 'live.resumeSeconds=1', 'clock.hostSource=assume-synchronised'];
const viewer = { name: 'centre', password: 'watching' };
const hashes = {
  name: viewer.name,
  ha1: hash('md5'),
  ha1Sha256: hash('sha256'),
};
const doors = ['live.rtmp.port=0', 'live.transcodings=4', `live.rtsp.viewers=${JSON.stringify([hashes])}`];

let folder: string;
let shortFilm: string;
let longFilm: string;
let otherFilm: string;
let live: LiveSite;
const open: { stop(): Promise<unknown> }[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'docket-films-'));
  shortFilm = makeFilm(join(folder, 'short.mp4'), 'libx264', 1);
  longFilm = makeFilm(join(folder, 'long.mp4'), 'libx264', 10);
  otherFilm = makeFilm(join(folder, 'other.mp4'), 'libx265', 10);
});
afterAll(() => rm(folder, { recursive: true, force: true }));
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.stop();
});

function hash(algorithm: string): string {
  return createHash(algorithm).update(`${viewer.name}:docket:${viewer.password}`).digest('hex');
}

async function openSite(): Promise<void> {
  live = await LiveSite.open([...quick, ...doors]);
  open.push({ stop: () => live.close() });
}

interface Sender {
  recorderId: string;
  by: FilmSending['by'];
  url: string;
}

async function registerSender(serialNumber: string, by: Sender['by']): Promise<Sender> {
  const way = by === 'rtmp' ? 'push-rtmp' : 'push-rtsp';
  const { recorderId, userName, password } = await live.register(serialNumber, { way });
  const url =
    by === 'rtmp'
      ? `rtmp://127.0.0.1:${live.rtmpPort}/live/${userName}?key=${password}`
      : `rtsp://${userName}:${password}@127.0.0.1:${live.rtspPort}/live/any`;
  return { recorderId, by, url };
}

const comes = (recorderId: string) =>
  live.until(async () => (await live.stream(recorderId))?.state === 'recording');

const isOver = (recorderId: string) =>
  live.until(async () => {
    const stream = await live.stream(recorderId);
    return stream === undefined || stream.sessionId === null;
  });

/** Segments of a recorder, once the archive has signed for all of them. */
async function archived(recorderId: string): Promise<Clip[]> {
  return live.until(async () => {
    const segments = (await live.sessions(recorderId)).flatMap((file) => file.segments);
    return segments.length > 0 && segments.every(({ state }) => state === 'receipted') && segments;
  });
}

async function mediaOf(clipId: string): Promise<string> {
  const clips = join(live.site.store, 'clips');
  const [path] = (await filesBelow(clips)).filter((file) => file.includes(`${clipId}/media.`));
  if (path === undefined) throw new Error(`the store does not hold ${clipId}`);
  return join(clips, path);
}

test('24 recorders send at once: each is recorded whole and without a gap, and archived', async () => {
  await openSite();
  const ways = (['rtsp-tcp', 'rtsp-tcp', 'rtsp-udp', 'rtmp'] as const).flatMap((by) => Array(6).fill(by));
  const senders = await Promise.all(
    ways.map((by, index) => registerSender(`DEMO-${String(index).padStart(3, '0')}`, by)),
  );
  const pushers = senders.map(({ by, url }) => sendFilm({ film: longFilm, url, by }));
  await Promise.all(senders.map(({ recorderId }) => comes(recorderId)));
  const ends = await Promise.all(pushers.map(({ ended }) => ended));
  expect(ends.map(({ code, log }) => [code, log])).toEqual(senders.map(() => [0, '']));
  for (const { recorderId, by } of senders) {
    const segments = await archived(recorderId);
    const sessions = await live.sessions(recorderId);
    expect(sessions.map(({ session, gaps }) => [session.endCause, gaps])).toEqual([['sender-ended', []]]);
    expect(segments.map(({ quarantine }) => quarantine)).toEqual([null]);
    const { pictures } = decode(await mediaOf(segments[0]?.clipId ?? ''));
    expect(pictures, by).toBeGreaterThan(9 * framesPerSecond);
    expect(pictures, by).toBeLessThanOrEqual(10 * framesPerSecond);
  }
  expect(live.output()).not.toMatch(/"level":[56]0/u);
}, 180_000);

/** A recorder that comes, sends a little and goes, in one way or another, until nothing of it goes on. */
type Cycle = () => Promise<void>;

async function sendsAndEnds({ recorderId, by, url }: Sender): Promise<void> {
  const { code } = await sendFilm({ film: shortFilm, url, by }).ended;
  expect(code).toBe(0);
  await isOver(recorderId);
}

async function isKilled({ recorderId, by, url }: Sender): Promise<void> {
  const pusher = sendFilm({ film: longFilm, url, by, isEndless: true });
  await comes(recorderId);
  await pusher.kill();
  await isOver(recorderId);
}

async function isPulled(recorderId: string): Promise<void> {
  const operationId = await live.openOperation([recorderId]);
  await comes(recorderId);
  await live.closeOperation(operationId);
  await isOver(recorderId);
}

async function isWatched({ recorderId, by, url }: Sender): Promise<void> {
  const pusher = sendFilm({ film: by === 'rtmp' ? longFilm : otherFilm, url, by, isEndless: true });
  await comes(recorderId);
  await Promise.all([watchesByRtsp(recorderId), watchesByWebSocket(recorderId)]);
  await pusher.stop();
  await isOver(recorderId);
}

async function watchesByRtsp(recorderId: string): Promise<void> {
  const url = `rtsp://${viewer.name}:${viewer.password}@127.0.0.1:${live.rtspPort}/live/${recorderId}`;
  const watcher = new PeerProcess('ffmpeg', [
    ...['-nostdin', '-v', 'error', '-rtsp_transport', 'tcp', '-i', url],
    ...['-c', 'copy', '-frames:v', '5', '-f', 'null', '-'],
  ]);
  expect((await watcher.ended).code).toBe(0);
}

/** Without word of H.265, so that such pictures are transcoded by a child of the gateway. */
async function watchesByWebSocket(recorderId: string): Promise<void> {
  const url = `${live.url.replace('http', 'ws')}/api/v1/live/streams/${encodeURIComponent(recorderId)}/play`;
  const socket = new WebSocket(url);
  let fragments = 0;
  let told = '';
  await new Promise<void>((resolve, reject) => {
    socket.on('error', reject).on('close', (code) => reject(new Error(`closed with ${code}: ${told}`)));
    socket.on('message', (data, isBinary) => {
      if (isBinary) fragments += 1;
      else told = String(data);
      if (fragments === 3) resolve();
    });
  });
  socket.terminate();
}

/**
 * Waits until the very same descriptors and children are there all the while: connections kept for a while do not count, nor
 * what is at work still. Work that goes on (a preview after the other) can look alike by numbers for long.
 */
async function settled(): Promise<Holdings> {
  const seen: string[] = [];
  for (;;) {
    const holdings = live.holdings();
    seen.unshift(JSON.stringify([live.descriptors(), live.descendants()]));
    if (seen.length >= 6 && seen.slice(0, 6).every((one) => one === seen[0])) return holdings;
    await wait(1_000);
  }
}

test('after 200 recorders that came and went, nothing of them is left in the gateway', async () => {
  await openSite();
  const lanes = await lanesOfCycles();
  for (const { cycle } of lanes) await cycle();
  const seen = new Set<string>();
  const before = await settled();
  const resourcesBefore = await live.resources();
  const standing = new Set(live.descendants());
  const look = setInterval(() => {
    for (const process of live.descendants()) seen.add(process);
  }, 200);
  open.push({ stop: async () => clearInterval(look) });

  await Promise.all(
    lanes.map(async ({ cycle, times }) => {
      for (let done = 0; done < times; done += 1) await cycle();
    }),
  );
  expect(lanes.reduce((sum, { times }) => sum + times, 0)).toBeGreaterThanOrEqual(200);

  clearInterval(look);
  const after = await settled();
  const resourcesAfter = await live.resources();
  for (const kind of ['descriptors', 'sockets', 'udpPorts', 'children', 'threads'] as const) {
    expect(after[kind], kind).toBeLessThanOrEqual(before[kind]);
  }
  const passing = [...seen].filter((process) => !standing.has(process));
  expect(passing.length).toBeGreaterThan(0);
  expect(passing.filter(isThere)).toEqual([]);
  expect(resourcesAfter.timers).toBeLessThanOrEqual(resourcesBefore.timers);
  expect(resourcesAfter.heapBytes - resourcesBefore.heapBytes).toBeLessThan(32 * 1024 * 1024);
  expect(after.memoryBytes - before.memoryBytes).toBeLessThan(256 * 1024 * 1024);
  expect(await readdir(join(live.site.store, 'incoming'))).toEqual([]);
  expect(live.output()).not.toMatch(/"level":[56]0/u);
}, 420_000);

async function lanesOfCycles(): Promise<{ cycle: Cycle; times: number }[]> {
  const camera = await startRtspCamera({ codec: 'h264' });
  open.push(camera);
  const pulled = await live.register('DEMO-120', { way: 'pull-rtsp', url: camera.url });
  const lane = async (
    serialNumber: string,
    by: Sender['by'],
    play: (sender: Sender) => Promise<void>,
    times: number,
  ) => {
    const sender = await registerSender(serialNumber, by);
    return { cycle: () => play(sender), times };
  };
  return [
    await lane('DEMO-100', 'rtsp-tcp', sendsAndEnds, 25),
    await lane('DEMO-101', 'rtsp-tcp', sendsAndEnds, 25),
    await lane('DEMO-102', 'rtsp-udp', sendsAndEnds, 25),
    await lane('DEMO-103', 'rtmp', sendsAndEnds, 25),
    await lane('DEMO-110', 'rtsp-tcp', isKilled, 25),
    await lane('DEMO-111', 'rtmp', isKilled, 25),
    { cycle: () => isPulled(pulled.recorderId), times: 25 },
    await lane('DEMO-130', 'rtsp-tcp', isWatched, 13),
    await lane('DEMO-131', 'rtmp', isWatched, 12),
  ];
}

test('without sender reports the time of a segment rests on the assumed delay, and is wider than with them', async () => {
  await openSite();
  const [told, untold] = await Promise.all([pulled('DEMO-201', true), pulled('DEMO-202', false)]);
  expect([told.senderReports > 0, told.doubts]).toEqual([true, []]);
  expect([untold.senderReports, untold.doubts]).toEqual([0, ['delay-assumed']]);
  expect(untold.halfWidthMs).toBeGreaterThan(told.halfWidthMs);
}, 120_000);

/** Long enough for a report that an answer of the recorder proves not to be old. */
async function pulled(serialNumber: string, sendsReports: boolean) {
  const camera = await startRtspCamera({ codec: 'h264', transports: ['tcp'] });
  open.push(camera);
  if (!sendsReports) await camera.setReports(false);
  const { recorderId } = await live.register(serialNumber, { way: 'pull-rtsp', url: camera.url });
  const operationId = await live.openOperation([recorderId]);
  await comes(recorderId);
  await wait(12_000);
  await live.closeOperation(operationId);
  const [segment] = await archived(recorderId);
  const [session] = await live.sessions(recorderId);
  return {
    senderReports: session?.session.senderReports ?? 0,
    doubts: segment?.timeDoubts,
    halfWidthMs: segment?.utcStart?.halfWidthMs ?? 0,
  };
}
