/** GStreamer's RTSP server behind a proxy that names the other codec: what comes is recorded, shown and passed on as what it is. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openRtspFeed } from '@docket/device-protocol/live';
import { FalsifyingProxy, probeRtsp, startRtspCamera } from '@docket/device-protocol/live-peers';
import { listClips, readLiveSession } from '@docket/ingest';
import { expect, onTestFinished, test } from 'vitest';
import { TestGateway } from '../http/testing/test-gateway.ts';
import { createLog } from '../log.ts';
import { openTestIngest } from '../testing/test-ingest.ts';
import { Snapshots } from './play/snapshots.ts';
import { PlayClient } from './play/testing/play-client.ts';
import { Relay } from './rtsp-server/testing/relay.ts';
import { RecorderLine } from './supervisor/recorder-line.ts';

const names = { h264: { sdp: 'H264', probed: 'h264' }, h265: { sdp: 'H265', probed: 'hevc' } } as const;

async function openDock() {
  const folder = await mkdtemp(join(tmpdir(), 'docket-misnamed-'));
  const ingest = await openTestIngest(folder);
  const relay = await Relay.open();
  const gateway = await TestGateway.open({}, { liveStreams: relay.hub });
  onTestFinished(async () => {
    await gateway.close();
    await relay.close();
    await ingest.close();
    await rm(folder, { recursive: true });
  });
  return { ingest, relay, gateway };
}

/** A recorder that sends one codec and tells the other. */
async function connect(codec: 'h264' | 'h265', told: 'h264' | 'h265') {
  const camera = await startRtspCamera({ codec, audio: 'aac', transports: ['tcp'], framesPerKeyFrame: 5 });
  const proxy = await FalsifyingProxy.open(camera.port, {
    description: (sdp) => ({ body: sdp.replace(names[codec].sdp, names[told].sdp) }),
  });
  const feed = await openRtspFeed({
    url: proxy.url,
    credentials: null,
    transports: ['tcp'],
    silenceMs: 5_000,
    connectTimeoutMs: 5_000,
    signal: new AbortController().signal,
  });
  onTestFinished(async () => {
    await feed.close();
    await proxy.stop();
    await camera.stop();
  });
  return feed;
}

test.each([
  ['h264', 'h265'],
  ['h265', 'h264'],
] as const)('%s told as %s', { timeout: 60_000 }, async (codec, told) => {
  const { ingest, relay, gateway } = await openDock();
  const feed = await connect(codec, told);
  expect(feed.description.tracks[0]?.codec).toBe(told);
  const recorderId = 'sn:CAM001';
  await ingest.ledger.register(
    { serialNumber: 'CAM001', vendor: null, model: null },
    { operator: '张三', reason: '测试' },
  );
  const line = new RecorderLine({
    recorderId,
    recorder: ingest.live,
    carry: (id, sessionId, one) => relay.hub.carry(id, sessionId, one),
    resumeMs: 1_000,
    onChange: () => {},
    log: createLog('error'),
  });
  await line.take(feed);
  const early = new PlayClient(playUrl(gateway, recorderId));
  await expect.poll(() => line.stream?.description.tracks[0]?.codec, { timeout: 20_000 }).toBe(codec);

  const [pictures] = await probeRtsp({ url: relay.viewUrl(recorderId), transport: 'tcp' });
  expect(pictures?.codec_name).toBe(names[codec].probed);
  const client = new PlayClient(playUrl(gateway, recorderId));
  await client.until((one) => one.fragments(0).length > 5);
  expect(await client.probe(0)).toMatchObject({ codec: names[codec].probed, width: 320, errors: '' });
  expect(await new Snapshots(relay.hub).take(recorderId)).toMatchObject({ jpeg: expect.any(Buffer) });
  for (const one of [early, client]) one.close();

  await line.close('operation-closed');
  const [session] = (await ingest.database.read('SELECT session_id FROM live_session')).map(
    ({ session_id }) => String(session_id),
  );
  const kept = await readLiveSession(ingest.database, session ?? '');
  expect(kept?.tracks.map((track) => track.codec)).toEqual([codec, 'aac']);
  expect(kept?.gaps).toMatchObject([
    { cause: 'format-changed', reason: { kind: 'codec-misnamed', media: 'video', told, found: codec } },
  ]);
  const { clips } = await listClips(ingest.database, {}, { before: null, limit: 10 });
  const newest = clips[0];
  expect(clips.map(({ state }) => state)).not.toContain('lost');
  const file = ingest.layout.mediaFile(newest?.clipId ?? '', newest?.name ?? '');
  const options =
    '-v error -count_frames -select_streams v -show_entries stream=codec_name,nb_read_frames -of csv=p=0';
  const [probed, frames] = execFileSync('ffprobe', [...options.split(' '), file], { encoding: 'utf8' })
    .trim()
    .split(',');
  expect(probed).toBe(names[codec].probed);
  expect(Number(frames)).toBeGreaterThan(10);
});

function playUrl(gateway: TestGateway, recorderId: string): string {
  return `${gateway.server.url().replace('http', 'ws')}/api/v1/live/streams/${recorderId}/play?can=h265`;
}
