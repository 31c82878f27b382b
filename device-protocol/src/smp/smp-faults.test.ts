import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ClipReader, ListedClip, Listing } from '../recorder.ts';
import {
  type Behaviour,
  type SmpRecorderOptions,
  type SmpRecorderSimulator,
  smpFaults,
  startSmpRecorder,
} from '../simulator/index.ts';
import { smpLinks } from '../transport/smp-links.ts';
import { createSmpDriver } from './smp-driver.ts';
import type { SmpRecorder } from './smp-recorder.ts';

const never = new AbortController().signal;
const sizeBytes = 60_000;

let place: string;
let folder: string;
let bytes: Buffer;
let simulator: SmpRecorderSimulator;
let recorder: SmpRecorder;

beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), 'smp-'));
  folder = join(place, 'card');
  await mkdir(folder);
  bytes = randomBytes(sizeBytes);
  await writeFile(join(folder, 'a.mp4'), bytes);
});

afterEach(async () => {
  await recorder.close();
  await simulator.close();
  await rm(place, { recursive: true });
});

async function dock(
  faults: readonly Behaviour[],
  options: Partial<SmpRecorderOptions> = {},
): Promise<ListedClip> {
  await open(faults, options);
  const [listing] = await listAll();
  if (listing?.type !== 'clip') throw new Error('no clip is listed');
  return listing.clip;
}

async function open(faults: readonly Behaviour[], options: Partial<SmpRecorderOptions> = {}): Promise<void> {
  const link = join(place, 'port');
  simulator = await startSmpRecorder({ folder, link, faults, ...options });
  const driver = createSmpDriver({ openLink: smpLinks(), timeoutMs: 600 });
  const target = { type: 'serial', devicePath: link, baudRate: 115200 } as const;
  recorder = (await driver.open({ portPath: '1-1', instance: 'a', target }, never)) as SmpRecorder;
}

async function listAll(): Promise<Listing[]> {
  const listings: Listing[] = [];
  for await (const listing of recorder.list(never)) listings.push(listing);
  return listings;
}

async function pull(reader: ClipReader): Promise<Buffer> {
  const into = Buffer.alloc(sizeBytes * 2);
  return into.subarray(0, await reader.read(into, 0, never));
}

const pullOf = async (clip: ListedClip): Promise<Buffer> => pull(await recorder.open(clip, never));
const proof = () => ({ sizeBytes, sha256: createHash('sha256').update(bytes).digest('hex') });

describe('a bad line: the clip still comes exactly', () => {
  test.each<[string, Behaviour]>([
    ['an answer is lost', smpFaults.dropAnswer({ to: 'download', skip: 3 })],
    ['an answer is damaged', smpFaults.corruptByte({ to: 'download', skip: 5 }, 700)],
    ['a mark is damaged', smpFaults.corruptByte({ to: 'download', skip: 2 }, 0)],
    ['answers come twice', smpFaults.duplicateAnswer({ to: 'download', times: 99 })],
    ['an answer comes after it was asked again', smpFaults.delayAnswer({ to: 'download', skip: 1 }, 700)],
    ['pieces are short', smpFaults.shortRead({ times: 7 }, 1000)],
    ['one piece is short', smpFaults.shortRead({ skip: 4 }, 1)],
    ['the firmware logs on the same line', smpFaults.chatter('[00:00:01] <inf> card: reading')],
  ])('%s', async (_, fault) => {
    const clip = await dock([fault]);
    expect((await pullOf(clip)).equals(bytes)).toBe(true);
  });

  test('one small buffer is enough', async () => {
    const clip = await dock([], { bufferBytes: 256, bufferCount: 1 });
    expect((await pullOf(clip)).equals(bytes)).toBe(true);
  });

  test('an erase whose answer is lost is done once and reported done', async () => {
    const clip = await dock([smpFaults.dropAnswer({ to: 'erase-clip' })]);
    await recorder.erase(clip, proof(), never);
    expect(await readdir(folder)).toEqual([]);
    await expect(recorder.erase(clip, proof(), never)).rejects.toMatchObject({ code: 'CLIP_MISSING' });
  });
});

