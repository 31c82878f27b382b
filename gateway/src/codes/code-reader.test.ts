import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { codeText } from '@docket/ingest';
import { toFile } from 'qrcode';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { TestGateway } from '../http/testing/test-gateway.ts';
import { createLog } from '../log.ts';
import { CodeDecoder } from './code-decoder.ts';
import { codePicture } from './code-picture.ts';
import { CodeReader } from './code-reader.ts';
import { filmedCodes } from './film-codes.ts';
import { readFrames } from './frame-stream.ts';

const activityId = 'oa/7f3c1c0e-90c2-4bfb-9d6e-1f6a5f0c2b11';
const text = codeText({ kind: 'activity', id: activityId });
const signal = new AbortController().signal;
let folder: string;
let decoder: CodeDecoder;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'docket-codes-'));
  decoder = new CodeDecoder();
  await toFile(join(folder, 'code.png'), text, { errorCorrectionLevel: 'Q', margin: 4, scale: 8 });
});
afterAll(async () => {
  await decoder.stop();
  await rm(folder, { recursive: true });
});

const film = (name: string, options: string[]): string => {
  const file = join(folder, name);
  execFileSync('ffmpeg', ['-v', 'error', '-nostdin', '-y', ...options, file]);
  return file;
};
const scene = (seconds: number, size = '1280x720') => [
  '-f',
  'lavfi',
  '-i',
  `testsrc2=size=${size}:rate=15:duration=${seconds}`,
];

/** A printed code held before the camera from the third to the fifth second. */
function filmCode(name: string, treatment: string, noise: number): string {
  const shown =
    `[1:v]format=rgba,${treatment}[code];[0:v][code]overlay=x=380:y=90:enable='between(t,3,5)',` +
    `noise=alls=${noise}:allf=t,format=yuv420p`;
  const sources = [...scene(8), '-loop', '1', '-t', '8', '-i', join(folder, 'code.png')];
  return film(name, [
    ...sources,
    '-filter_complex',
    shown,
    '-c:v',
    'libx264',
    '-preset',
    'ultrafast',
    '-crf',
    '28',
  ]);
}

describe('a code shown to the camera', () => {
  test.each([
    ['held still', 'scale=420:-1', 4],
    [
      'held askew, a little out of focus, in poor light',
      'scale=420:-1,rotate=0.2:c=white:ow=rotw(0.2):oh=roth(0.2),gblur=sigma=1.6',
      25,
    ],
    ['upside down and smaller', 'scale=260:-1,rotate=PI', 10],
  ])('%s is read', async (name, treatment, noise) => {
    const codes = await filmedCodes(
      filmCode(`${name.slice(0, 9)}.mp4`, treatment, noise),
      15,
      decoder,
      signal,
    );
    expect(codes.map((code) => code.text)).toEqual([text]);
    expect(codes[0]?.atMs).toBeGreaterThanOrEqual(2_500);
    expect(codes[0]?.atMs).toBeLessThanOrEqual(5_000);
  });

  test('after the first seconds is not looked for', async () => {
    expect(await filmedCodes(filmCode('late.mp4', 'scale=420:-1', 4), 2, decoder, signal)).toEqual([]);
  });

  test('that is another code is told as it is, and is none of ours', async () => {
    await toFile(join(folder, 'other.png'), 'https://example.org/pay?u=1', { scale: 10 });
    const file = film('photo.jpg', ['-i', join(folder, 'other.png'), '-frames:v', '1']);
    expect(await filmedCodes(file, 15, decoder, signal)).toMatchObject([
      { text: 'https://example.org/pay?u=1' },
    ]);
  });

  test('is not seen where there is none', async () => {
    const noise = film('noise.mp4', [
      ...scene(6),
      '-vf',
      'noise=alls=80:allf=t',
      '-c:v',
      'libx264',
      '-preset',
      'ultrafast',
    ]);
    expect(await filmedCodes(noise, 15, decoder, signal)).toEqual([]);
    const fractal = film('fractal.mp4', [
      '-f',
      'lavfi',
      '-i',
      'mandelbrot=size=960x540:rate=5',
      '-t',
      '6',
      '-c:v',
      'mpeg4',
    ]);
    expect(await filmedCodes(fractal, 15, decoder, signal)).toEqual([]);
  });
});

