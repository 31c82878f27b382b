import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { ClientAuthorization, parseChallenges, parseRtcp, parseRtpInfo } from '@docket/device-protocol/live';
import {
  type Pusher,
  probeRtsp,
  pushRtsp,
  type RtspPushOptions,
  watchWithFfplay,
  watchWithGstreamer,
  watchWithMpv,
} from '@docket/device-protocol/live-peers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { RawRtsp } from './testing/raw-rtsp.ts';
import { RecordingProxy } from './testing/recording-proxy.ts';
import { pushPassword, Relay, type RelayOptions, recorders, viewer } from './testing/relay.ts';

const tcp = { Transport: 'RTP/AVP/TCP;unicast;interleaved=0-1' };

/** Of pictures so large that a group of them is more than a receiver's buffer holds. */
const much = {
  width: 640,
  height: 360,
  kilobitsPerSecond: 8_000,
  framesPerSecond: 25,
  framesPerKeyFrame: 10,
  audio: 'none',
} as const;

let relay: Relay;
let pusher: Pusher | null = null;
beforeEach(async () => {
  relay = await Relay.open();
});
afterEach(async () => {
  await pusher?.stop();
  pusher = null;
  await relay.close();
});

/** A recorder that sends, with two key frames behind it. */
async function push(options: Partial<RtspPushOptions> = {}): Promise<void> {
  const credentials = { userName: recorders.one, password: pushPassword };
  const usual = { program: 'ffmpeg', transport: 'tcp', codec: 'h264', audio: 'aac' } as const;
  pusher = pushRtsp({ ...usual, credentials, url: relay.pushUrl(), ...options });
  await relay.until(({ keyFrames, senderReports }) => keyFrames > 1 && senderReports > 0);
}

async function reopen(options: RelayOptions): Promise<void> {
  await relay.close();
  relay = await Relay.open(options);
}

async function logIn(): Promise<RawRtsp> {
  const caller = await RawRtsp.connect(relay.port);
  caller.logIn(viewer.name, viewer.password);
  return caller;
}

const streamUrl = () => `rtsp://127.0.0.1:${relay.port}/live/${recorders.one}`;

describe('programs we did not write watch', () => {
  test.each([
    ['h264', 'aac', 'aac'],
    ['h265', 'aac', 'aac'],
    ['h264', 'pcma', 'pcm_alaw'],
    ['h265', 'pcmu', 'pcm_mulaw'],
  ] as const)(
    '%s with %s: ffprobe, ffplay, mpv and rtspsrc, each by TCP and by UDP, all at once',
    { timeout: 60_000 },
    async (codec, audio, sound) => {
      await push({ codec, audio });
      const url = relay.viewUrl();
      const ways = ['tcp', 'udp'] as const;
      const picture = codec === 'h265' ? 'hevc' : codec;
      const gstreamer = ways.map((transport) => watchWithGstreamer({ url, transport, codec }));
      const others = ways.map(async (transport) => {
        const [probed, ffplay, mpv] = await Promise.all([
          probeRtsp({ url, transport }),
          watchWithFfplay({ url, transport, frames: 15 }),
          watchWithMpv({ url, transport, pictures: 20 }),
        ]);
        expect(probed.map(({ codec_name }) => codec_name).toSorted()).toEqual([picture, sound].toSorted());
        expect(mpv.code, mpv.log).toBe(0);
        expect(Math.min(ffplay.pictures, ffplay.soundFrames), ffplay.log).toBeGreaterThanOrEqual(15);
      });
      await Promise.all(gstreamer.map((one) => one.seen(30)));
      const told = relay.server.viewers();
      expect(told.map(({ transport }) => transport)).toEqual(expect.arrayContaining([...ways]));
      await Promise.all(others);
      const dropped = relay.server.viewers().map(({ packetsDropped }) => packetsDropped);
      expect(dropped.reduce((sum, count) => sum + count, 0)).toBe(0);
      await Promise.all(gstreamer.map((one) => one.stop()));
      expect(relay.seen.get(recorders.one)?.end).toBeNull();
    },
  );

  test('a stream that ends, ends for them', async () => {
    await push();
    const watching = watchWithGstreamer({ url: relay.viewUrl(), transport: 'udp', codec: 'h264' });
    await watching.seen(10);
    await pusher?.stop();
    await watching.ended;
    expect(relay.server.viewers()).toEqual([]);
  });
});