describe('a bad card or a pulled plug', () => {
  test('a place that cannot be read is told with its position', async () => {
    const clip = await dock([smpFaults.readErrorAt(30_000)]);
    const failed = await pullOf(clip).catch((error: unknown) => error);
    expect(failed).toMatchObject({ code: 'CLIP_READ_FAILED', clipName: 'a.mp4' });
    const { positionBytes } = failed as { positionBytes: number };
    expect(positionBytes).toBeLessThanOrEqual(30_000);
    expect(positionBytes).toBeGreaterThan(30_000 - 4096);
    expect(await recorder.isPresent()).toBe(true);
  });

  test('unplugged in the middle of a clip, the recorder is gone, not silent', async () => {
    const clip = await dock([smpFaults.unplugAt(30_000)]);
    await expect(pullOf(clip)).rejects.toMatchObject({ code: 'RECORDER_GONE' });
    expect(await recorder.isPresent()).toBe(false);
    await expect(recorder.open(clip, never)).rejects.toMatchObject({ code: 'RECORDER_GONE' });
    await expect(listAll()).rejects.toMatchObject({ code: 'RECORDER_GONE' });
  });

  test('unplugged between two calls', async () => {
    const clip = await dock([]);
    const reader = await recorder.open(clip, never);
    await simulator.unplug();
    await expect(pull(reader)).rejects.toMatchObject({ code: 'RECORDER_GONE' });
    await expect(reader.assertUnchanged()).rejects.toMatchObject({ code: 'RECORDER_GONE' });
    await reader.close();
  });

  test('a recorder that stops answering is silent', async () => {
    const clip = await dock([smpFaults.dropAnswer({ to: 'download', skip: 2, times: 99 })]);
    await expect(pullOf(clip)).rejects.toMatchObject({ code: 'RECORDER_SILENT' });
  });

  test('an abort ends a read at once', async () => {
    const clip = await dock([smpFaults.dropAnswer({ to: 'download', times: 99 })]);
    const reader = await recorder.open(clip, never);
    const read = reader.read(Buffer.alloc(100), 0, AbortSignal.timeout(20));
    await expect(read).rejects.toMatchObject({ name: 'TimeoutError' });
  });
});

describe('a clip that changes', () => {
  test('before it is opened', async () => {
    const clip = await dock([]);
    await writeFile(join(folder, 'a.mp4'), 'shorter');
    await expect(recorder.open(clip, never)).rejects.toMatchObject({ code: 'CLIP_CHANGED' });
    await rm(join(folder, 'a.mp4'));
    await expect(recorder.open(clip, never)).rejects.toMatchObject({ code: 'CLIP_MISSING' });
  });

  test('while it is open', async () => {
    const clip = await dock([]);
    const reader = await recorder.open(clip, never);
    await writeFile(join(folder, 'a.mp4'), Buffer.concat([bytes, bytes]));
    await expect(reader.assertUnchanged()).rejects.toMatchObject({ code: 'CLIP_CHANGED' });
    await expect(pull(reader)).rejects.toMatchObject({ code: 'CLIP_CHANGED' });
  });

  test('before it is erased: it stays', async () => {
    const clip = await dock([]);
    const proved = proof();
    bytes[100] = (bytes[100] ?? 0) ^ 1;
    await writeFile(join(folder, 'a.mp4'), bytes);
    await expect(recorder.erase(clip, proved, never)).rejects.toMatchObject({ code: 'CLIP_CHANGED' });
    expect(await readdir(folder)).toEqual(['a.mp4']);
  });
});

