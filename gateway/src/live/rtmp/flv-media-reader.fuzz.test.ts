import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseDescription } from '@docket/device-protocol/live';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fuzzRuns } from '../../testing/fuzz-runs.ts';
import { FlvMediaReader } from './flv-media-reader.ts';
import { FlvError, FlvReader } from './flv-reader.ts';
import { RtpPacketiser } from './rtp-packetiser.ts';
import { RtpTracks } from './rtp-tracks.ts';
import { describeStream } from './stream-description.ts';
import { writeFilm } from './testing/sample-film.ts';

let folder: string;
let films: Record<'h264' | 'h265', Buffer>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'docket-film-'));
  films = { h264: await readFile(await writeFilm(folder, 1)), h265: h265Film() };
});
afterAll(() => rm(folder, { recursive: true }));

const { tracks: described } = parseDescription(
  describeStream(
    { codec: 'h265', parameterSets: [] },
    { codec: 'pcma', rateHz: 8_000, channels: 1, config: Buffer.of() },
  ),
);

/** Reads it in pieces of the sizes, as a network would bring it; gives the tags it found, or the error. */
function read(bytes: Buffer, sizes: readonly number[]): { types: string[]; error: unknown } {
  const types: string[] = [];
  const media = new FlvMediaReader();
  const packetiser = new RtpPacketiser(96);
  const tracks = new RtpTracks(described, null);
  const reader = new FlvReader((tag) => {
    const read = media.read(tag);
    tracks.take(read, () => {});
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

/** Tags of H.265 in every way it comes. */
function h265Film(): Buffer {
  const sets = 'a000010003400101a100010003420101a200010003440101';
  const record = `01${'00'.repeat(20)}0303${sets}`;
  const slice = `00000900260180${'11'.repeat(0x8fd)}00000003020180`;
  const hvc1 = Buffer.from('hvc1').toString('hex');
  const tags = [
    ...[`1c00000000${record}`, `1c01000028${slice}`, `2c01ffffd8${slice}`, '1c02000000'],
    ...[`90${hvc1}${record}`, `91${hvc1}000028${slice}`, `a3${hvc1}${slice}`, `92${hvc1}`],
    ...[
      `9702010203 03${hvc1}${slice}`.replace(' ', ''),
      `97000701${hvc1}ffffd8${slice}`,
      `d4${hvc1}02`,
      `9601${hvc1}00`,
    ],
  ].map((hex) => Buffer.from(hex, 'hex'));
  return Buffer.concat([Buffer.from('464c5601010000000900000000', 'hex'), ...tags.map(asTag)]);
}

function asTag(data: Buffer, index: number): Buffer {
  const tag = Buffer.alloc(11 + data.length + 4);
  tag[0] = 9;
  tag.writeUIntBE(data.length, 1, 3);
  tag.writeUIntBE(index * 40, 4, 3);
  data.copy(tag, 11);
  tag.writeUInt32BE(11 + data.length, 11 + data.length);
  return tag;
}

test.each(['h264', 'h265'] as const)('a film of %s is read the same in whatever pieces it comes', (codec) => {
  const film = films[codec];
  const whole = read(film, [film.length]);
  expect(whole.error).toBeNull();
  expect(whole.types).toContain('picture');
  expect(whole.types).not.toContain('unreadable');
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 5_000 }), { minLength: 1, maxLength: 20 }), (sizes) => {
      expect(read(film, sizes)).toEqual(whole);
    }),
    { numRuns: fuzzRuns(20, 10) },
  );
});

test.each(['h264', 'h265'] as const)(
  'whatever bytes come for %s, they are read or refused as FLV',
  (codec) => {
    const film = films[codec];
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
  },
);