describe('packets are passed on as they came', () => {
  test('by TCP byte for byte, none left out, from a key frame on', async () => {
    const proxy = await RecordingProxy.open(relay.port);
    await push({ url: `rtsp://127.0.0.1:${proxy.port}/live/x` });
    const caller = await playing();
    await caller.until(() => caller.frames.length > 200);
    for (const [watched, pushed] of [
      [0, 0],
      [2, 2],
    ]) {
      const got = caller.frames
        .filter(({ channel }) => channel === watched)
        .map(({ payload }) => hex(payload));
      const sent = proxy.frames
        .filter(({ channel }) => channel === pushed)
        .map(({ payload }) => hex(payload));
      const first = sent.indexOf(got[0] ?? '');
      expect(first).toBeGreaterThan(0);
      expect(got).toEqual(sent.slice(first, first + got.length));
    }
    caller.close();
    await proxy.close();
  });

  test('by UDP as well; a receiver report is a sign of life', async () => {
    await reopen({ limits: { sessionMs: 1_000 } });
    await push({ audio: 'none' });
    const [rtp, rtcp] = await Promise.all([bound(), bound()]);
    const got: string[] = [];
    rtp.on('message', (packet) => got.push(hex(packet)));
    const caller = await logIn();
    const ports = `${rtp.address().port}-${rtcp.address().port}`;
    const answer = await caller.ask('SETUP', `${streamUrl()}/trackID=0`, {
      Transport: `RTP/AVP;unicast;client_port=${ports}`,
    });
    const serverPort = Number(/server_port=\d+-(\d+)/u.exec(answer.headers.get('Transport') ?? '')?.[1]);
    await caller.ask('PLAY', streamUrl());
    const begun = performance.now();
    const alive = setInterval(
      () => rtcp.send(Buffer.from([0x80, 201, 0, 1, 0, 0, 0, 1]), serverPort, '127.0.0.1'),
      200,
    );
    await relay.until(() => performance.now() - begun > 2_000);
    clearInterval(alive);
    expect(caller.isClosed).toBe(false);
    await caller.closed();
    const sent = relay.seen.get(recorders.one)?.packets.map(({ packet }) => hex(packet)) ?? [];
    const first = sent.indexOf(got[0] ?? '');
    expect(got.length).toBeGreaterThan(30);
    expect(got).toEqual(sent.slice(first, first + got.length));
    rtp.close();
    rtcp.close();
  });

  test('by UDP at a pace that a receiver with a small buffer follows, however much there is to begin with', async () => {
    await push({ ...much, framesPerKeyFrame: 75 });
    await relay.until(() => sizeOf(relay.hub.get(recorders.one)?.latestGroupPackets() ?? []) > 800_000);
    const rtp = await bound();
    const numbers: number[] = [];
    rtp.on('message', (packet) => numbers.push(packet.readUInt16BE(2)));
    const caller = await logIn();
    const { port } = rtp.address();
    await caller.ask('SETUP', `${streamUrl()}/trackID=0`, {
      Transport: `RTP/AVP;unicast;client_port=${port}-${port + 1}`,
    });
    await caller.ask('PLAY', streamUrl());
    await relay.until(() => numbers.length > 700);
    expect(
      numbers.filter((number, index) => index > 0 && number !== ((numbers[index - 1] ?? 0) + 1) % 65_536),
    ).toEqual([]);
    caller.close();
    rtp.close();
  });

  test('the first is that of a key frame, RTP-Info names it, and sender reports come before it', async () => {
    await push();
    const caller = await logIn();
    await caller.ask('SETUP', `${streamUrl()}/trackID=0`, tcp);
    await caller.ask('SETUP', `${streamUrl()}/trackID=1`, {
      Transport: 'RTP/AVP/TCP;unicast;interleaved=2-3',
    });
    const answer = await caller.ask('PLAY', `${streamUrl()}/`);
    await caller.until(() => caller.frames.some(({ channel }) => channel === 0));
    const [video] = parseRtpInfo(answer.headers.get('RTP-Info') ?? '');
    const first = caller.frames.find(({ channel }) => channel === 0)?.payload ?? Buffer.alloc(12);
    expect(video).toEqual({
      url: `${streamUrl()}/trackID=0`,
      sequenceNumber: first.readUInt16BE(2),
      rtpTimestamp: first.readUInt32BE(4),
    });
    const before = caller.frames.slice(
      0,
      caller.frames.findIndex(({ channel }) => channel === 0),
    );
    const told = before.flatMap(({ payload }) => parseRtcp(payload));
    expect(told.map(({ kind }) => kind)).toContain('sender-report');
    expect(told).toContainEqual(expect.objectContaining({ canonicalName: recorders.one }));
    caller.close();
  });
});

