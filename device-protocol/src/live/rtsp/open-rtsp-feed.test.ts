/** The pulling client against GStreamer's RTSP server: another's code, real sockets, real coders. */
import { readdirSync, readlinkSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { type PeerServer, type PeerServerOptions, startRtspCamera } from '../peers/index.ts';
import { openRtspFeed, type RtspFeedRequest } from './open-rtsp-feed.ts';
import { RecordedFeed } from './testing/recorded-feed.ts';

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function camera(options: PeerServerOptions): Promise<PeerServer> {
  const started = await startRtspCamera(options);
  stops.push(() => started.stop());
  return started;
}

async function open(url: string, options: Partial<RtspFeedRequest> = {}) {
  const feed = await openRtspFeed({
    url,
    credentials: null,
    transports: ['tcp', 'udp'],
    silenceMs: 10_000,
    connectTimeoutMs: 10_000,
    signal: new AbortController().signal,
    ...options,
  });
  stops.push(() => feed.close());
  return feed;
}

const codecs = (feed: { description: { tracks: readonly { codec: string }[] } }) =>
  feed.description.tracks.map(({ codec }) => codec);

const credentials = { userName: '张三', password: 'p@ss:w/rd?' };

describe('a stream of a recorder', () => {
  test.each([
    ['tcp', 'h264', 'aac'],
    ['udp', 'h264', 'aac'],
    ['tcp', 'h265', 'pcma'],
    ['udp', 'h265', 'none'],
  ] as const)(
    'by %s, %s with %s: packets of each track, and its sender reports',
    async (way, codec, audio) => {
      const { url } = await camera({ codec, audio });
      const feed = await open(url, { transports: [way] });
      expect(feed).toMatchObject({ way: 'pull-rtsp', transport: way });
      const tracks = audio === 'none' ? [codec] : [codec, audio];
      expect(codecs(feed)).toEqual(tracks);

      const recorded = new RecordedFeed(feed);
      for (const track of feed.description.tracks)
        await recorded.until(
          ({ packets, reports }) =>
            packets.filter((one) => one.track === track).length >= 10 &&
            reports.some((one) => one.track === track),
        );
      // The peer runs on this machine, by this clock.
      const [{ report, arrival } = {}] = recorded.reports;
      expect(Math.abs((report?.ntpMs ?? 0) - (arrival?.atMs ?? 0))).toBeLessThan(5000);
      await feed.close();
      expect(await feed.ended).toMatchObject({ cause: 'closed' });
    },
  );

  test.each(['basic', 'digest'] as const)('that asks for a password by %s', async (scheme) => {
    const { url } = await camera({ codec: 'h264', credentials: { scheme, ...credentials } });
    const recorded = new RecordedFeed(await open(url, { credentials }));
    await recorded.until(({ packets }) => packets.length >= 5);

    const wrong = { ...credentials, password: 'guess' };
    const refused = expect.objectContaining({ name: 'LiveError', code: 'refused-credentials' });
    await expect(open(url, { credentials: wrong })).rejects.toEqual(refused);
    await expect(open(url)).rejects.toEqual(refused);
  });

  test('that is carried by UDP only is taken so where the connection is asked for first', async () => {
    const { url } = await camera({ codec: 'h264', transports: ['udp'] });
    const feed = await open(url);
    expect(feed.transport).toBe('udp');
    const recorded = new RecordedFeed(feed);
    await recorded.until(({ packets }) => packets.length >= 5);
  });

  test('is not found under another path', async () => {
    const { url } = await camera({ codec: 'h264' });
    await expect(open(`${url}-2`)).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('a recorder that goes away', () => {
  test('ends the stream when its power is cut, and can be pulled again after it has booted', async () => {
    const peer = await camera({ codec: 'h264' });
    const feed = await open(peer.url);
    await new RecordedFeed(feed).until(({ packets }) => packets.length >= 3);
    await peer.powerOff();
    expect(await feed.ended).toMatchObject({ cause: 'connection-lost' });
    await expect(open(peer.url)).rejects.toMatchObject({ code: 'unreachable' });

    await peer.boot();
    await new RecordedFeed(await open(peer.url)).until(({ packets }) => packets.length >= 3);
  });
});

/** Every packet by TCP came after the answer to a request that was sent at `sentNotBeforeMs`. */
test('what a connection carries is proven not to have been sent before our latest answered request', async () => {
  const { url } = await camera({ codec: 'h264', framesPerSecond: 15 });
  const openedAtMs = Date.now();
  const recorded = new RecordedFeed(await open(url, { transports: ['tcp'] }));
  await recorded.until(
    ({ packets }) => new Set(packets.map(({ arrival }) => arrival.sentNotBeforeMs)).size >= 3,
  );
  const proofs = recorded.packets.map(({ arrival }) => arrival);
  for (const { atMs, sentNotBeforeMs } of proofs) {
    expect(sentNotBeforeMs).toBeGreaterThanOrEqual(openedAtMs);
    expect(sentNotBeforeMs).toBeLessThanOrEqual(atMs);
  }
  const moments = proofs.map(({ sentNotBeforeMs }) => sentNotBeforeMs ?? 0);
  expect(moments).toEqual(moments.toSorted((one, other) => one - other));
});

/** Sockets of this process, by what the kernel calls them. */
function openSockets(): string[] {
  return readdirSync('/proc/self/fd').flatMap((name) => {
    try {
      const target = readlinkSync(`/proc/self/fd/${name}`);
      return target.startsWith('socket:') ? [target] : [];
    } catch {
      return [];
    }
  });
}

function activeResources(): string[] {
  return process.getActiveResourcesInfo().filter((name) => /Timeout|TCP|UDP|DNS|GetAddrInfo/u.test(name));
}

test('fifty streams opened and closed leave no socket and no timer', async () => {
  const { url } = await camera({ codec: 'h264', audio: 'pcma' });
  const { signal } = new AbortController();
  const cycle = async (way: 'tcp' | 'udp', plays: boolean) => {
    const feed = await openRtspFeed({
      url,
      credentials: null,
      transports: [way],
      silenceMs: 10_000,
      connectTimeoutMs: 10_000,
      signal,
    });
    if (plays) await new RecordedFeed(feed).until(({ packets }) => packets.length >= 1);
    await feed.close();
  };
  await cycle('tcp', true);
  const before = { sockets: openSockets(), resources: activeResources() };
  for (let round = 0; round < 50; round += 1) await cycle(round % 10 === 0 ? 'udp' : 'tcp', round % 5 === 0);
  expect(openSockets()).toEqual(before.sockets);
  expect(activeResources()).toEqual(before.resources);
});
