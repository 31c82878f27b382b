/** H.265 by RTMP through the whole gateway: recorded and relayed as it was coded. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hashCredentials } from '@docket/device-protocol/live';
import { newerFfmpeg, PeerProcess, probeRtsp, whyNoNewerFfmpeg } from '@docket/device-protocol/live-peers';
import { afterEach, expect, test } from 'vitest';
import { filesBelow } from './harness/dock-site.ts';
import { LiveSite } from './harness/live-site.ts';

const viewer = { name: 'centre', ...hashCredentials('centre', 'docket', 'watching') };
const settings = ['clock.hostSource=assume-synchronised', 'live.resumeSeconds=1', 'live.rtmp.port=0'];
const open: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

/** The slices of a file's pictures (ITU-T H.265 table 7-1), in hexadecimal. */
function slicesOf(file: string): string[] {
  const stream = execFileSync(
    newerFfmpeg,
    ['-v', 'fatal', '-nostdin', '-i', file, '-map', '0:v', '-c', 'copy', '-f', 'hevc', '-'],
    { maxBuffer: 64 * 1024 * 1024 },
  );
  const starts: number[] = [];
  for (let at = stream.indexOf('000001', 0, 'hex'); at >= 0; at = stream.indexOf('000001', at + 3, 'hex')) {
    starts.push(at + 3);
  }
  return starts
    .map((start, index) => stream.subarray(start, (starts[index + 1] ?? stream.length + 3) - 3))
    .filter((unit) => unit.readUInt8(0) >> 1 < 32)
    .map((unit) => unit.toString('hex').replace(/(?:00)+$/u, ''));
}

test.skipIf(whyNoNewerFfmpeg !== null)(
  `a recorder that pushes H.265 is recorded and relayed as it coded ${whyNoNewerFfmpeg ?? ''}`,
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'docket-film-'));
    open.push(() => rm(folder, { recursive: true }));
    const film = join(folder, 'film.flv');
    execFileSync(newerFfmpeg, [
      ...['-v', 'error', '-nostdin', '-f', 'lavfi', '-i', 'testsrc2=size=640x360:rate=15:duration=10'],
      ...[
        '-f',
        'lavfi',
        '-i',
        'sine=sample_rate=44100:duration=10',
        '-c:v',
        'libx265',
        '-preset',
        'ultrafast',
      ],
      ...[
        '-x265-params',
        'log-level=error:pools=1',
        '-bf',
        '2',
        '-g',
        '15',
        '-pix_fmt',
        'yuv420p',
        '-c:a',
        'aac',
        film,
      ],
    ]);
    const live = await LiveSite.open([...settings, `live.rtsp.viewers=${JSON.stringify([viewer])}`]);
    open.push(() => live.close());
    const { recorderId, userName, password } = await live.register('DEMO-001', { way: 'push-rtmp' });
    const url = `rtmp://127.0.0.1:${live.rtmpPort}/live/${userName}?key=${password}`;
    const recorder = new PeerProcess(newerFfmpeg, [
      ...['-v', 'error', '-nostdin', '-re', '-i', film, '-c', 'copy', '-f', 'flv', url],
    ]);
    open.push(() => recorder.stop());
    await live.until(async () => (await live.stream(recorderId))?.state === 'recording');
    const seen = await probeRtsp({
      url: `rtsp://centre:watching@127.0.0.1:${live.rtspPort}/live/${recorderId}`,
      transport: 'tcp',
    });
    expect(seen.map(({ codec_name }) => codec_name)).toEqual(['hevc', 'aac']);
    expect((await recorder.ended).code).toBe(0);
    const clips = await live.until(async () => {
      const segments = (await live.sessions(recorderId)).flatMap((file) => file.segments);
      return segments.length > 0 && segments.every(({ state }) => state === 'receipted') && segments;
    });
    const files = await filesBelow(join(live.site.store, 'clips'));
    const media = clips.map(({ clipId }) => files.find((file) => file.includes(`${clipId}/media.`)) ?? '');
    const paths = media.map((file) => join(live.site.store, 'clips', file));
    for (const path of paths) {
      const tag = execFileSync('ffprobe', [
        ...[
          '-v',
          'error',
          '-select_streams',
          'v',
          '-show_entries',
          'stream=codec_tag_string',
          '-of',
          'csv=p=0',
          path,
        ],
      ]);
      expect(String(tag)).toMatch(/^h[ve][cv]1/u);
    }
    expect(paths.flatMap(slicesOf)).toEqual(slicesOf(film));
  },
  180_000,
);
