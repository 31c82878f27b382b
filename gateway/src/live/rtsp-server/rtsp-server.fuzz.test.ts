/** Callers that break RTSP in every way, while a recorder sends and a viewer watches: neither notices. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { encodeFrameHead } from '@docket/device-protocol/live';
import { pushRtsp } from '@docket/device-protocol/live-peers';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fuzzRuns } from '../../testing/fuzz-runs.ts';
import { RawRtsp } from './testing/raw-rtsp.ts';
import { pushPassword, Relay, recorders, viewer } from './testing/relay.ts';

const basic = (name: string, password: string) =>
  `Authorization: Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;
/** Many, because one whose password was broken a few times is locked out for a while. */
const callers = Array.from({ length: 400 }, (_, index) => ({
  pushing: basic(`DEMO-${100 + index}`, pushPassword),
  viewerName: `centre-${index}`,
  watching: basic(`centre-${index}`, viewer.password),
}));
const sdp = 'v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:t1\r\n';
const digest =
  'Authorization: Digest username="centre", realm="docket", nonce="n", uri="/live/x", response="0", qop=auth, nc=1, cnonce="c"';

let cseq = 0;
function request(method: string, path: string, lines: readonly string[], body = ''): Buffer {
  cseq += 1;
  const length = body === '' ? [] : [`Content-Length: ${body.length}`];
  const head = [`${method} rtsp://127.0.0.1/live/${path} RTSP/1.0`, `CSeq: ${cseq}`, ...lines, ...length];
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`);
}

function frame(channel: number, payload: Buffer): Buffer {
  return Buffer.concat([encodeFrameHead(channel, payload.length), payload]);
}

const rtp = Buffer.concat([Buffer.from('80e000010000000100000001', 'hex'), Buffer.from([0x65, 0x88, 0x84])]);
const reports = Buffer.from('81c90007000000010000000100000000000000000000000000000000000000', 'hex');

/** Whole conversations, said at once. */
const conversations = callers.map(({ pushing, watching }) => [
  Buffer.concat([
    request('ANNOUNCE', 'x', [pushing, 'Content-Type: application/sdp'], sdp),
    request('SETUP', 'x/t1', ['Transport: RTP/AVP/TCP;unicast;interleaved=0-1;mode=record']),
    request('RECORD', 'x', ['Range: npt=0.000-']),
    ...[frame(0, rtp), frame(1, reports), frame(0, rtp)],
    request('PAUSE', 'x', []),
    request('TEARDOWN', 'x', []),
  ]),
  Buffer.concat([
    request('ANNOUNCE', 'x', [pushing, 'Content-Type: application/sdp'], sdp),
    request('SETUP', 'x/t1', ['Transport: RTP/AVP/UDP;unicast;client_port=5000-5001;mode=record']),
    request('RECORD', 'x', []),
  ]),
  Buffer.concat([
    request('OPTIONS', recorders.one, []),
    request('DESCRIBE', recorders.one, [watching, 'Accept: application/sdp']),
    request('SETUP', `${recorders.one}/trackID=0`, ['Transport: RTP/AVP/TCP;unicast;interleaved=0-1']),
    request('PLAY', `${recorders.one}/`, ['Range: npt=now-']),
    frame(1, reports),
    request('GET_PARAMETER', recorders.one, []),
    request('PAUSE', recorders.one, []),
    request('PLAY', recorders.one, []),
  ]),
  Buffer.concat([
    request('SETUP', `${recorders.one}/trackID=0`, [
      watching,
      'Transport: RTP/AVP;unicast;client_port=5000-5001',
    ]),
    request('PLAY', recorders.one, []),
    request('TEARDOWN', recorders.one, []),
  ]),
  Buffer.concat([request('DESCRIBE', recorders.one, [digest]), request('DESCRIBE', '%00', [digest])]),
]);

const splice = fc.record({
  at: fc.nat(),
  drop: fc.nat(24),
  add: fc.oneof(
    fc.uint8Array({ maxLength: 24 }),
    fc
      .constantFrom('$\u0000ÿÿ', '\r\n\r\n', '$\u0001\u0000\u0000', ';', '-', ' ', '999999999999')
      .map((text) => Buffer.from(text, 'latin1')),
  ),
});
const broken = fc.oneof(
  fc.uint8Array({ maxLength: 400 }),
  fc
    .tuple(fc.constantFrom(...conversations.flat()), fc.array(splice, { maxLength: 5 }))
    .map(([sound, splices]) =>
      splices.reduce<Buffer>((bytes, { at, drop, add }) => {
        const place = at % (bytes.length + 1);
        return Buffer.concat([bytes.subarray(0, place), add, bytes.subarray(place + drop)]);
      }, sound),
    ),
);

test('broken callers', { timeout: 0 }, async () => {
  const relay = await Relay.open({ otherViewers: callers.map(({ viewerName }) => viewerName) });
  const credentials = { userName: recorders.one, password: pushPassword };
  const pusher = pushRtsp({
    program: 'ffmpeg',
    transport: 'tcp',
    codec: 'h264',
    credentials,
    url: relay.pushUrl(),
  });
  await relay.until(({ keyFrames }) => keyFrames > 0);
  const honest = await RawRtsp.connect(relay.port);
  honest.logIn(viewer.name, viewer.password);
  const url = relay.pushUrl(recorders.one);
  await honest.ask('SETUP', `${url}/trackID=0`, { Transport: 'RTP/AVP/TCP;unicast;interleaved=0-1' });
  await honest.ask('PLAY', url);
  // The second half counts: by then everything that is kept for good is there.
  const memory: number[] = [];
  const run = async (bytes: Uint8Array, cut: number) => {
    const caller = connect(relay.port, '127.0.0.1').on('error', () => {});
    const closed = once(caller.resume(), 'close');
    const place = cut % (bytes.length + 1);
    caller.write(bytes.subarray(0, place));
    caller.end(bytes.subarray(place));
    await closed;
    memory.push(process.memoryUsage().rss);
  };
  await fc.assert(fc.asyncProperty(broken, fc.nat(), run), { numRuns: fuzzRuns(300, 100) });

  const frames = honest.frames.length;
  await honest.until(() => honest.frames.length > frames);
  const numbers = honest.frames
    .filter(({ channel }) => channel === 0)
    .map(({ payload }) => payload.readUInt16BE(2));
  expect(
    numbers.filter((number, index) => index > 0 && number !== ((numbers[index - 1] ?? 0) + 1) % 65_536),
  ).toEqual([]);
  expect(relay.hub.list().map(({ recorderId }) => recorderId)).toEqual([recorders.one]);
  expect(relay.seen.get(recorders.one)?.end).toBeNull();
  expect(relay.server.viewers()).toHaveLength(1);
  // Some came all the way, or nothing much was tried.
  expect(relay.log.filter((line) => line.includes('push accepted')).length).toBeGreaterThan(5);
  expect(relay.log.filter((line) => line.includes('viewer plays')).length).toBeGreaterThan(5);
  expect(relay.log.filter((line) => line.includes('"level":"error"'))).toEqual([]);
  const half = memory[Math.floor(memory.length / 2)] ?? 0;
  expect((memory.at(-1) ?? 0) - half).toBeLessThan(64 * 1024 * 1024);
  honest.close();
  await pusher.stop();
  await relay.close();
});
