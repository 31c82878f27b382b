import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { flacFrame, flacStreamInfo } from './flac.ts';
import { decodeG711 } from './g711.ts';

const allBytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));

function ffmpeg(input: Buffer, ...parameters: string[]): Buffer {
  return execFileSync('ffmpeg', ['-v', 'error', ...parameters, 'pipe:1'], { input });
}

test.each([
  ['pcma', 'alaw'],
  ['pcmu', 'mulaw'],
] as const)('every byte of %s is the sample that ffmpeg makes of it', (codec, format) => {
  const theirs = ffmpeg(allBytes, '-f', format, '-ar', '8000', '-ac', '1', '-i', 'pipe:0', '-f', 's16le');
  expect([...decodeG711(codec, allBytes)]).toEqual([
    ...new Int16Array(theirs.buffer, theirs.byteOffset, 256),
  ]);
});

test('frames of any length, at any place of a stream, come out of ffmpeg as they went in', () => {
  const lengths = [160, 1, 240, 2_000, 65_535];
  let firstSample = 2 ** 31 - 70_000;
  const samples: number[] = [];
  const frames = lengths.map((length) => {
    const block = Int16Array.from(
      { length },
      (_, index) => ((index * 7_919 + firstSample) % 65_536) - 32_768,
    );
    const frame = flacFrame(block, firstSample, 8_000);
    firstSample += length;
    samples.push(...block);
    return frame;
  });
  const head = Buffer.concat([Buffer.from('fLaC'), Buffer.from([0x80, 0, 0, 34]), flacStreamInfo(8_000)]);
  const stream = Buffer.concat([head, ...frames]);
  const theirs = ffmpeg(
    stream,
    '-xerror',
    '-err_detect',
    'crccheck+explode',
    '-f',
    'flac',
    '-i',
    'pipe:0',
    '-f',
    's16le',
  );
  const decoded = new Int16Array(theirs.buffer, theirs.byteOffset, theirs.length / 2);
  expect(decoded.length).toBe(samples.length);
  expect(decoded.every((sample, index) => sample === samples[index])).toBe(true);
});
