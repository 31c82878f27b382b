import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeFilm, pictureMark, readFilm } from './film.ts';
import { measure } from './measure.ts';
import { readNumber, writeNumber } from './paced-sender.ts';
import { subjects } from './subjects.ts';

let folder: string;
let film: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'docket-bench-'));
  film = join(folder, 'film.h264');
  await encodeFilm(film, { size: '320x180', seconds: 2, kilobitsPerSecond: 200 });
});
afterAll(() => rm(folder, { recursive: true }));

test('a film is packed picture by picture, each with its mark and one last packet', async () => {
  const { pictures, sdp } = await readFilm(film);
  expect(pictures).toHaveLength(50);
  expect(sdp).toMatch(/sprop-parameter-sets=Z\S+,aM/u);
  for (const { bytes, packetsAt, numberAt } of pictures) {
    expect(bytes.subarray(numberAt - pictureMark.length, numberAt)).toEqual(pictureMark);
    const markers = packetsAt.map((at) => bytes.readUInt8(at + 1) >> 7);
    expect(markers).toEqual([...markers.slice(1).fill(0), 1]);
    const ends = packetsAt.map((at) => at + bytes.readUInt16BE(at - 2));
    expect(ends).toEqual([...packetsAt.slice(1).map((at) => at - 4), bytes.length]);
  }
});

test('the number of a picture comes back, and makes no start code', () => {
  fc.assert(
    fc.property(fc.nat(), (number) => {
      const bytes = Buffer.alloc(8);
      writeNumber(bytes, 0, number);
      expect(readNumber(bytes, 0)).toBe(number);
      expect(bytes.every((byte) => byte >= 0x80)).toBe(true);
    }),
  );
});

test.each(subjects)('$name: every picture that is sent comes out', { timeout: 60_000 }, async (subject) => {
  const measured = await measure(subject, 2, { film, seconds: 1, workFolder: folder });
  expect(measured).toMatchObject({ streams: 2, packetsLost: 0, picturesLost: 0 });
  expect(measured.sentPictures).toBeGreaterThan(2 * 25);
  if (measured.recordedPictures === null) expect(measured.packets).toBeGreaterThan(50);
  else expect(measured.recordedPictures).toBe(measured.sentPictures);
});
