/**
 * Recorders in a network of their own, on a cable that goes dead, changes its addresses or loses packets: pulled and
 * pushing, by TCP and UDP, and by RTMP. The recorders are GStreamer and ffmpeg.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PeerProcess, type PeerServer, startRtspCamera } from '@docket/device-protocol/live-peers';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { filesBelow } from './harness/dock-site.ts';
import { type FilmSending, makeFilm, sendFilm } from './harness/film-sender.ts';
import { decode, LiveSite } from './harness/live-site.ts';
import { NetworkNamespace, whyNoNamespaces } from './harness/network-namespace.ts';

if (whyNoNamespaces !== null) console.log(`left out: ${whyNoNamespaces}`);
const ways = ['pull-tcp', 'pull-udp', 'rtsp-tcp', 'rtsp-udp', 'rtmp'] as const;
type Way = (typeof ways)[number];

const open: { stop(): Promise<unknown> }[] = [];
let folder: string;
let film: string;
let live: LiveSite;
let network: NetworkNamespace;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'docket-films-'));
  film = makeFilm(join(folder, 'film.mp4'), 'libx264', 10);
});
afterAll(() => rm(folder, { recursive: true, force: true }));
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.stop();
});

/** A recorder in the other network, and how it is brought back where it does not come back by itself. */
interface FarRecorder {
  way: Way;
  recorderId: string;
  /** Its stream anew, by the addresses as they now are. */
  connectAnew(): Promise<void>;
  /** It has nothing more to send. */
  leave(): Promise<unknown>;
}

async function openSite(): Promise<void> {
  network = await NetworkNamespace.open();
  open.push({ stop: () => network.close() });
  live = await LiveSite.open([
    ...['live.silenceMs=3000', 'clock.hostSource=assume-synchronised', 'live.rtmp.port=0'],
    ...['live.rtsp.address=0.0.0.0', 'live.rtmp.address=0.0.0.0'],
  ]);
  open.push({ stop: () => live.close() });
}

async function pulled(way: 'pull-tcp' | 'pull-udp'): Promise<FarRecorder> {
  const camera: PeerServer = await startRtspCamera({
    ...{ codec: 'h264', transports: [way === 'pull-tcp' ? 'tcp' : 'udp'], address: '0.0.0.0' },
    within: ['ip', 'netns', 'exec', network.name],
  });
  open.push(camera);
  const source = () => ({ way: 'pull-rtsp', url: `rtsp://${network.peerAddress}:${camera.port}/live` });
  const { recorderId } = await live.register(`DEMO-${way}`, source());
  const connectAnew = async () => {
    await live.ask('PUT', `/live/sources/${encodeURIComponent(recorderId)}`, {
      ...source(),
      ...{ reason: '换网', person: '张三' },
    });
  };
  return { way, recorderId, connectAnew, leave: async () => {} };
}

async function pushing(by: FilmSending['by']): Promise<FarRecorder> {
  const way = by === 'rtmp' ? 'push-rtmp' : 'push-rtsp';
  const { recorderId, userName, password } = await live.register(`DEMO-${by}`, { way });
  let pusher: PeerProcess | null = null;
  open.push({ stop: async () => pusher?.kill() });
  const connectAnew = async () => {
    await pusher?.kill();
    const url =
      by === 'rtmp'
        ? `rtmp://${network.address}:${live.rtmpPort}/live/${userName}?key=${password}`
        : `rtsp://${userName}:${password}@${network.address}:${live.rtspPort}/live/any`;
    pusher = sendFilm({ film, url, by, isEndless: true, network });
  };
  await connectAnew();
  return { way: by, recorderId, connectAnew, leave: async () => pusher?.stop() };
}

async function openRecorders(): Promise<{ recorders: FarRecorder[]; operationId: string }> {
  await openSite();
  const recorders = await Promise.all(
    ways.map((way) => (way === 'pull-tcp' || way === 'pull-udp' ? pulled(way) : pushing(way))),
  );
  const operationId = await live.openOperation(recorders.map(({ recorderId }) => recorderId));
  await allRecord(recorders);
  return { recorders, operationId };
}

async function allRecord(recorders: readonly FarRecorder[]): Promise<void> {
  for (const { recorderId } of recorders)
    await live.until(async () => (await live.stream(recorderId))?.state === 'recording');
}

async function allAreTold(recorders: readonly { recorderId: string }[], kind: string): Promise<void> {
  for (const { recorderId } of recorders)
    await live.until(async () => (await live.alarms(recorderId)).includes(kind));
}

async function closed(recorders: readonly FarRecorder[], operationId: string): Promise<void> {
  await live.closeOperation(operationId);
  await Promise.all(recorders.map(({ leave }) => leave()));
}

