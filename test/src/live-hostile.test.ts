/**
 * A running gateway, over real sockets, among strangers, a registered recorder gone bad and one that is pulled and answers
 * rubbish, while honest recorders send: their recordings have no gap, the gateway stays up and keeps nothing of it.
 */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { encodeFrameHead } from '@docket/device-protocol/live';
import { pushRtmp, pushRtsp, startRtspCamera } from '@docket/device-protocol/live-peers';
import { afterEach, expect, test } from 'vitest';
import { seededBytes, seededRandom } from './harness/dock-site.ts';
import { LiveSite } from './harness/live-site.ts';

const attempts = Number(process.env.DOCKET_FUZZ_RUNS ?? 400);
const atOnce = 8;
const mostGrowthBytes = 160 * 1024 * 1024;
const open: { stop(): Promise<unknown> }[] = [];
let live: LiveSite;

afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.stop();
});

type Random = ReturnType<typeof seededRandom>;
const below = (random: Random, limit: number) => Math.floor(random() * limit);
const pick = <One>(random: Random, all: readonly One[]): One => all[below(random, all.length)] as One;

/** Cut, doubled, overwritten and grown in a few places. */
function broken(random: Random, sound: Buffer): Buffer {
  let bytes = sound;
  for (let splices = below(random, 5); splices > 0; splices -= 1) {
    const at = below(random, bytes.length + 1);
    const added = pick(random, [
      seededBytes(random, below(random, 40)),
      Buffer.from('$\0\xff\xff', 'latin1'),
      Buffer.from('\r\n\r\n'),
      Buffer.from('Content-Length: 999999999\r\n'),
      bytes.subarray(at, at + 200),
    ]);
    bytes = Buffer.concat([bytes.subarray(0, at), added, bytes.subarray(at + below(random, 24))]);
  }
  return bytes;
}

const request = (line: string, lines: readonly string[] = [], body = '') => {
  const length = body === '' ? [] : [`Content-Length: ${body.length}`];
  return Buffer.from([`${line} RTSP/1.0`, 'CSeq: 1', ...lines, ...length, '', body].join('\r\n'));
};
const frame = (channel: number, payload: Buffer) =>
  Buffer.concat([encodeFrameHead(channel, payload.length), payload]);
const description = 'v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:t1\r\n';

/** A whole push, with packets of pictures that never end and reports of clocks that leap. */
function push(random: Random, authorization: string): Buffer {
  const packets = Array.from({ length: 40 }, (_, index) => {
    const head = Buffer.from([
      0x80,
      pick(random, [0x60, 0xe0]),
      0,
      index,
      ...seededBytes(random, 4),
      0,
      0,
      0,
      7,
    ]);
    const nal = Buffer.from([
      pick(random, [0x65, 0x7c, 0x67, 0x78, 0x41]),
      ...seededBytes(random, below(random, 900)),
    ]);
    const report = Buffer.concat([Buffer.from('80c8000600000007', 'hex'), seededBytes(random, 20)]);
    return random() < 0.2 ? frame(1, report) : frame(below(random, 2) * 40, Buffer.concat([head, nal]));
  });
  return Buffer.concat([
    request('ANNOUNCE rtsp://dock/live/x', [authorization, 'Content-Type: application/sdp'], description),
    request('SETUP rtsp://dock/live/x/t1', ['Transport: RTP/AVP/TCP;unicast;interleaved=0-1;mode=record']),
    request('RECORD rtsp://dock/live/x'),
    ...packets,
  ]);
}

/** A handshake, and a command that connects (RTMP §5.2, §7.2.1.1). */
function rtmp(random: Random): Buffer {
  const command = Buffer.from(
    '020007636f6e6e656374003ff00000000000000300036170700200046c697665000009',
    'hex',
  );
  const head = Buffer.from([3, 0, 0, 0, 0, 0, command.length, 20, 0, 0, 0, 0]);
  return Buffer.concat([Buffer.from([3]), seededBytes(random, 3072), head, command]);
}

/** Says it, reads whatever comes, and leaves or is shown out. */
async function call(port: number, bytes: Buffer): Promise<void> {
  const caller = connect(port, '127.0.0.1').on('error', () => {});
  const closed = once(caller.resume(), 'close');
  caller.end(bytes);
  const patience = setTimeout(() => caller.destroy(), 3_000);
  await closed;
  clearTimeout(patience);
}

