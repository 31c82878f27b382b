import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { IndexDatabase, readClip } from '@docket/ingest';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLog } from '../log.ts';
import { createPreviews, type PreviewMaker } from './index.ts';

let folder: string;
let database: IndexDatabase;
let maker: PreviewMaker;
let previewed: string[];

function thumbnailPath(clipId: string): string {
  return join(folder, 'previews', `${clipId}.jpg`);
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'docket-preview-'));
  database = await IndexDatabase.open(join(folder, 'index.sqlite'));
  previewed = [];
  maker = createPreviews({
    database,
    thumbnailPath,
    mediaPath: async (clip) => join(folder, clip.name),
    times: { revise: async () => false, takeTrack: async () => [] },
    onClip: (clipId) => void previewed.push(clipId),
    log: createLog('fatal'),
  });
  await database.write(async (transaction) => {
    await transaction.run(
      "INSERT INTO recorder (recorder_id, driver, identity_source, first_seen_at, last_seen_at) VALUES ('r', 'volume', 'none', '', '')",
    );
    await transaction.run(
      "INSERT INTO docking (docking_id, slot, driver, state, attached_at, clock) VALUES ('d', '1-1', 'volume', 'open', '', '{}')",
    );
  });
});
afterEach(async () => {
  await maker.stop();
  await database.close();
  await rm(folder, { recursive: true });
});

async function addClip(name: string, kind = 'video', state = 'sealed'): Promise<void> {
  await database.write((transaction) =>
    transaction.run(
      `INSERT INTO clip (clip_id, recorder_id, docking_id, path_bytes, name, path, name_encoding, kind, size_bytes, marked, state, listed_at)
       VALUES (?, 'r', 'd', x'00', ?, ?, 'utf-8', ?, 0, 0, ?, '')`,
      [name, name, name, kind, state],
    ),
  );
}

function makeMedia(name: string, options: string[]): void {
  execFileSync('ffmpeg', ['-v', 'error', '-nostdin', ...options, join(folder, name)]);
}

/** Runs until every clip of `names` has been looked at. */
async function previewAll(count: number): Promise<void> {
  await maker.start(new AbortController().signal);
  while (previewed.length < count) await new Promise(setImmediate);
}

async function stateOf(clipId: string): Promise<unknown> {
  const [row] = await database.read('SELECT preview_state FROM clip WHERE clip_id = ?', [clipId]);
  return row?.preview_state;
}

const testPicture = ['-f', 'lavfi', '-i', 'testsrc2=size=640x360:rate=5:duration=3'];
const testTone = ['-f', 'lavfi', '-i', 'sine=duration=2'];

test('video, photo, audio and garbage each get what can be had', async () => {
  makeMedia('video.mp4', [...testPicture, ...testTone, '-c:v', 'mpeg4', '-c:a', 'aac']);
  makeMedia('photo.jpg', ['-f', 'lavfi', '-i', 'testsrc2=size=200x100', '-frames:v', '1']);
  makeMedia('audio.wav', testTone);
  await writeFile(join(folder, 'garbage.mp4'), createHash('sha512').update('garbage').digest());
  await writeFile(join(folder, 'track.txt'), 'a log');
  const before = await readFile(join(folder, 'video.mp4'));
  await addClip('video.mp4');
  await addClip('photo.jpg', 'photo');
  await addClip('audio.wav', 'audio');
  await addClip('garbage.mp4');
  await addClip('track.txt', 'sidecar');
  await addClip('missing.mp4');
  await addClip('on-its-way.mp4', 'video', 'pulled');
  await previewAll(6);

  const video = await readClip(database, 'video.mp4');
  expect(video).toMatchObject({
    hasThumbnail: true,
    media: { container: 'mp4', width: 640, height: 360, videoCodec: 'mpeg4', audioCodec: 'aac' },
  });
  expect(video?.media?.durationMs).toBe(3_000);
  const photo = await readClip(database, 'photo.jpg');
  expect(photo).toMatchObject({
    hasThumbnail: true,
    media: { container: 'image', durationMs: null, width: 200 },
  });
  const audio = await readClip(database, 'audio.wav');
  expect(audio).toMatchObject({
    hasThumbnail: false,
    media: { container: 'wav', videoCodec: null, durationMs: 2_000 },
  });
  expect(await stateOf('audio.wav')).toBe('none');
  expect(await stateOf('track.txt')).toBe('none');
  expect(await stateOf('garbage.mp4')).toBe('failed');
  expect(await stateOf('missing.mp4')).toBe('failed');
  expect(await stateOf('on-its-way.mp4')).toBe('waiting');
  expect(sizeOf(thumbnailPath('video.mp4'))).toBe('480,270');
  expect(sizeOf(thumbnailPath('photo.jpg'))).toBe('200,100');
  expect((await readdir(join(folder, 'previews'))).sort()).toEqual(['photo.jpg.jpg', 'video.mp4.jpg']);
  expect((await readFile(join(folder, 'video.mp4'))).equals(before)).toBe(true);
});

function sizeOf(file: string): string {
  const options = [
    '-v',
    'error',
    '-show_entries',
    'stream=width,height',
    '-of',
    'csv=p=0',
    '-pattern_type',
    'none',
  ];
  return execFileSync('ffprobe', [...options, file], { encoding: 'utf8' }).trim();
}

test('a playlist cannot make the reader open other files', async () => {
  makeMedia('secret.ts', [...testPicture, '-c:v', 'mpeg2video']);
  const playlist = `#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:3,\n${join(folder, 'secret.ts')}\n#EXT-X-ENDLIST\n`;
  await writeFile(join(folder, 'playlist.m3u8'), playlist);
  await writeFile(join(folder, 'playlist.mp4'), playlist);
  await writeFile(join(folder, 'concat.mp4'), `ffconcat version 1.0\nfile '${join(folder, 'secret.ts')}'\n`);
  for (const name of ['playlist.m3u8', 'playlist.mp4', 'concat.mp4']) await addClip(name);
  await previewAll(3);
  for (const name of ['playlist.m3u8', 'playlist.mp4', 'concat.mp4'])
    expect(await stateOf(name)).toBe('failed');
});

test('clips that come later are seen when it is woken, and stopping ends it', async () => {
  await maker.start(new AbortController().signal);
  makeMedia('later.jpg', ['-f', 'lavfi', '-i', 'testsrc2=size=64x64', '-frames:v', '1']);
  await addClip('later.jpg', 'photo');
  maker.wake();
  while (previewed.length < 1) await new Promise(setImmediate);
  expect(await stateOf('later.jpg')).toBe('thumbnail');
  await maker.stop();
  await addClip('never.jpg', 'photo');
  maker.wake();
  expect(await stateOf('never.jpg')).toBe('waiting');
});
