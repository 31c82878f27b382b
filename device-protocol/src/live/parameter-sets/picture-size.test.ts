/** Sequence parameter sets of real encoders in many shapes, read by us and by ffprobe. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readH264PictureSize } from './h264-sequence.ts';
import { readH265PictureSize } from './h265-sequence.ts';

const run = promisify(execFile);
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sets-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The first NAL unit of a type in a byte stream. */
function firstNal(bytes: Buffer, isWanted: (firstByte: number) => boolean): Buffer {
  for (let at = bytes.indexOf('000001', 0, 'hex'); at >= 0; at = bytes.indexOf('000001', at + 3, 'hex')) {
    if (isWanted(bytes.readUInt8(at + 3))) {
      const end = bytes.indexOf('000001', at + 3, 'hex');
      return bytes.subarray(at + 3, end < 0 ? bytes.length : end);
    }
  }
  throw new Error('no such NAL unit');
}

test.each([
  ['h264', '320x180', 'yuv420p', ''],
  ['h264', '1920x1080', 'yuv420p', ''],
  ['h264', '854x480', 'yuv420p', '-profile:v baseline'],
  ['h264', '322x182', 'yuv422p', ''],
  ['h264', '321x181', 'yuv444p', ''],
  ['h264', '720x576', 'yuv420p', '-flags +ildct -x264-params tff=1'],
  ['h264', '320x180', 'yuv420p10le', ''],
  ['h264', '320x180', 'gray', ''],
  ['h264', '320x180', 'yuv420p', '-x264-params cqm=jvt'],
  ['h265', '320x180', 'yuv420p', ''],
  ['h265', '322x182', 'yuv422p', ''],
  ['h265', '321x181', 'yuv444p', ''],
  ['h265', '1920x1080', 'yuv420p10le', ''],
])('%s %s %s %s', async (codec, size, pixels, options) => {
  const file = join(folder, `${codec}-${size}-${pixels}${options.replaceAll(/\W/gu, '')}.${codec}`);
  const encoder = codec === 'h264' ? 'libx264' : 'libx265';
  await run(
    'ffmpeg',
    `-v error -nostdin -y -f lavfi -i testsrc2=size=${size}:duration=0.04 -pix_fmt ${pixels} -c:v ${encoder} -preset ultrafast ${options} ${file}`.split(
      /\s+/u,
    ),
  );
  const probe = `-v error -show_entries stream=width,height -of csv=p=0:s=x ${file}`.split(' ');
  const { stdout } = await run('ffprobe', probe);
  const bytes = await readFile(file);
  const read =
    codec === 'h264'
      ? readH264PictureSize(firstNal(bytes, (first) => (first & 0x1f) === 7))
      : readH265PictureSize(firstNal(bytes, (first) => first >> 1 === 33));
  expect(`${read.widthPixels}x${read.heightPixels}`).toBe(stdout.trim());
});