/** A recorder that answers whoever pulls it with what is nearly RTSP, and floods. */
async function rubbishRecorder(random: Random): Promise<string> {
  const answer = Buffer.concat([
    Buffer.from(
      'RTSP/1.0 200 OK\r\nCSeq: 1\r\nSession: 1;timeout=1\r\nTransport: RTP/AVP/TCP;interleaved=0-1\r\n',
    ),
    Buffer.from(`Content-Length: ${description.length}\r\n\r\n${description}`),
  ]);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    socket.on('data', (asked: Buffer) => {
      const number = /CSeq: (\d+)/u.exec(asked.toString('latin1'))?.[1] ?? '1';
      const sound = Buffer.from(answer.toString('latin1').replace('CSeq: 1', `CSeq: ${number}`), 'latin1');
      socket.write(random() < 0.7 ? sound : broken(random, sound));
      if (random() < 0.3) socket.write(seededBytes(random, 200_000));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  open.push({
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  });
  const address = server.address();
  return `rtsp://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/live`;
}

/** Three recorders that are recorded while all this goes on. */
async function honestRecorders(): Promise<{ recorderIds: string[]; leave(): Promise<void> }> {
  const camera = await startRtspCamera({ codec: 'h264', audio: 'aac' });
  open.push(camera);
  const pulled = await live.register('DEMO-001', { way: 'pull-rtsp', url: camera.url });
  const rtsp = await live.register('DEMO-002', { way: 'push-rtsp' });
  const byRtmp = await live.register('DEMO-003', { way: 'push-rtmp' });
  const pushers = [
    pushRtsp({
      ...{
        url: `rtsp://127.0.0.1:${live.rtspPort}/live/any`,
        program: 'ffmpeg',
        transport: 'tcp',
        codec: 'h264',
      },
      credentials: { userName: rtsp.userName, password: rtsp.password },
    }),
    pushRtmp({
      url: `rtmp://127.0.0.1:${live.rtmpPort}/live/${byRtmp.userName}?key=${byRtmp.password}`,
      codec: 'h264',
    }),
  ];
  open.push(...pushers);
  const operationId = await live.openOperation([pulled.recorderId]);
  const recorderIds = [pulled, rtsp, byRtmp].map(({ recorderId }) => recorderId);
  for (const recorderId of recorderIds)
    await live.until(async () => (await live.stream(recorderId))?.state === 'recording');
  const leave = async () => {
    await live.closeOperation(operationId);
    for (const pusher of pushers) await pusher.stop();
  };
  return { recorderIds, leave };
}

test('honest recorders do not notice strangers and recorders gone bad, and the gateway keeps nothing of them', async () => {
  live = await LiveSite.open([
    'live.silenceMs=5000',
    'live.rtmp.port=0',
    'clock.hostSource=assume-synchronised',
  ]);
  open.push({ stop: () => live.close() });
  const random = seededRandom(5);
  const bad = await live.register('DEMO-666', { way: 'push-rtsp' });
  const authorization = `Authorization: Basic ${Buffer.from(`${bad.userName}:${bad.password}`).toString('base64')}`;
  await live.register('DEMO-667', {
    way: 'pull-rtsp',
    url: await rubbishRecorder(random),
    isAlwaysPulled: true,
  });
  const { recorderIds, leave } = await honestRecorders();

  let begun = 0;
  const attackUntil = async (share: number) => {
    const most = Math.ceil(attempts * share);
    await Promise.all(
      Array.from({ length: atOnce }, async () => {
        while (begun < most) await attackOnce();
      }),
    );
  };
  const attackOnce = async () => {
    begun += 1;
    const isRtmp = random() < 0.3;
    const sound = isRtmp
      ? rtmp(random)
      : push(random, random() < 0.6 ? authorization : 'Authorization: Basic eDp5');
    const bytes =
      random() < 0.2 ? seededBytes(random, 2_000) : random() < 0.4 ? sound : broken(random, sound);
    await call(isRtmp ? live.rtmpPort : live.rtspPort, bytes);
  };
  await attackUntil(0.5);
  const before = { ...live.holdings(), ...(await live.resources()) };
  await attackUntil(1);
  const after = { ...live.holdings(), ...(await live.resources()) };
  expect(begun).toBeGreaterThanOrEqual(attempts);
  expect(after.heapBytes - before.heapBytes).toBeLessThan(32 * 1024 * 1024);
  expect(after.memoryBytes - before.memoryBytes).toBeLessThan(mostGrowthBytes);

  await leave();
  for (const recorderId of recorderIds) {
    const sessions = await live.until(async () => {
      const now = await live.sessions(recorderId);
      return now.every(({ segments }) => segments.every(({ state }) => state === 'receipted')) && now;
    });
    expect(sessions.map(({ gaps }) => gaps)).toEqual([[]]);
    expect(sessions[0]?.segments.map(({ quarantine }) => quarantine)).toEqual([null]);
  }
  expect(live.process.exitCode).toBeNull();
  expect(live.output()).not.toMatch(/"level":[56]0/u);
}, 400_000);
