import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ClipReader, ListedClip, Listing, Recorder } from '../recorder.ts';
import { type SmpRecorderOptions, type SmpRecorderSimulator, startSmpRecorder } from '../simulator/index.ts';
import { smpLinks } from '../transport/smp-links.ts';
import { createSmpDriver } from './smp-driver.ts';
import { SmpRecorder } from './smp-recorder.ts';

const never = new AbortController().signal;
const name = 'DCAM_CAM001_000001_20260804_100000_IMP.mp4';

let place: string;
let folder: string;
let simulator: SmpRecorderSimulator | undefined;
let recorder: Recorder | undefined;

beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), 'smp-'));
  folder = join(place, 'card');
  await mkdir(join(folder, 'Media'), { recursive: true });
});

afterEach(async () => {
  await recorder?.close();
  await simulator?.close();
  recorder = undefined;
  simulator = undefined;
  await rm(place, { recursive: true });
});

async function dock(options: Partial<SmpRecorderOptions> = {}, timeoutMs = 1000): Promise<SmpRecorder> {
  const link = join(place, 'port');
  simulator = await startSmpRecorder({ folder, link, ...options });
  const driver = createSmpDriver({ openLink: smpLinks(), timeoutMs });
  const target = { type: 'serial', devicePath: link, baudRate: 115200 } as const;
  const opened = await driver.open({ portPath: '1-1', instance: 'a', target }, never);
  recorder = opened;
  expect(opened).toBeInstanceOf(SmpRecorder);
  return opened as SmpRecorder;
}

async function putClip(sizeBytes: number, path = `Media/${name}`): Promise<Buffer> {
  const bytes = randomBytes(sizeBytes);
  await writeFile(join(folder, path), bytes);
  return bytes;
}

async function listAll(from: Recorder): Promise<Listing[]> {
  const listings: Listing[] = [];
  for await (const listing of from.list(never)) listings.push(listing);
  return listings;
}

async function onlyClip(from: Recorder): Promise<ListedClip> {
  const [listing] = await listAll(from);
  if (listing?.type !== 'clip') throw new Error('no clip is listed');
  return listing.clip;
}

async function pull(reader: ClipReader, stepBytes = 10_000): Promise<Buffer> {
  const parts: Buffer[] = [];
  for (let position = 0; ; ) {
    const into = Buffer.alloc(stepBytes);
    const length = await reader.read(into, position, never);
    if (length === 0) return Buffer.concat(parts);
    parts.push(into.subarray(0, length));
    position += length;
  }
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe('an honest recorder', () => {
  test('says who it is and what it can do', async () => {
    const docked = await dock({ identity: { officer: '000\u202e001' } });
    expect(await docked.identify(never)).toEqual({
      serialNumber: 'SIM0001',
      vendor: 'Docket',
      model: 'Simulated recorder',
      firmware: '1.0.0',
      officerNumber: '000\\u{202e}001',
      source: 'device',
    });
    expect([...docked.capabilities].sort()).toEqual([
      'battery',
      'capacity',
      'erase',
      'firmware',
      'hashOnDevice',
      'readClock',
      'setClock',
      'writeIdentity',
    ]);
    expect(await docked.isPresent()).toBe(true);
  });

  test('lists its clips page by page, in order, with what it knows of each', async () => {
    for (let index = 0; index < 30; index++) await putClip(index, `Media/${100 + index}.mp4`);
    await putClip(5);
    await utimes(join(folder, 'Media', name), 1_785_000_000, 1_785_000_000);
    const listings = await listAll(await dock({ bufferBytes: 512 }));
    expect(listings).toHaveLength(31);
    const paths = listings.map((one) => Buffer.from(one.type === 'clip' ? one.clip.pathBytes : []));
    expect(paths).toEqual([...paths].sort(Buffer.compare));
    expect(listings.at(-1)).toMatchObject({
      type: 'clip',
      clip: {
        name,
        nameEncoding: 'utf-8',
        kind: 'video',
        sizeBytes: 5,
        modifiedAt: { text: '2026-07-25T17:20:00', source: 'file-time', assumedZone: null },
        startedAt: { text: '2026-08-04T10:00:00', source: 'name', assumedZone: null },
        marked: true,
        markedSource: 'device',
        deviceNumberInName: 'CAM001',
        officerNumberInName: '000001',
        concern: null,
      },
    });
    expect(listings[0]).toMatchObject({ clip: { sizeBytes: 0, concern: 'empty-file' } });
  });

  test.each([1, 4095, 4096, 200_001])('gives a clip of %i bytes exactly, from any position', async (size) => {
    const bytes = await putClip(size);
    const docked = await dock();
    const reader = await docked.open(await onlyClip(docked), never);
    expect((await pull(reader)).equals(bytes)).toBe(true);
    expect((await pull(reader, 3)).length).toBe(size === 200_001 ? size : size);
    const middle = Buffer.alloc(100);
    const from = Math.floor(size / 2);
    const length = await reader.read(middle, from, never);
    expect(middle.subarray(0, length).equals(bytes.subarray(from, from + 100))).toBe(true);
    expect(await reader.read(middle, size, never)).toBe(0);
    await reader.assertUnchanged();
    await reader.close();
  });

  test('shows a clock whose interval holds the truth', async () => {
    for (const resolutionMs of [1, 1000]) {
      const offsetMs = -3_723_456;
      const docked = await dock({ clock: { offsetMs, resolutionMs, showsZone: resolutionMs === 1 } });
      const readings = await docked.readClock(4, never);
      expect(readings).toHaveLength(4);
      for (const reading of readings) {
        expect(reading.assumedZone).toBe(resolutionMs === 1 ? null : 'Asia/Shanghai');
        expect(reading.deviceMs - reading.hostAfterMs).toBeLessThanOrEqual(offsetMs);
        expect(reading.deviceMs + reading.resolutionMs - reading.hostBeforeMs).toBeGreaterThanOrEqual(
          offsetMs,
        );
      }
      await docked.close();
      await simulator?.close();
    }
  });

  test('hashes on its own', async () => {
    const bytes = await putClip(50_000);
    const docked = await dock();
    expect(await docked.hashOnDevice(await onlyClip(docked), never)).toBe(sha256(bytes));
  });

  test('works with version 1 of the protocol', async () => {
    const bytes = await putClip(5000);
    const docked = await dock({ version: 1 });
    const clip = await onlyClip(docked);
    expect((await pull(await docked.open(clip, never))).equals(bytes)).toBe(true);
    await rm(join(folder, 'Media', name));
    await expect(docked.open(clip, never)).rejects.toMatchObject({ code: 'CLIP_MISSING' });
  });
});

test('a card that fails is no crash', async () => {
  const docked = await dock();
  await rm(folder, { recursive: true });
  await expect(listAll(docked)).rejects.toMatchObject({ code: 'CLIP_READ_FAILED' });
  expect(await docked.isPresent()).toBe(true);
});

describe('erasing', () => {
  test('frees exactly the clip that was proved', async () => {
    const bytes = await putClip(5000);
    const docked = await dock();
    const clip = await onlyClip(docked);
    const wrong = { sizeBytes: 5000, sha256: sha256(Buffer.from('other')) };
    await expect(docked.erase(clip, wrong, never)).rejects.toMatchObject({ code: 'CLIP_CHANGED' });
    expect((await readFile(join(folder, 'Media', name))).equals(bytes)).toBe(true);
    await docked.erase(clip, { sizeBytes: 5000, sha256: sha256(bytes) }, never);
    expect(await listAll(docked)).toEqual([]);
  });
});
