/**
 * H.265 by RTMP, against an encoder and writer that are not ours. Nothing that runs here writes it as codec 12, the way of
 * older Chinese recorders: those tags are rewritten from ffmpeg's.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newerFfmpeg, whyNoNewerFfmpeg } from '@docket/device-protocol/live-peers';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { RawRtmp } from './testing/raw-rtmp.ts';
import { startPusher } from './testing/rtmp-pusher.ts';
import { RtmpStand, type Taken } from './testing/rtmp-stand.ts';
import { asCodec12, codedOf, messageFrom, tagsOf, writeH265Film } from './testing/sample-film.ts';

describe.skipIf(whyNoNewerFfmpeg !== null)(`H.265 by RTMP ${whyNoNewerFfmpeg ?? ''}`, () => {
  let folder: string;
  let film: string;
  let stand: RtmpStand;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'docket-film-'));
    film = await writeH265Film(newerFfmpeg, folder, 2);
  });
  afterAll(() => rm(folder, { recursive: true }));
  afterEach(() => stand.server.stop());

  async function expectWhole(taken: Taken): Promise<void> {
    expect(taken.feed.description).toMatchObject({
      refused: [],
      tracks: [
        { kind: 'video', codec: 'h265', clockRateHz: 90_000 },
        { kind: 'audio', codec: 'aac' },
      ],
    });
    const told = taken.feed.description.tracks[0]?.formatParameters;
    expect([...(told?.keys() ?? [])]).toEqual(['sprop-vps', 'sprop-sps', 'sprop-pps']);
    expect(await taken.feed.ended).toMatchObject({ cause: 'goodbye' });
    for (const kind of ['video', 'audio'] as const) {
      const sent = await codedOf(film, kind === 'video' ? 'v' : 'a', newerFfmpeg);
      const got = taken.coded(kind);
      expect(sent.length).toBeGreaterThan(25);
      expect(got.map(({ md5 }) => md5)).toEqual(sent.map(({ md5 }) => md5));
      const shift = (got[0]?.shownMs ?? 0) - (sent[0]?.shownMs ?? 0);
      for (const [index, { shownMs }] of got.entries()) {
        expect(Math.abs(shownMs - shift - (sent[index]?.shownMs ?? 0))).toBeLessThan(1.5);
      }
    }
    expect(taken.lostPackets).toBe(0);
    expect(taken.units.every(({ isWhole }) => isWhole)).toBe(true);
    const keyFrames = taken.units.filter(({ isKeyFrame, track }) => isKeyFrame && track.kind === 'video');
    expect(keyFrames).toHaveLength(2);
    expect(keyFrames[0]?.format).toMatchObject({ codec: 'h265', widthPixels: 640, heightPixels: 360 });
    // Whoever begins with any key frame finds the parameter sets there.
    for (const { data } of keyFrames)
      expect(data.slice(0, 3).map((unit) => unit.readUInt8(0) >> 1)).toEqual([32, 33, 34]);
  }

  test('Enhanced RTMP, as ffmpeg pushes it: every picture and sound arrives as it was coded', async () => {
    stand = await RtmpStand.start({ keys: { 'DEMO-001': 's3cret' } });
    const url = stand.url('DEMO-001', 's3cret');
    const pusher = startPusher({ film, url, ffmpeg: newerFfmpeg, signal: new AbortController().signal });
    await expectWhole(await stand.nthTaken(0));
    expect((await pusher.ended).cause).toBe('finished');
  });

  test('as codec 12: the same', async () => {
    stand = await RtmpStand.start({ keys: { 'DEMO-001': 's3cret' } });
    const recorder = await RawRtmp.greet(stand.port);
    recorder.publish('DEMO-001?key=s3cret');
    for (const tag of await tagsOf(film)) recorder.send(messageFrom(asCodec12(tag)));
    recorder.command('deleteStream', 4, null, 1);
    await expectWhole(await stand.nthTaken(0));
  });
});