describe('a viewer that does not keep up', () => {
  /** More than a group of the stream below, which is sent at once to begin with. */
  const backlog = { calmBacklogBytes: 1_000_000, mostBacklogBytes: 1_500_000 };
  test('loses pictures, then its place; the other viewer and the recording lose nothing', async () => {
    await reopen({ limits: { stalledMs: 2_000, ...backlog } });
    await push(much);
    const [stalled, reading] = await Promise.all([playing(['trackID=0']), playing(['trackID=0'])]);
    stalled.socket.pause();
    const dropped = () => relay.server.viewers().find(({ packetsDropped }) => packetsDropped > 0);
    await relay.until(() => dropped() !== undefined);
    const before = reading.frames.length;
    await relay.until(() => relay.server.viewers().length === 1);
    expect(dropped()).toBeUndefined();
    expect(reading.frames.length).toBeGreaterThan(before);
    const numbers = reading.frames
      .filter(({ channel }) => channel === 0)
      .map(({ payload }) => payload.readUInt16BE(2));
    expect(
      numbers.every((number, index) => index === 0 || number === (((numbers[index - 1] ?? 0) + 1) & 0xffff)),
    ).toBe(true);
    expect(relay.seen.get(recorders.one)?.damaged).toBeLessThanOrEqual(1);
    stalled.close();
    reading.close();
  });

  test('that drains again goes on with a key frame', async () => {
    await reopen({ limits: backlog });
    await push(much);
    const caller = await playing(['trackID=0']);
    caller.socket.pause();
    await relay.until(() => (relay.server.viewers()[0]?.packetsDropped ?? 0) > 100);
    caller.socket.resume();
    const gap = () => {
      const media = caller.frames.filter(({ channel }) => channel === 0).map(({ payload }) => payload);
      const at = media.findIndex(
        (packet, index) =>
          index > 0 && packet.readUInt16BE(2) !== ((media[index - 1]?.readUInt16BE(2) ?? 0) + 1) % 65_536,
      );
      return at < 0 ? undefined : media[at];
    };
    await caller.until(() => gap() !== undefined);
    // The first fragment of an IDR slice (RFC 6184 §5.8): at this size it takes several packets.
    expect([...(gap()?.subarray(12, 14) ?? [])]).toEqual([0x7c, 0x85]);
    caller.close();
  });
});

describe('a recorder that drops and comes back', () => {
  test('while a viewer comes in: it is told, and has the new stream when it asks again', async () => {
    await push({ audio: 'none' });
    const [early, late] = await Promise.all([logIn(), logIn()]);
    expect((await early.ask('SETUP', `${streamUrl()}/trackID=0`, tcp)).status).toBe(200);
    expect((await late.ask('DESCRIBE', streamUrl())).status).toBe(200);
    await pusher?.kill();
    await relay.until(({ end }) => end !== null);
    expect((await late.ask('SETUP', `${streamUrl()}/trackID=0`, tcp)).status).toBe(404);
    await push({ audio: 'none' });
    await relay.until(({ end, keyFrames }) => end === null && keyFrames > 0);
    // What it has set up is over.
    await early.ask('PLAY', streamUrl());
    await early.closed();
    expect(early.frames.filter(({ channel }) => channel === 0)).toEqual([]);
    expect((await late.ask('SETUP', `${streamUrl()}/trackID=0`, tcp)).status).toBe(200);
    expect((await late.ask('PLAY', streamUrl())).status).toBe(200);
    await late.until(() => late.frames.filter(({ channel }) => channel === 0).length > 20);
    expect(late.isClosed).toBe(false);
    late.close();
  });
});

