import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fuzzRuns } from '../../testing/fuzz-runs.ts';
import { FlvMediaReader } from './flv-media.ts';
import { FlvError, FlvReader } from './flv-reader.ts';
import { RtpPacketiser } from './rtp-packetiser.ts';
import { writeFilm } from './testing/sample-film.ts';

let folder: string;
let film: Buffer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'docket-film-'));
  film = await readFile(await writeFilm(folder, 1));
});
afterAll(() => rm(folder, { recursive: true }));

/** Reads it in pieces of the sizes, as a network would bring it; gives the tags it found, or the error. */
function read(bytes: Buffer, sizes: readonly number[]): { types: string[]; error: unknown } {
  const types: string[] = [];
  const media = new FlvMediaReader();
  const packetiser = new RtpPacketiser(96);
  const reader = new FlvReader((tag) => {
    const read = media.read(tag);
    if (read.is === 'picture') packetiser.picture(read.codec, read.units, 0);
    if (read.is === 'sound') packetiser.aacFrame(read.frame, 0);
    types.push(read.is);
  });
  try {
    for (let position = 0, index = 0; position < bytes.length; index++) {
      const size = sizes[index % sizes.length] ?? bytes.length;
      reader.push(bytes.subarray(position, position + size));
      position += size;
    }
    return { types, error: null };
  } catch (error) {
    return { types, error };
  }
}

test('a film is read the same in whatever pieces it comes', () => {
  const whole = read(film, [film.length]);
  expect(whole.error).toBeNull();
  expect(whole.types).toContain('picture');
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 5_000 }), { minLength: 1, maxLength: 20 }), (sizes) => {
      expect(read(film, sizes)).toEqual(whole);
    }),
    { numRuns: fuzzRuns(20, 10) },
  );
});

test('whatever bytes come, they are read or refused as FLV', () => {
  const change = fc.tuple(fc.nat(film.length - 1), fc.uint8Array({ minLength: 1, maxLength: 8 }));
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 30 }), fc.nat(film.length), (changes, cut) => {
      const changed = Buffer.from(film);
      for (const [position, bytes] of changes)
        changed.set(bytes.subarray(0, film.length - position), position);
      const { error } = read(changed.subarray(0, cut), [1_000]);
      expect(error === null || error instanceof FlvError).toBe(true);
    }),
    { numRuns: fuzzRuns(200) },
  );
});
