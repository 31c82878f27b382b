import { hashCredentials } from '@docket/device-protocol/live';
import { pushRtsp, type RtspPushOptions } from '@docket/device-protocol/live-peers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { RawRtsp } from './testing/raw-rtsp.ts';
import { pushPassword, Relay, recorders } from './testing/relay.ts';

const sdp = [
  'v=0',
  'o=- 0 0 IN IP4 127.0.0.1',
  's=-',
  't=0 0',
  'm=video 0 RTP/AVP 96',
  'a=rtpmap:96 H264/90000',
  'a=control:track1',
  '',
].join('\r\n');
const credentials = { userName: recorders.one, password: pushPassword };
const described = { 'Content-Type': 'application/sdp' };
const interleaved = { Transport: 'RTP/AVP/TCP;unicast;interleaved=0-1;mode=record' };

let relay: Relay;
beforeEach(async () => {
  relay = await Relay.open();
});
afterEach(() => relay.close());

describe('a recorder pushes, and what it sends comes whole', () => {
  test.each([
    { program: 'ffmpeg', transport: 'tcp', codec: 'h264', audio: 'aac' },
    { program: 'ffmpeg', transport: 'udp', codec: 'h264', audio: 'aac' },
    { program: 'ffmpeg', transport: 'tcp', codec: 'h265', audio: 'pcma' },
    { program: 'rtspclientsink', transport: 'tcp', codec: 'h264', audio: 'aac' },
    { program: 'rtspclientsink', transport: 'udp', codec: 'h264', audio: 'pcmu' },
    { program: 'rtspclientsink', transport: 'tcp', codec: 'h265', audio: 'none' },
  ] as const)('$program by $transport, $codec and $audio', async ({ program, transport, codec, audio }) => {
    const pusher = pushRtsp({ program, transport, codec, audio, credentials, url: relay.pushUrl() });
    const seen = await relay.until(
      ({ keyFrames, units, senderReports }) => keyFrames > 1 && units > 30 && senderReports > 0,
    );
    const stream = relay.hub.get(recorders.one);
    const codecs = stream?.description.tracks.map((track) => track.codec) ?? [];
    expect(codecs.toSorted()).toEqual([codec, ...(audio === 'none' ? [] : [audio])].toSorted());
    expect(stream).toMatchObject({ way: 'push-rtsp', transport });
    // Of a first picture without parameter sets before it nobody knows whether it is whole.
    expect(seen.damaged).toBeLessThanOrEqual(1);
    await pusher.stop();
    if (transport === 'tcp') await relay.until(({ end }) => end !== null);
  });
});

test('a recorder that says goodbye ends its stream; it is gone for all who watch', async () => {
  const ended: (string | null)[] = [];
  const pusher = push({
    program: 'ffmpeg',
    transport: 'tcp',
    credentials,
    url: relay.pushUrl(),
    seconds: 2,
  });
  await relay.until(({ units }) => units > 0);
  relay.hub
    .get(recorders.one)
    ?.watchUnits({ unit: () => {}, changed: (left) => ended.push(left?.sdp ?? null) });
  const { code } = await pusher.ended;
  const { end } = await relay.until((seen) => seen.end !== null);
  expect([code, end?.cause, ended, relay.hub.list()]).toEqual([0, 'goodbye', [null], []]);
});

test('a recorder whose power fails has lost its connection', async () => {
  const pusher = push({ credentials, url: relay.pushUrl() });
  await relay.until(({ units }) => units > 0);
  await pusher.kill();
  const { end } = await relay.until((seen) => seen.end !== null);
  expect(end?.cause).toBe('connection-lost');
});

test('a recorder that falls silent without a word is gone after the silence that is allowed', async () => {
  await relay.close();
  relay = await Relay.open({ silenceMs: 1_000 });
  const caller = await recording(relay);
  const { end } = await relay.until((seen) => seen.end !== null);
  expect(end?.cause).toBe('silent');
  await caller.closed();
});

describe('who may push', () => {
  test.each([
    ['a wrong password', { userName: recorders.one, password: 'wrong-horse' }],
    ['a recorder that is not registered', { userName: 'DEMO-009', password: pushPassword }],
    ['nobody in particular', undefined],
  ])('not %s', async (_who, wrong) => {
    const pusher = push({
      url: relay.pushUrl(recorders.one),
      seconds: 1,
      ...(wrong === undefined ? {} : { credentials: wrong }),
    });
    const { code, log } = await pusher.ended;
    expect(code).not.toBe(0);
    expect(log).toContain('401');
    expect([relay.seen.size, relay.hub.list()]).toEqual([0, []]);
  });

  test('not whoever may watch', async () => {
    const caller = await RawRtsp.connect(relay.port);
    caller.logIn('centre', 'battery-staple');
    const { status } = await caller.ask('ANNOUNCE', relay.pushUrl(), described, sdp);
    expect(status).toBe(401);
    caller.close();
  });

  test('the password is asked for by SHA-256 first, MD5 last, and never shown', async () => {
    const caller = await RawRtsp.connect(relay.port);
    const { status, headers } = await caller.ask('ANNOUNCE', relay.pushUrl(), described, sdp);
    const challenges = headers.all('WWW-Authenticate');
    expect([
      status,
      challenges.map((challenge) => /algorithm=([^\s,]+)/u.exec(challenge)?.[1] ?? 'Basic'),
    ]).toEqual([401, ['SHA-256', 'MD5', 'Basic']]);
    caller.logIn(recorders.one, 'wrong-horse');
    await caller.ask('ANNOUNCE', relay.pushUrl(), described, sdp);
    expect(relay.log.join('')).toContain('RTSP credentials refused');
    expect(relay.log.join('')).not.toMatch(/wrong-horse|correct-horse/u);
    const { ha1 } = hashCredentials(recorders.one, 'docket', pushPassword);
    expect(relay.log.join('')).not.toContain(ha1);
    caller.close();
  });

  test('who guesses is locked out for a while, and hung up on', async () => {
    for (let connection = 0; connection < 2; connection++) {
      const caller = await RawRtsp.connect(relay.port);
      caller.logIn(recorders.one, 'guess');
      for (let guess = 0; guess < 5; guess++) await caller.ask('ANNOUNCE', relay.pushUrl(), described, sdp);
      await caller.closed();
    }
    const caller = await RawRtsp.connect(relay.port);
    caller.logIn(recorders.one, pushPassword);
    expect((await caller.ask('ANNOUNCE', relay.pushUrl(), described, sdp)).status).toBe(401);
    caller.logIn(recorders.other, pushPassword);
    expect((await caller.ask('ANNOUNCE', relay.pushUrl(), described, sdp)).status).toBe(200);
    caller.close();
  });

  test('a connection that shows no credentials is closed', async () => {
    await relay.close();
    relay = await Relay.open({ limits: { authenticationMs: 300 } });
    const caller = await RawRtsp.connect(relay.port);
    expect((await caller.ask('OPTIONS', '*')).status).toBe(200);
    await caller.closed();
  });
});