describe('who may watch what', () => {
  test('nobody without credentials, with wrong ones, or with those of a recorder', async () => {
    await push({ audio: 'none' });
    const caller = await RawRtsp.connect(relay.port);
    expect((await caller.ask('DESCRIBE', streamUrl())).status).toBe(401);
    caller.logIn(viewer.name, 'wrong staple');
    expect((await caller.ask('DESCRIBE', streamUrl())).status).toBe(401);
    caller.logIn(recorders.one, pushPassword);
    expect((await caller.ask('SETUP', `${streamUrl()}/trackID=0`, tcp)).status).toBe(401);
    await expect(probeRtsp({ url: streamUrl(), transport: 'tcp' })).rejects.toThrow('401');
    caller.close();
  });

  test('by Digest with SHA-256', async () => {
    await push({ audio: 'none' });
    const caller = await RawRtsp.connect(relay.port);
    const refused = await caller.ask('DESCRIBE', streamUrl());
    const answer = new ClientAuthorization({ userName: viewer.name, password: viewer.password });
    answer.take(parseChallenges(refused.headers.all('WWW-Authenticate')));
    caller.authorization = answer.header('DESCRIBE', streamUrl());
    expect(caller.authorization).toContain('SHA-256');
    const { status, headers, body } = await caller.ask('DESCRIBE', streamUrl());
    expect([status, headers.get('Content-Base')]).toEqual([200, `${streamUrl()}/`]);
    expect(body.toString()).toMatch(/sprop-parameter-sets=/u);
    caller.close();
  });

  test('no more at once than the settings allow', async () => {
    await reopen({ viewersPerStream: 1 });
    await push({ audio: 'none' });
    const [first, second] = await Promise.all([playing(['trackID=0']), logIn()]);
    expect((await second.ask('SETUP', `${streamUrl()}/trackID=0`, tcp)).status).toBe(453);
    expect((await first.ask('TEARDOWN', streamUrl())).status).toBe(200);
    expect((await second.ask('SETUP', `${streamUrl()}/trackID=0`, tcp)).status).toBe(200);
    first.close();
    second.close();
  });

  test('what does not come in cannot be watched', async () => {
    const caller = await logIn();
    expect((await caller.ask('DESCRIBE', streamUrl())).status).toBe(404);
    expect((await caller.ask('DESCRIBE', `rtsp://127.0.0.1:${relay.port}/elsewhere`)).status).toBe(404);
    expect((await caller.ask('PLAY', streamUrl())).status).toBe(454);
    expect((await caller.ask('STEAL', streamUrl())).status).toBe(501);
    expect((await caller.ask('SETUP', streamUrl(), { ...tcp, Require: 'x-magic' })).status).toBe(551);
    caller.close();
  });

  test('UDP goes to no port that belongs to a service of the system', async () => {
    await push({ audio: 'none' });
    const caller = await logIn();
    for (const ports of ['53-54', '1022-1023', '1024-514', '0-1']) {
      const Transport = `RTP/AVP;unicast;client_port=${ports}`;
      expect((await caller.ask('SETUP', `${streamUrl()}/trackID=0`, { Transport })).status).toBe(461);
    }
    caller.close();
  });

  test('UDP goes nowhere but to the viewer itself', async () => {
    await push({ audio: 'none' });
    const [elsewhere, rtp] = await Promise.all([bound('127.0.0.2'), bound()]);
    const strays: Buffer[] = [];
    const got: Buffer[] = [];
    elsewhere.on('message', (packet) => strays.push(packet));
    rtp.on('message', (packet) => got.push(packet));
    const caller = await logIn();
    const { port } = rtp.address();
    await caller.ask('SETUP', `${streamUrl()}/trackID=0`, {
      Transport: `RTP/AVP;unicast;destination=127.0.0.2;client_port=${port}-${port + 1}`,
    });
    await caller.ask('PLAY', streamUrl());
    await relay.until(() => got.length > 20);
    expect(strays).toEqual([]);
    caller.close();
    elsewhere.close();
    rtp.close();
  });
});

async function playing(tracks: readonly string[] = ['trackID=0', 'trackID=1']): Promise<RawRtsp> {
  const caller = await logIn();
  for (const [index, track] of tracks.entries()) {
    const Transport = `RTP/AVP/TCP;unicast;interleaved=${index * 2}-${index * 2 + 1}`;
    expect((await caller.ask('SETUP', `${streamUrl()}/${track}`, { Transport })).status).toBe(200);
  }
  expect((await caller.ask('PLAY', streamUrl())).status).toBe(200);
  return caller;
}

async function bound(address = '127.0.0.1') {
  const socket = createSocket('udp4').bind(0, address);
  await once(socket, 'listening');
  return socket;
}

function sizeOf(packets: readonly { packet: Buffer }[]): number {
  return packets.reduce((sum, { packet }) => sum + packet.length, 0);
}

function hex(packet: Buffer): string {
  return packet.toString('hex');
}
