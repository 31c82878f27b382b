import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { encodeFrameHead } from '@docket/device-protocol/live';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { RawRtsp } from './testing/raw-rtsp.ts';
import { pushPassword, recorders, viewer } from './testing/relay.ts';

const relayModule = fileURLToPath(new URL('./testing/relay-process.js', import.meta.url));
const sdp = [
  'v=0',
  'm=video 0 RTP/AVP 96',
  'a=rtpmap:96 H264/90000',
  'a=control:video',
  'm=audio 0 RTP/AVP 8',
  'a=control:sound',
  '',
].join('\r\n');
const channels = { video: 0, sound: 2, nobodys: 9 } as const;
const payloadTypes = { video: 0x80 | 96, sound: 0x80 | 8 } as const;
const idr = Buffer.from([0x65, 0x88, 0x84]);
const slice = Buffer.from([0x41, 0x9a, 0x24]);
const much = Buffer.alloc(60_000);
/** So much that not all of it waits in the system. */
const tone = Buffer.alloc(6_000);
/** Beyond what the process holds before anything comes. What is sent below is several times as much. */
const mostHeldBytes = 32 * 1024 * 1024;

let child: ChildProcess;
let port: number;
let recorder: RawRtsp;
let emptyBytes: number;
const sequences = { video: 0, sound: 0 };

beforeEach(async () => {
  child = fork(relayModule, { execArgv: ['--expose-gc'] });
  [{ port }] = (await once(child, 'message')) as [{ port: number }];
  recorder = await RawRtsp.connect(port);
  recorder.logIn(recorders.one, pushPassword);
  await recorder.ask('ANNOUNCE', url, { 'Content-Type': 'application/sdp' }, sdp);
  for (const track of ['video', 'sound'] as const) {
    const interleaved = `${channels[track]}-${channels[track] + 1}`;
    await recorder.ask('SETUP', `${url}/${track}`, {
      Transport: `RTP/AVP/TCP;unicast;interleaved=${interleaved};mode=record`,
    });
  }
  expect((await recorder.ask('RECORD', url)).status).toBe(200);
  emptyBytes = await heldBytes();
});
afterEach(async () => {
  recorder.close();
  const gone = once(child, 'exit');
  child.disconnect();
  await gone;
});

const url = 'rtsp://127.0.0.1/live/x';

/** What the relay holds, once it has read all that the recorder sent. */
async function heldBytes(): Promise<number> {
  await recorder.ask('GET_PARAMETER', url);
  child.send('weigh');
  const [{ heldBytes }] = (await once(child, 'message')) as [{ heldBytes: number }];
  return heldBytes;
}

function frame(channel: number, ...parts: readonly Buffer[]): Buffer {
  const sizeBytes = parts.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([encodeFrameHead(channel, sizeBytes), ...parts]);
}

/** A packet that is a picture, or a frame of sound, of its own; `firstByte` as in RFC 3550 §5.1. */
function media(track: 'video' | 'sound', payload: Buffer, firstByte = 0x80): Buffer {
  sequences[track] = (sequences[track] + 1) & 0xffff;
  const head = Buffer.alloc(12);
  head.writeUInt8(firstByte, 0);
  head.writeUInt8(payloadTypes[track], 1);
  head.writeUInt16BE(sequences[track], 2);
  head.writeUInt32BE(sequences[track] * 3_000, 4);
  head.writeUInt32BE(channels[track] + 1, 8);
  return frame(channels[track], head, payload);
}

/** Sends one after the other, as fast as they are read. */
async function send(times: number, what: () => Buffer): Promise<void> {
  for (let count = 0; count < times; count++) {
    if (!recorder.socket.write(what())) await once(recorder.socket, 'drain');
  }
}

/** Somebody who asks for a track and reads nothing of it. */
async function stall(trackId: number): Promise<RawRtsp> {
  const caller = await RawRtsp.connect(port);
  caller.logIn(viewer.name, viewer.password);
  const stream = `rtsp://127.0.0.1/live/${recorders.one}`;
  await caller.ask('SETUP', `${stream}/trackID=${trackId}`, {
    Transport: 'RTP/AVP/TCP;unicast;interleaved=0-1',
  });
  expect((await caller.ask('PLAY', stream)).status).toBe(200);
  caller.socket.pause();
  return caller;
}

test('small packets do not keep alive what came with them', async () => {
  await send(1, () => media('video', idr));
  await send(2_000, () => Buffer.concat([media('video', slice), frame(channels.nobodys, much)]));
  expect((await heldBytes()) - emptyBytes).toBeLessThan(mostHeldBytes);
});

test('small pictures do not keep alive the packets that they came in', async () => {
  await send(1, () => media('video', idr));
  const extension = Buffer.alloc(4 + 60_000);
  extension.writeUInt16BE(15_000, 2);
  await send(2_000, () => media('video', Buffer.concat([extension, slice]), 0x90));
  expect((await heldBytes()) - emptyBytes).toBeLessThan(mostHeldBytes);
});

test('pictures of very many tiny parts are counted for what they take', async () => {
  await send(1, () => media('video', idr));
  const head = Buffer.from([0x78]);
  const parts = Array.from({ length: 900 }, () => Buffer.from([0, 1, 0x41]));
  await send(1_500, () => media('video', Buffer.concat([head, ...parts])));
  expect((await heldBytes()) - emptyBytes).toBeLessThan(mostHeldBytes);
});

test('packets that wait for one that is missing are few, however large', async () => {
  await send(1, () => media('video', idr));
  sequences.video += 1;
  await send(2_000, () => media('video', much));
  expect((await heldBytes()) - emptyBytes).toBeLessThan(mostHeldBytes);
});

test.each([
  ['large pictures', 0, 2_000, () => media('video', Buffer.concat([slice, much]))],
  [
    'sound among large pictures',
    1,
    2_000,
    () => Buffer.concat([media('sound', tone), media('video', Buffer.concat([slice, much]))]),
  ],
] as const)(
  'a viewer that reads nothing costs no more than its bound: %s',
  async (_what, track, times, what) => {
    const stalled = await stall(track);
    await send(1, () => media('video', idr));
    await send(times, what);
    expect((await heldBytes()) - emptyBytes).toBeLessThan(mostHeldBytes);
    expect(stalled.isClosed).toBe(false);
    stalled.close();
  },
);
