import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import type { AccessUnit, LiveDescription, LiveTrack } from '@docket/device-protocol/live';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import type { UnitSink } from '../live-stream.ts';
import { PlayStream } from './play-stream.ts';
import { PlayViewer } from './play-viewer.ts';
import { PlayClient } from './testing/play-client.ts';

const track: LiveTrack = {
  index: 0,
  kind: 'video',
  codec: 'h264',
  payloadType: 96,
  clockRateHz: 90_000,
  channels: null,
  encodingName: 'H264',
  formatParameters: new Map(),
  control: null,
};
const description: LiveDescription = { tracks: [track], refused: [], control: null, sdp: '' };
const format: AccessUnit['format'] = {
  kind: 'video',
  codec: 'h264',
  videoParameterSets: [],
  sequenceParameterSets: [Buffer.from([0x67, 66, 0xc0, 30])],
  pictureParameterSets: [Buffer.from([0x68, 1])],
  widthPixels: 1920,
  heightPixels: 1080,
};
/** As long as a parameter set may be; another one each time. */
function otherFormat(count: number): AccessUnit['format'] {
  const set = Buffer.alloc(4_096, 0x80);
  set.writeUInt8(0x68, 0);
  set.writeUInt32BE(count, 4);
  return format?.kind === 'video' ? { ...format, pictureParameterSets: Array(32).fill(set) } : null;
}
const pictureBytes = 256 * 1024;
const bounds = { waitingBytes: 1024 * 1024, patienceMs: 10_000 };

/** A stream of large pictures, as fast as the test wants them. */
class HeavySource {
  readonly recorderId = 'DEMO-001';
  readonly sessionId = 's';
  readonly description = description;
  #sink: UnitSink | null = null;
  #count = 0;

  latestGroup = () => [];
  latestSenderReports = () => new Map();
  watchUnits(sink: UnitSink): () => void {
    this.#sink = sink;
    return () => {
      this.#sink = null;
    };
  }

  get isWatched(): boolean {
    return this.#sink !== null;
  }

  /** Every tenth is a key frame. */
  picture(of = format): void {
    const isKeyFrame = this.#count % 10 === 0;
    const mediaTicks = this.#count * 9_000;
    this.#sink?.unit({
      track,
      mediaTicks,
      rtpTimestamp: mediaTicks,
      data: [Buffer.alloc(pictureBytes, isKeyFrame ? 0x65 : 0x41)],
      isKeyFrame,
      isWhole: true,
      isUnfinished: false,
      lostPackets: 0,
      arrival: { atMs: 1_000_000 + this.#count * 100, sentNotBeforeMs: null },
      format: of,
    });
    this.#count += 1;
  }
}

let server: WebSocketServer;
let source: HeavySource;
let stream: PlayStream;
let nowMs: number;
const clients: PlayClient[] = [];
const sockets: Socket[] = [];

beforeEach(async () => {
  nowMs = 0;
  source = new HeavySource();
  stream = new PlayStream(source, null, () => {});
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
});
afterEach(async () => {
  stream.end('stopping');
  for (const client of clients.splice(0)) client.socket.terminate();
  for (const client of server.clients) client.terminate();
  sockets.splice(0);
  server.close();
  await once(server, 'close');
});

/** A viewer, at both of its ends. */
async function join() {
  const client = new PlayClient(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  clients.push(client);
  const [atServer] = await once(server, 'connection');
  await once(client.socket, 'open');
  const wishes = { wantsSound: false, canPlayFlac: false };
  const viewer = new PlayViewer(atServer, wishes, bounds, () => nowMs);
  stream.add(viewer);
  return { client, viewer, waitingBytes: () => atServer.bufferedAmount as number, atServer };
}

test('a viewer that does not read is told, costs no more than its bound, and is let go; another gets all', async () => {
  const reading = await join();
  const stuck = await join();
  stuck.client.socket.pause();
  let mostWaiting = 0;
  for (let count = 1; count <= 120; count += 1) {
    source.picture();
    nowMs += 100;
    mostWaiting = Math.max(mostWaiting, stuck.waitingBytes());
    await reading.client.until((client) => client.fragments(0).length === count);
  }
  // Thirty megabytes passed; what the system itself holds for a connection is in no count of ours.
  expect(mostWaiting).toBeGreaterThan(bounds.waitingBytes);
  expect(mostWaiting).toBeLessThan(bounds.waitingBytes + 2 * pictureBytes);
  expect(reading.client.messages.map(({ type }) => type)).toEqual(['hello']);
  expect(stuck.atServer.readyState).not.toBe(stuck.atServer.OPEN);
  stuck.client.socket.resume();
  await stuck.client.closed();
  expect(stuck.client.fragments(0).length).toBeLessThan(120);
});

test('a stream that begins anew all the time costs a viewer that does not read no more either', async () => {
  const { client, waitingBytes, atServer } = await join();
  client.socket.pause();
  let mostWaiting = 0;
  for (let count = 0; count < 200; count += 1) {
    source.picture(otherFormat(count));
    mostWaiting = Math.max(mostWaiting, waitingBytes());
    await new Promise(setImmediate);
  }
  expect(mostWaiting).toBeLessThan(bounds.waitingBytes + 2 * pictureBytes);
  expect(atServer.readyState).not.toBe(atServer.OPEN);
});

test('a viewer that caught up goes on with a key frame', async () => {
  const { client, waitingBytes } = await join();
  client.socket.pause();
  while (waitingBytes() <= bounds.waitingBytes) source.picture();
  source.picture();
  client.socket.resume();
  const sent = client.fragments(0).length;
  await client.until(({ messages }) => messages.some(({ type }) => type === 'behind'));
  while (waitingBytes() > 0) await new Promise(setImmediate);
  const before = client.fragments(0).length;
  expect(before).toBeGreaterThan(sent);
  for (let count = 0; count < 10; count += 1) source.picture();
  await client.until((one) => one.fragments(0).length > before);
  expect(client.fragments(0)[before]?.isKeyFrame).toBe(true);
  expect(client.isClosed).toBe(false);
});

test('who comes later begins with the newest group of pictures', async () => {
  for (let count = 0; count < 13; count += 1) source.picture();
  const { client } = await join();
  await client.until((one) => one.fragments(0).length === 3);
  expect(client.fragments(0).map(({ isKeyFrame }) => isKeyFrame)).toEqual([true, false, false]);
  stream.end('stream-ended');
  await client.closed();
  expect([client.end, source.isWatched]).toEqual(['stream-ended', false]);
});