test('a recorder that connects anew takes the place of its old connection', async () => {
  const first = push({ credentials, url: relay.pushUrl('a') });
  await relay.until(({ units }) => units > 0);
  const before = relay.seen.get(recorders.one);
  const stranger = push({
    url: relay.pushUrl('a'),
    credentials: { userName: recorders.one, password: 'wrong-horse' },
    seconds: 1,
  });
  await stranger.ended;
  expect(before?.end).toBeNull();
  const second = push({
    program: 'rtspclientsink',
    transport: 'tcp',
    credentials,
    url: relay.pushUrl('b'),
  });
  await relay.until((seen) => seen !== before && seen.units > 0);
  expect(before?.end?.cause).toBe('replaced');
  await Promise.all([first.stop(), second.stop()]);
});

test('what nobody takes is refused before the recorder is told that it may send', async () => {
  await relay.close();
  relay = await Relay.open({ onPush: async () => ({ refused: 'too-many-streams' }) });
  const caller = await announced(relay);
  expect((await caller.ask('SETUP', `${relay.pushUrl()}/track1`, interleaved)).status).toBe(200);
  expect((await caller.ask('RECORD', relay.pushUrl())).status).toBe(503);
  await caller.closed();
  expect(relay.hub.list()).toEqual([]);
});

test('a recorder that pauses ends the stream, and begins another', async () => {
  const caller = await recording(relay);
  expect((await caller.ask('PAUSE', relay.pushUrl())).status).toBe(200);
  await relay.until(({ end }) => end?.cause === 'goodbye');
  expect((await caller.ask('RECORD', relay.pushUrl())).status).toBe(200);
  await relay.until(({ end }) => end === null);
  caller.close();
});

test('packets of a codec that is not carried are taken and dropped, so that the recorder goes on', async () => {
  const caller = await RawRtsp.connect(relay.port);
  caller.logIn(recorders.one, pushPassword);
  const strange = `${sdp}m=audio 0 RTP/AVP 97\r\na=rtpmap:97 SPEEX/16000\r\na=control:track2\r\n`;
  expect((await caller.ask('ANNOUNCE', relay.pushUrl(), described, strange)).status).toBe(200);
  expect((await caller.ask('SETUP', `${relay.pushUrl()}/track1`, interleaved)).status).toBe(200);
  const second = await caller.ask('SETUP', `${relay.pushUrl()}/track2`, interleaved);
  // The channels asked for belong to the first track already.
  expect(second.headers.get('Transport')).toContain('interleaved=2-3');
  expect((await caller.ask('RECORD', relay.pushUrl())).status).toBe(200);
  expect(relay.hub.get(recorders.one)?.description).toMatchObject({
    tracks: [{ codec: 'h264' }],
    refused: ['audio/SPEEX'],
  });
  caller.close();
});

test.each([
  ['no description', 'text/plain', sdp, 415],
  ['no track we can carry', 'application/sdp', sdp.replace('H264', 'VP8'), 415],
  ['rubbish', 'application/sdp', 'rubbish', 400],
])('%s is not announced', async (_what, type, body, status) => {
  const caller = await RawRtsp.connect(relay.port);
  caller.logIn(recorders.one, pushPassword);
  expect((await caller.ask('ANNOUNCE', relay.pushUrl(), { 'Content-Type': type }, body)).status).toBe(status);
  caller.close();
});

async function announced(to: Relay): Promise<RawRtsp> {
  const caller = await RawRtsp.connect(to.port);
  caller.logIn(recorders.one, pushPassword);
  expect((await caller.ask('ANNOUNCE', to.pushUrl(), described, sdp)).status).toBe(200);
  return caller;
}

async function recording(to: Relay): Promise<RawRtsp> {
  const caller = await announced(to);
  expect((await caller.ask('SETUP', `${to.pushUrl()}/track1`, interleaved)).status).toBe(200);
  expect((await caller.ask('RECORD', to.pushUrl())).status).toBe(200);
  return caller;
}

function push(options: Partial<RtspPushOptions> & { url: string }) {
  return pushRtsp({ program: 'ffmpeg', transport: 'tcp', codec: 'h264', ...options });
}