test('the drawn code is the one that is read', async () => {
  const svg = await codePicture({ kind: 'activity', id: activityId });
  const side = Number(/viewBox="0 0 (\d+) /u.exec(svg)?.[1]);
  const dark = new Set<string>();
  for (const [, x = '', y = '', width = ''] of rows(svg)) {
    for (let step = 0; step < Number(width); step++) dark.add(`${Number(x) + step},${Math.floor(Number(y))}`);
  }
  const scale = 6;
  const pixels = Buffer.alloc((side * scale) ** 2, 255);
  for (let row = 0; row < side * scale; row++) {
    for (let column = 0; column < side * scale; column++) {
      const module = `${Math.floor(column / scale)},${Math.floor(row / scale)}`;
      if (dark.has(module)) pixels[row * side * scale + column] = 0;
    }
  }
  const frame = Buffer.concat([Buffer.from(`P5\n${side * scale} ${side * scale}\n255\n`), pixels]);
  expect(await decoder.read(frame)).toEqual([{ frame: 0, text }]);
});

/** Strokes of the drawing: `M x y h width`, with relative moves between. */
function rows(svg: string): [string, string, string, string][] {
  const path = /stroke="#000000" d="([^"]+)"/u.exec(svg)?.[1] ?? '';
  const found: [string, string, string, string][] = [];
  let [x, y] = [0, 0];
  for (const [, command, first = '0', second = '0'] of path.matchAll(
    /([Mmh])([\d.-]+)(?:[ ,]([\d.-]+))?/gu,
  )) {
    if (command === 'M') [x, y] = [Number(first), Number(second)];
    else if (command === 'm') [x, y] = [x + Number(first), y + Number(second)];
    else {
      found.push(['', String(x), String(y), first]);
      x += Number(first);
    }
  }
  return found;
}

test('a stream of pictures that is cut off, or none, gives what is whole', () => {
  const one = Buffer.from('P5\n2 2\n255\nabcd');
  expect(readFrames(Buffer.concat([one, one, one.subarray(0, 13)]))).toHaveLength(2);
  expect(readFrames(Buffer.from('P6\n2 2\n255\nabcdabcdabcd'))).toEqual([]);
  expect(readFrames(Buffer.from('P5\n99999 99999\n255\nabcd'))).toEqual([]);
});

describe('the part of the gateway that reads codes', () => {
  let gateway: TestGateway;
  let reader: CodeReader;

  beforeEach(async () => {
    gateway = await TestGateway.open();
    await gateway.addDocking('d1');
    reader = new CodeReader({
      database: gateway.database,
      mediaPath: async (clip) => join(gateway.folder, clip.clipId, 'media'),
      mapping: gateway.caseWork.mapping,
      codeSeconds: 15,
      log: createLog('fatal'),
    });
  });
  afterEach(async () => {
    await reader.stop();
    await gateway.close();
  });

  test('looks once at each clip, keeps our codes with a custody entry, and is stopped by nothing', async () => {
    const film = await readFile(filmCode('reader.mp4', 'scale=420:-1', 4));
    await gateway.addClip('c1', 'd1', { bytes: film });
    await gateway.addClip('c2', 'd1', { bytes: Buffer.from('no film') });
    await gateway.database.write((transaction) =>
      transaction.run("UPDATE clip SET preview_state = 'thumbnail'"),
    );
    await reader.start(signal);
    const states = async () =>
      (await gateway.database.read('SELECT code_state FROM clip ORDER BY clip_id')).map(
        (row) => row.code_state,
      );
    while ((await states()).includes('waiting')) await new Promise(setImmediate);
    expect(await states()).toEqual(['found', 'failed']);
    const codes = await gateway.database.read('SELECT clip_id, named_kind, named_id, text FROM clip_code');
    expect(codes).toEqual([{ clip_id: 'c1', named_kind: 'activity', named_id: activityId, text }]);
    const custody = await gateway.database.read(
      "SELECT clip_id FROM custody_entry WHERE action = 'code-read'",
    );
    expect(custody).toEqual([{ clip_id: 'c1' }]);
    const due = await gateway.database.read("SELECT id FROM reckoning_due WHERE kind = 'clip'");
    expect(due).toEqual([{ id: 'c1' }]);
  });

  test('can be stopped while it reads', async () => {
    await gateway.addClip('c1', 'd1', { bytes: await readFile(filmCode('stop.mp4', 'scale=420:-1', 4)) });
    await gateway.database.write((transaction) =>
      transaction.run("UPDATE clip SET preview_state = 'thumbnail'"),
    );
    await reader.start(signal);
    await reader.stop();
    const [row] = await gateway.database.read('SELECT code_state FROM clip');
    expect(row?.code_state).toBe('waiting');
  });
});
