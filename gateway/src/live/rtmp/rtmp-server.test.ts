import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { LongTool } from '../long-tool.ts';
import { RawRtmp } from './testing/raw-rtmp.ts';
import { startPusher } from './testing/rtmp-pusher.ts';
import { RtmpStand, type StandOptions } from './testing/rtmp-stand.ts';
import { codedOf, writeFilm } from './testing/sample-film.ts';

let folder: string;
let film: string;
let stand: RtmpStand;
const stopping = new AbortController();
const pushers: LongTool[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'docket-film-'));
  film = await writeFilm(folder, 2);
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});
afterEach(async () => {
  for (const pusher of pushers.splice(0)) await pusher.stop();
  await stand.server.stop();
  expect(stand.server.connections).toBe(0);
  expect(stand.lines.join('')).not.toContain('s3cret');
});

async function begin(options: Partial<StandOptions> = {}): Promise<void> {
  stand = await RtmpStand.start({ keys: { 'DEMO-001': 's3cret', 'DEMO-002': 's3cret-too' }, ...options });
}

function push(url: string, isEndless = true): LongTool {
  const pusher = startPusher({ film, url, isEndless, signal: stopping.signal });
  pushers.push(pusher);
  return pusher;
}

test('every picture and every sound arrives as it was coded, at the time it was coded for', async () => {
  await begin();
  push(stand.url('DEMO-001', 's3cret'), false);
  const taken = await stand.nthTaken(0);
  expect(taken.recorderId).toBe('DEMO-001');
  expect(taken.feed).toMatchObject({ way: 'push-rtmp', transport: 'tcp', description: { refused: [] } });
  expect(taken.feed.description.tracks).toMatchObject([
    { kind: 'video', codec: 'h264', clockRateHz: 90_000 },
    { kind: 'audio', codec: 'aac', clockRateHz: 44_100, channels: 1 },
  ]);
  expect(await taken.feed.ended).toMatchObject({ cause: 'goodbye' });
  for (const kind of ['video', 'audio'] as const) {
    const sent = await codedOf(film, kind === 'video' ? 'v' : 'a');
    const got = taken.coded(kind);
    expect(got.map(({ md5 }) => md5)).toEqual(sent.map(({ md5 }) => md5));
    const shift = (got[0]?.shownMs ?? 0) - (sent[0]?.shownMs ?? 0);
    for (const [index, { shownMs }] of got.entries()) {
      expect(Math.abs(shownMs - shift - (sent[index]?.shownMs ?? 0))).toBeLessThan(1.5);
    }
  }
  expect(taken.units.every(({ isWhole }) => isWhole)).toBe(true);
  expect(taken.units.filter(({ isKeyFrame, track }) => isKeyFrame && track.kind === 'video')).toHaveLength(2);
});

test('whoever has no name, no key or a wrong one is cut and told of', async () => {
  await begin();
  const wrong = push(stand.url('DEMO-001', 'guessed'));
  expect(await stand.nthRefusal(0)).toEqual({
    reason: 'credentials-refused',
    recorderId: 'DEMO-001',
    address: '127.0.0.1',
  });
  expect((await wrong.ended).cause).toBe('failed');
  push(stand.url('DEMO-003', 's3cret'));
  expect(await stand.nthRefusal(1)).toMatchObject({ reason: 'unregistered-push', recorderId: null });
  push(`rtmp://127.0.0.1:${stand.port}/live/DEMO-001`);
  expect(await stand.nthRefusal(2)).toMatchObject({ reason: 'credentials-refused' });
  push(`rtmp://127.0.0.1:${stand.port}/other/DEMO-001?key=s3cret`);
  expect(await stand.nthRefusal(3)).toMatchObject({ reason: 'unregistered-push' });
  expect(stand.taken).toEqual([]);
});

test('whoever guesses is refused even with the right key, for a while', async () => {
  await begin();
  for (let guess = 0; guess < 10; guess++) {
    const guesser = await RawRtmp.greet(stand.port);
    guesser.publish(`DEMO-001?key=${guess}`);
    await guesser.untilCut();
  }
  push(stand.url('DEMO-001', 's3cret'));
  expect(await stand.nthRefusal(10)).toMatchObject({ reason: 'credentials-refused' });
  push(stand.url('DEMO-002', 's3cret-too'));
  expect((await stand.nthTaken(0)).recorderId).toBe('DEMO-002');
});

test('a stream that is not taken is cut', async () => {
  await begin({ onPush: async () => ({ refused: 'too-many-streams' }) });
  expect((await push(stand.url('DEMO-001', 's3cret')).ended).cause).toBe('failed');
  expect(stand.lines.join('')).toContain('too-many-streams');
});

test('without a port nothing runs', async () => {
  await begin({ settings: { address: '127.0.0.1', port: null } });
  expect(stand.server.port).toBeNull();
  expect(stand.server.mediaServerProcessId).toBeNull();
});

test('a media server that does not come up in time is told, and stops nobody else from starting', async () => {
  await begin({ readyMs: 1, restartMs: { first: 60_000, longest: 60_000 } });
  expect(stand.port).toBeGreaterThan(0);
  expect(stand.server.mediaServerProcessId).toBeNull();
  expect(stand.lines.join('')).toContain('RTMP media server did not come up');
  expect((await push(stand.url('DEMO-001', 's3cret')).ended).cause).toBe('failed');
});