/** One session each, whose gaps have these causes and have ended; every segment is sound and can be decoded. */
async function expectOneSession(recorders: readonly FarRecorder[], causes: readonly string[]): Promise<void> {
  const clips = join(live.site.store, 'clips');
  for (const { way, recorderId } of recorders) {
    const sessions = await live.until(async () => {
      const now = await live.sessions(recorderId);
      return now.every(({ segments }) => segments.every(({ state }) => state === 'receipted')) && now;
    });
    const files = await filesBelow(clips);
    expect(sessions, way).toHaveLength(1);
    const [{ gaps, segments } = { gaps: [], segments: [] }] = sessions;
    expect(new Set(gaps.map(({ cause }) => cause)), `${way} ${JSON.stringify(gaps)}`).toEqual(
      new Set(causes),
    );
    expect(
      gaps.every(({ to }) => to !== null),
      way,
    ).toBe(true);
    for (const { clipId, quarantine } of segments) {
      expect(quarantine, way).toBeNull();
      const media = files.find((file) => file.includes(`${clipId}/media.`));
      expect(media, `${way} ${clipId}`).toBeDefined();
      expect(decode(join(clips, media ?? '')).pictures, way).toBeGreaterThan(0);
    }
  }
}

test.skipIf(whyNoNamespaces !== null)(
  'a cable that goes dead without a word is told of, and its recorders go on in their sessions when it is mended',
  async () => {
    const { recorders, operationId } = await openRecorders();
    await network.cut();
    await allAreTold(recorders, 'stream-lost');
    await network.mend();
    for (const { way, connectAnew } of recorders) if (!way.startsWith('pull')) await connectAnew();
    await allRecord(recorders);
    for (const { recorderId } of recorders)
      await live.until(async () => (await live.alarms(recorderId)).length === 0);
    await closed(recorders, operationId);
    await expectOneSession(recorders, ['stream-lost']);
  },
  240_000,
);

test.skipIf(whyNoNamespaces !== null)(
  'recorders and dock that get other addresses find each other again, in the same sessions',
  async () => {
    const { recorders, operationId } = await openRecorders();
    await network.move();
    await allAreTold(recorders, 'stream-lost');
    for (const { connectAnew } of recorders) await connectAnew();
    await allRecord(recorders);
    await closed(recorders, operationId);
    await expectOneSession(recorders, ['stream-lost']);
  },
  240_000,
);

test.skipIf(whyNoNamespaces !== null)(
  'a network that loses packets costs pictures by UDP only, each loss is listed, and no stream is lost',
  async () => {
    const { recorders, operationId } = await openRecorders();
    await network.lose(5);
    const byUdp = recorders.filter(({ way }) => way.endsWith('udp'));
    for (const { recorderId } of byUdp)
      await live.until(async () => (await live.sessions(recorderId))[0]?.gaps.some(({ to }) => to !== null));
    await closed(recorders, operationId);
    await expectOneSession(byUdp, ['packets-lost']);
    await expectOneSession(
      recorders.filter(({ way }) => !way.endsWith('udp')),
      [],
    );
  },
  240_000,
);

/** Redirects whoever asks. */
const redirecting = (port: number) => `
import socket
server = socket.create_server(("0.0.0.0", 0))
print(server.getsockname()[1], flush=True)
while True:
    client, _ = server.accept()
    number = [line for line in client.recv(4096).split(b"\\r\\n") if line.startswith(b"CSeq")][0]
    client.sendall(b"RTSP/1.0 302 Elsewhere\\r\\n" + number + b"\\r\\nLocation: rtsp://127.0.0.1:${port}/x\\r\\n\\r\\n")
    client.close()
`;

test.skipIf(whyNoNamespaces !== null)(
  'a recorder that redirects to the dock itself opens no door there',
  async () => {
    await openSite();
    const heard: Buffer[] = [];
    let knocks = 0;
    const door = createServer((caller) => {
      knocks += 1;
      caller.on('error', () => {}).on('data', (bytes: Buffer) => void heard.push(bytes));
    });
    await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
    open.push({ stop: () => new Promise((resolve) => door.close(resolve)) });
    const address = door.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    const { command, parameters } = network.inside('/usr/bin/python3', ['-c', redirecting(port)]);
    const recorder = new PeerProcess(command, parameters);
    open.push(recorder);
    const farPort = await recorder.nextLine();
    const url = `rtsp://${network.peerAddress}:${farPort}/live`;
    const { recorderId } = await live.register('DEMO-900', { way: 'pull-rtsp', url });
    await live.openOperation([recorderId]);
    await live.until(async () => knocks >= 2);
    await allAreTold([{ recorderId }], 'not-recording');
    expect(Buffer.concat(heard).toString()).toBe('');
  },
  120_000,
);
