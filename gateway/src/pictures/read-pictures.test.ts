import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AlignedOriginal, type Pictures } from '@docket/ingest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PictureCodec } from '../previews/ffmpeg-arguments.ts';
import { readPictures } from './read-pictures.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'docket-pictures-'));
});
afterAll(() => rm(folder, { recursive: true }));

const read = (name: string, codec: PictureCodec) =>
  readPictures(join(folder, name), codec, new AbortController().signal);
const gstreamer = (pipeline: string) =>
  execFileSync('gst-launch-1.0', ['-q', ...pipeline.split(/\s+/u).filter((word) => word !== '')], {
    cwd: folder,
  });
const ffmpeg = (...words: string[]) =>
  execFileSync('ffmpeg', ['-v', 'error', '-nostdin', ...words], { cwd: folder });

function expectSame(one: Pictures, other: Pictures): void {
  expect(one.length).toBeGreaterThan(30);
  expect(one.length).toBe(other.length);
  for (let index = 0; index < one.length; index += 1)
    expect(one.isEqual(index, other, index), `${index}`).toBe(true);
}

/** What one encoder made, sent by RTP and received again, and written to a file beside. */
function stream(encoder: string, kind: 'h264' | 'h265', muxer: string, name: string): void {
  const source = 'videotestsrc num-buffers=40 ! video/x-raw,width=320,height=180,framerate=10/1';
  const live = `rtp${kind}pay config-interval=1 mtu=600 ! rtp${kind}depay ! ${kind}parse ! mp4mux fragment-duration=1000 ! filesink location=live-${name}.mp4`;
  gstreamer(
    `${source} ! ${encoder} ! tee name=made  made. ! queue ! ${kind}parse ! ${live}  made. ! queue ! ${kind}parse ! ${muxer} ! filesink location=${name}`,
  );
}

const slicedH264 =
  'x264enc key-int-max=10 tune=zerolatency sliced-threads=true threads=4 aud=true speed-preset=ultrafast';

describe('pictures of a file', () => {
  test.each([
    ['mp4mux', 'original.mp4'],
    ['mpegtsmux', 'original.ts'],
    ['qtmux', 'original.mov'],
    ['avimux', 'original.avi'],
    ['matroskamux', 'original.mkv'],
  ])('what one encoder made is the same by RTP and by %s', (muxer, name) => {
    stream(slicedH264, 'h264', muxer, name);
    return Promise.all([read(`live-${name}.mp4`, 'h264'), read(name, 'h264')]).then(([live, original]) => {
      expectSame(live, original);
      const alignments = new AlignedOriginal(original).align(live, 4_000);
      expect(alignments).toHaveLength(1);
      expect(alignments[0]?.equal).toEqual([{ fromMs: 0, toMs: 4_000 }]);
    });
  });

  test('H.265 too', async () => {
    stream('x265enc key-int-max=10 tune=zerolatency speed-preset=ultrafast', 'h265', 'mpegtsmux', 'h265.ts');
    expectSame(await read('live-h265.ts.mp4', 'hevc'), await read('h265.ts', 'hevc'));
  });

  test('the same scene encoded again has none of them', async () => {
    stream(slicedH264, 'h264', 'mp4mux', 'first.mp4');
    ffmpeg('-i', 'first.mp4', '-c:v', 'libx264', '-preset', 'ultrafast', '-crf', '40', 'again.mp4');
    const [first, again] = [await read('first.mp4', 'h264'), await read('again.mp4', 'h264')];
    expect(again.length).toBe(first.length);
    expect(new AlignedOriginal(first).align(again, 4_000)).toEqual([]);
  });

  test('a file that is no film is told to be none', async () => {
    await writeFile(join(folder, 'noise.mp4'), Buffer.alloc(100_000, 0x5a));
    await expect(read('noise.mp4', 'h264')).rejects.toThrow('ffmpeg: failed');
    await writeFile(join(folder, 'list.m3u8'), '#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n');
    await expect(read('list.m3u8', 'h264')).rejects.toThrow('ffmpeg: failed');
  });

  test('what was half read is not kept', async () => {
    stream(slicedH264, 'h264', 'mp4mux', 'whole.mp4');
    const stopped = AbortSignal.abort();
    await expect(readPictures(join(folder, 'whole.mp4'), 'h264', stopped)).rejects.toThrow('stopped');
  });
});