describe('a recorder that lies', () => {
  const entry = (path: string | Uint8Array, size = 1) => ({ path: Buffer.from(path), size, kind: 'video' });
  const always = { to: 'list-clips', times: Number.POSITIVE_INFINITY };

  test.each([1, 2 ** 32, 2 ** 52])('about a size by %i bytes', async (extraBytes) => {
    const clip = await dock([smpFaults.lieAboutSize(extraBytes)]);
    expect(clip.sizeBytes).toBe(sizeBytes + extraBytes);
    await expect(pullOf(clip)).rejects.toMatchObject({
      code: 'PROTOCOL_VIOLATION',
      positionBytes: sizeBytes,
    });
  });

  test('about a size that is less than it serves', async () => {
    const clip = await dock([smpFaults.lieAboutSize(-1)]);
    await expect(pullOf(clip)).rejects.toMatchObject({ code: 'PROTOCOL_VIOLATION' });
  });

  test('by serving a byte at a time', async () => {
    const clip = await dock([smpFaults.shortRead({ times: Number.POSITIVE_INFINITY }, 1)]);
    await expect(pullOf(clip)).rejects.toMatchObject({ code: 'PROTOCOL_VIOLATION' });
  });

  test('about the position of an answer', async () => {
    const clip = await dock([
      smpFaults.answerWith({ to: 'download', skip: 1 }, () => ({ off: 0, data: bytes.subarray(0, 100) })),
    ]);
    await expect(pullOf(clip)).rejects.toMatchObject({ code: 'PROTOCOL_VIOLATION' });
  });

  test('with a list that goes round', async () => {
    await open([smpFaults.answerWith(always, () => ({ clips: [entry('b'), entry('a')], more: true }))]);
    await expect(listAll()).rejects.toMatchObject({ code: 'PROTOCOL_VIOLATION' });
  });

  test('with the same page for ever', async () => {
    await open([smpFaults.answerWith(always, () => ({ clips: [entry('a')], more: true }))]);
    await expect(listAll()).rejects.toMatchObject({ code: 'PROTOCOL_VIOLATION' });
  });

  test('with pages that are empty for ever', async () => {
    await open([smpFaults.answerWith(always, () => ({ clips: [], more: true }))]);
    await expect(listAll()).rejects.toMatchObject({ code: 'PROTOCOL_VIOLATION' });
  });

  test('with a list that never ends', async () => {
    let page = 0;
    const path = (index: number) => `${String(page).padStart(6, '0')}-${String(index).padStart(4, '0')}`;
    await open([
      smpFaults.answerWith(always, () => {
        page++;
        return { clips: Array.from({ length: 1000 }, (_, index) => entry(path(index))), more: true };
      }),
    ]);
    await expect(listAll()).rejects.toMatchObject({ code: 'PROTOCOL_VIOLATION' });
  });

  test('with an entry that is no entry', async () => {
    await open([smpFaults.answerWith(always, () => ({ clips: [{ path: 'text', size: -1 }], more: false }))]);
    await expect(listAll()).rejects.toMatchObject({ code: 'PROTOCOL_VIOLATION' });
  });

  test.each([
    ['../../etc/passwd', 'passwd'],
    ['/etc/passwd', 'passwd'],
    ['a//b', 'b'],
    ['..', '..'],
    ['a\u0000.mp4', 'a\\u{0}.mp4'],
    ['a\u202egpj.mp4', 'a\\u{202e}gpj.mp4'],
    ['a\\b', 'a\\b'],
  ])('with the path %j: listed as unsafe, and its bytes come all the same', async (path, name) => {
    const clip = await dock([], { aliases: [{ path: 'a.mp4', shownAs: Buffer.from(path) }] });
    expect(clip).toMatchObject({ name, concern: 'unsafe-name' });
    expect(Buffer.from(clip.pathBytes).toString()).toBe(path);
    expect((await pullOf(clip)).equals(bytes)).toBe(true);
  });

  test('with a path longer than any card holds', async () => {
    await open([smpFaults.answerWith(always, () => ({ clips: [entry('x'.repeat(1025))], more: false }))]);
    expect(await listAll()).toMatchObject([{ type: 'refused', entry: { reason: 'path-too-long' } }]);
  });

  test('with text longer than it may be', async () => {
    const identity = { serial: 'x'.repeat(60_000), root: '', erase: false };
    const fault = smpFaults.answerWith({ to: 'read-identity' }, () => identity);
    const link = join(place, 'port');
    await open([]);
    await recorder.close();
    await simulator.close();
    simulator = await startSmpRecorder({ folder, link, faults: [fault] });
    const driver = createSmpDriver({ openLink: smpLinks() });
    const target = { type: 'serial', devicePath: link, baudRate: 115200 } as const;
    const opening = driver.open({ portPath: '1-1', instance: 'a', target }, never);
    await expect(opening).rejects.toMatchObject({ code: 'PROTOCOL_VIOLATION' });
  });

  test('with a clock that shows no time', async () => {
    await open([smpFaults.answerWith({ to: 'read-date-time', skip: 1 }, () => ({ datetime: 'yesterday' }))]);
    await expect(recorder.readClock(1, never)).rejects.toMatchObject({ code: 'PROTOCOL_VIOLATION' });
  });
});

test('names in GBK are read as GBK, and their clips come by their bytes', async () => {
  const shownAs = Buffer.from('d6b4b7a82e6d7034', 'hex');
  const clip = await dock([], { aliases: [{ path: 'a.mp4', shownAs }] });
  expect(clip).toMatchObject({ name: '执法.mp4', nameEncoding: 'gbk', concern: null });
  expect((await pullOf(clip)).equals(bytes)).toBe(true);
  await recorder.erase(clip, proof(), never);
  expect(await readdir(folder)).toEqual([]);
});