test('a port that is taken is an error, and leaves nothing running', async () => {
  await begin();
  const settings = { address: '127.0.0.1', port: stand.port };
  await expect(RtmpStand.start({ keys: {}, settings })).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

test('nobody plays by RTMP, not even what is there', async () => {
  await begin();
  push(stand.url('DEMO-001', 's3cret'));
  const taken = await stand.nthTaken(0);
  const viewer = await RawRtmp.greet(stand.port);
  viewer.command('connect', 1, { app: 'live', tcUrl: 'rtmp://127.0.0.1/live' });
  viewer.command('play', 2, null, 'c1');
  expect(await stand.nthRefusal(0)).toMatchObject({ reason: 'play-refused' });
  await viewer.untilCut();
  await taken.untilMore(20);
});

test('whoever never published can put nothing into a stream', async () => {
  await begin();
  push(stand.url('DEMO-001', 's3cret'));
  const taken = await stand.nthTaken(0);
  const stranger = await RawRtmp.greet(stand.port);
  stranger.command('connect', 1, { app: 'live', tcUrl: 'rtmp://127.0.0.1/live' });
  stranger.media(9, Buffer.from('17010000000000000165', 'hex'));
  await stranger.untilCut();
  await taken.untilMore(20);
});

test('a recorder that is killed has ended its stream at once', async () => {
  await begin();
  const pusher = push(stand.url('DEMO-001', 's3cret'));
  const taken = await stand.nthTaken(0);
  await taken.untilMore(10);
  pusher.child.kill('SIGKILL');
  expect(await taken.feed.ended).toEqual({
    cause: 'connection-lost',
    detail: 'the recorder closed the connection',
  });
});

test('a recorder that falls silent has ended its stream', async () => {
  await begin({ silenceMs: 1_000 });
  const pusher = push(stand.url('DEMO-001', 's3cret'));
  const taken = await stand.nthTaken(0);
  await taken.untilMore(10);
  pusher.child.kill('SIGSTOP');
  expect(await taken.feed.ended).toMatchObject({ cause: 'silent' });
  pusher.child.kill('SIGCONT');
});

test('a recorder that connects anew takes the place of its old connection', async () => {
  await begin();
  push(stand.url('DEMO-001', 's3cret'));
  const older = await stand.nthTaken(0);
  await older.untilMore(10);
  push(stand.url('DEMO-001', 's3cret'));
  const newer = await stand.nthTaken(1);
  expect(older.end).toMatchObject({ cause: 'replaced' });
  await newer.untilMore(10);
});

test('a stream that is not wanted is closed, and others go on', async () => {
  await begin();
  push(stand.url('DEMO-001', 's3cret'));
  push(stand.url('DEMO-002', 's3cret-too'));
  const [one, other] = [await stand.nthTaken(0), await stand.nthTaken(1)];
  await one.feed.close();
  expect(one.end).toMatchObject({ cause: 'closed' });
  await other.untilMore(20);
});

test('the media server may be killed: its streams end, it is there again, recorders come back', async () => {
  await begin();
  push(stand.url('DEMO-001', 's3cret'));
  const before = await stand.nthTaken(0);
  await before.untilMore(10);
  const killed = stand.server.mediaServerProcessId ?? 0;
  const folder = (await readFile(`/proc/${killed}/cmdline`, 'utf8')).split('\0').at(-2) ?? '';
  expect((await readdir(folder)).sort()).toEqual(['flv', 'rtmp']);
  process.kill(killed, 'SIGKILL');
  expect(await before.feed.ended).toEqual({ cause: 'connection-lost', detail: 'the media server went away' });
  // As recorders do, it tries until somebody answers.
  const again = async (): Promise<void> => {
    while (stand.taken.length < 2) await push(stand.url('DEMO-001', 's3cret')).ended;
  };
  void again();
  const after = await stand.nthTaken(1);
  await after.untilMore(10);
  expect(stand.server.mediaServerProcessId).not.toBe(killed);
  await expect(readdir(folder)).rejects.toMatchObject({ code: 'ENOENT' });
});

test('a media server that hangs is killed', async () => {
  await begin({ hangMs: 200 });
  const hung = stand.server.mediaServerProcessId ?? 0;
  process.kill(hung, 'SIGSTOP');
  while (stand.server.mediaServerProcessId === hung || stand.server.mediaServerProcessId === null) {
    await new Promise(setImmediate);
  }
  push(stand.url('DEMO-001', 's3cret'));
  await (await stand.nthTaken(0)).untilMore(10);
});

test('more connections than there is room for are turned away', async () => {
  await begin({ limits: { connectionsPerAddress: 2 } });
  const [first] = [await RawRtmp.connect(stand.port), await RawRtmp.connect(stand.port)];
  const third = await RawRtmp.connect(stand.port);
  await third.untilCut();
  expect(stand.server.connections).toBe(2);
  first.cut();
  while (stand.server.connections > 1) await new Promise(setImmediate);
  push(stand.url('DEMO-001', 's3cret'));
  await (await stand.nthTaken(0)).untilMore(10);
});

test('who does not publish in time, or sends too much before, is cut', async () => {
  await begin({ limits: { admissionMs: 100, admissionBytes: 10_000 } });
  const silent = await RawRtmp.connect(stand.port);
  await silent.untilCut();
  const talkative = await RawRtmp.connect(stand.port);
  talkative.send(Buffer.alloc(20_000));
  await talkative.untilCut();
});
