import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Attachment } from '../attachment.ts';
import { isRecorderLost } from '../errors.ts';
import type { Listing, Recorder } from '../recorder.ts';
import { type IsolatedDriverOptions, isolatedDriver } from './isolated-driver.ts';
import { childrenOf, killHard } from './testing/process-tree.ts';
import { byteAt, type Trouble, type TroublesomeOptions } from './testing/troublesome-plugin.ts';

const never = new AbortController().signal;
const nowhere: Attachment = { portPath: '1-1', instance: 'a', target: { type: 'volume', directory: '/' } };
const opened: Recorder[] = [];

afterEach(async () => {
  for (const recorder of opened.splice(0)) await recorder.close();
  expect(await childrenOf(process.pid)).toEqual([]);
});

function troublesome(options: Partial<TroublesomeOptions>, times: Partial<IsolatedDriverOptions> = {}) {
  const module = new URL('./testing/troublesome-plugin.js', import.meta.url).href;
  const choice = { driver: 'plugin', name: 'troublesome', module } as const;
  return isolatedDriver({
    choice: { ...choice, options: { clips: 3, clipBytes: 3_000_000, ...options } },
    ...times,
  });
}

async function open(options: Partial<TroublesomeOptions>, times: Partial<IsolatedDriverOptions> = {}) {
  const recorder = await troublesome(options, times).open(nowhere, never);
  opened.push(recorder);
  return recorder;
}

async function listAll(recorder: Recorder): Promise<Listing[]> {
  const all: Listing[] = [];
  for await (const listing of recorder.list(never)) all.push(listing);
  return all;
}

async function firstReader(recorder: Recorder) {
  for await (const listing of recorder.list(never)) {
    if (listing.type === 'clip') return recorder.open(listing.clip, never);
  }
  throw new Error('there is no clip');
}

async function theChild(): Promise<number> {
  const [child, ...others] = await childrenOf(process.pid);
  if (child === undefined || others.length > 0) throw new Error('there is not one child');
  return child;
}

describe('a driver in a process of its own', () => {
  test('answers as the recorder it opened', async () => {
    const recorder = await open({});
    expect(recorder).toMatchObject({ driver: 'troublesome', parallelReads: 2, firmware: null });
    expect(await recorder.readStatus(never)).toEqual({
      batteryPercent: 55,
      capacityBytes: null,
      freeBytes: null,
    });
    expect(await recorder.isPresent()).toBe(true);
    await expect(recorder.switchMode(never)).rejects.toMatchObject({ code: 'NOT_SUPPORTED' });
  });

  test('lists thousands, in order, with paths that are no text', async () => {
    const listings = await listAll(await open({ clips: 10_000 }));
    expect(listings).toHaveLength(10_000);
    const paths = listings.map((listing) => (listing.type === 'clip' ? listing.clip.pathBytes : null));
    expect(paths[9999]).toEqual(Uint8Array.from([...Buffer.from('DCIM/片段009999.mp4'), 0xff]));
    expect(new Set(paths.map((path) => Buffer.from(path ?? []).toString('hex'))).size).toBe(10_000);
  });

  test('stops listing where nobody looks on, and goes on with other work', async () => {
    const recorder = await open({ clips: 1_000_000 });
    for await (const _ of recorder.list(never)) break;
    expect((await recorder.identify(never)).serialNumber).toBe('T-1');
  });

  test('gives any stretch of a clip, fewer bytes at its end, none past it', async () => {
    const reader = await firstReader(await open({ clipBytes: 3_000_001 }));
    const into = new Uint8Array(2_500_000);
    expect(await reader.read(into, 1_000_000, never)).toBe(2_000_001);
    expect(into[0]).toBe(byteAt(1_000_000));
    expect(into[2_000_000]).toBe(byteAt(3_000_000));
    expect(into[2_000_001]).toBe(0);
    expect(await reader.read(into, 3_000_001, never)).toBe(0);
    await reader.close();
  });

  test('is told nothing of the gateway’s settings', async () => {
    process.env.DOCKET_SECRET = 'hunter2';
    try {
      expect((await (await open({})).identify(never)).model).toBeNull();
    } finally {
      delete process.env.DOCKET_SECRET;
    }
  });

  test('lets a cancelled call go, and is of use afterwards', async () => {
    const recorder = await open({ trouble: { at: 'read', afterBytes: 1_000_000, kind: 'silence' } });
    const reader = await firstReader(recorder);
    const stop = new AbortController();
    const reading = reader.read(new Uint8Array(2_000_000), 0, stop.signal);
    setImmediate(() => stop.abort(new Error('enough')));
    await expect(reading).rejects.toThrow('enough');
    expect((await recorder.identify(never)).serialNumber).toBe('T-1');
    expect(await reader.read(new Uint8Array(1000), 0, never)).toBe(1000);
  });

  test('is not begun for a signal that is aborted already', async () => {
    const opening = troublesome({}).open(nowhere, AbortSignal.abort(new Error('too late')));
    await expect(opening).rejects.toThrow('too late');
  });
});

describe('a driver process that ends ends only its recorder', () => {
  test('by kill -9 in the middle of a read', async () => {
    const recorder = await open({ pauseMs: 20 });
    const other = await open({});
    const [child] = await childrenOf(process.pid);
    const reader = await firstReader(recorder);
    const reading = reader.read(new Uint8Array(3_000_000), 0, never);
    const listing = recorder.identify(never).then(() => killHard(child));
    await expect(reading).rejects.toMatchObject({ code: 'DRIVER_CRASHED' });
    await listing;
    await expect(recorder.identify(never)).rejects.toThrow('SIGKILL');
    expect(await recorder.isPresent()).toBe(false);
    await reader.close();
    expect((await other.identify(never)).serialNumber).toBe('T-1');
  });

  test('by an abort, as native code ends a process', async () => {
    const recorder = await open({ trouble: { at: 'identify', kind: 'abort' } });
    const identifying = recorder.identify(never);
    await expect(identifying).rejects.toMatchObject({
      code: 'DRIVER_CRASHED',
      message: expect.stringContaining('SIGABRT'),
    });
    await expect(identifying).rejects.toSatisfy(isRecorderLost);
  });

  const ends: readonly [Trouble['kind'], string][] = [
    ['exit', 'ended with code 7'],
    ['garbage', 'cannot be'],
    ['huge-header', 'cannot be'],
    ['foreign-answer', 'nothing that was asked'],
  ];
  test.each(ends)('by %s', async (kind, words) => {
    const recorder = await open({ trouble: { at: 'read', afterBytes: 1, kind } });
    const reader = await firstReader(recorder);
    await expect(reader.read(new Uint8Array(100), 0, never)).rejects.toMatchObject({
      code: 'DRIVER_CRASHED',
      message: expect.stringContaining(words),
    });
    expect(await recorder.isPresent()).toBe(false);
  });

  test('by bytes that nobody asked for', async () => {
    const recorder = await open({ trouble: { at: 'identify', kind: 'unasked-bytes' } });
    await expect(recorder.identify(never)).rejects.toThrow('4294967295 bytes follow');
  });

  test('but not by an error that its driver throws', async () => {
    const recorder = await open({ trouble: { at: 'identify', kind: 'throw' } });
    await expect(recorder.identify(never)).rejects.toMatchObject({
      code: 'DRIVER_CRASHED',
      message: 'the driver failed: the driver tripped',
    });
    expect(await recorder.isPresent()).toBe(true);
  });

  test('by a listing broken off, after what was listed was told', async () => {
    const recorder = await open({ clips: 500, trouble: { at: 'list', kind: 'abort' } });
    const told: Listing[] = [];
    const listing = (async () => {
      for await (const one of recorder.list(never)) told.push(one);
    })();
    await expect(listing).rejects.toMatchObject({ code: 'DRIVER_CRASHED' });
    expect(told.length).toBeGreaterThan(100);
  });

  test.each(['busy', 'silence'] as const)('by a hang (%s): no progress for the time set', async (kind) => {
    const recorder = await open({ trouble: { at: 'identify', kind } }, { progressTimeoutMs: 4000 });
    await expect(recorder.identify(never)).rejects.toMatchObject({ code: 'RECORDER_SILENT' });
    expect(await recorder.isPresent()).toBe(false);
  });

  test('by not letting go of what was cancelled', async () => {
    const trouble = { at: 'identify', kind: 'deaf-to-cancel' } as const;
    const recorder = await open({ trouble }, { patienceMs: 200 });
    const stop = new AbortController();
    const identifying = recorder.identify(stop.signal);
    stop.abort(new Error('detached'));
    await expect(identifying).rejects.toThrow('detached');
    await expect(recorder.identify(never)).rejects.toMatchObject({ code: 'RECORDER_SILENT' });
  });

  test.each(['abort', 'busy', 'throw'] as const)('while it opens (%s)', async (kind) => {
    const opening = troublesome({ trouble: { at: 'open', kind } }, { progressTimeoutMs: 4000 });
    await expect(opening.open(nowhere, never)).rejects.toSatisfy((error) => isRecorderLost(error));
  });

  test('by its closing, even where it hangs', async () => {
    const trouble = { at: 'identify', kind: 'busy' } as const;
    const recorder = await troublesome({ trouble }, { patienceMs: 300 }).open(nowhere, never);
    const identifying = expect(recorder.identify(never)).rejects.toMatchObject({ code: 'DRIVER_CRASHED' });
    await recorder.close();
    await identifying;
  });
});

test.each(['busy', 'silence'] as const)(
  'a driver process ends with the gateway, also one that hangs (%s)',
  async (kind) => {
    const gateway = execFile(process.execPath, [
      new URL('./testing/doomed-gateway.js', import.meta.url).pathname,
      kind,
    ]);
    const child = await new Promise<number>((resolve) =>
      gateway.stdout?.once('data', (text) => resolve(Number(text))),
    );
    expect(child).toBeGreaterThan(1);
    gateway.kill('SIGKILL');
    await goneFor(child);
  },
);

/** Resolves when no process has this number any more. */
async function goneFor(processId: number): Promise<void> {
  // Waits on the process itself, which is no child of this one.
  await promisify(execFile)('tail', [`--pid=${processId}`, '-s', '0.05', '-f', '/dev/null']);
}

describe('the volume driver in a process of its own', () => {
  let card: string;
  const volume = isolatedDriver({ choice: { driver: 'volume' } });
  const attachment = (): Attachment => ({ ...nowhere, target: { type: 'volume', directory: card } });

  beforeEach(async () => {
    card = await mkdtemp(join(tmpdir(), 'card-'));
  });

  afterEach(() => rm(card, { recursive: true, force: true }));

  test('carries 64 MiB as they are', async () => {
    const bytes = randomBytes(64 * 1024 * 1024);
    await writeFile(join(card, 'long.mp4'), bytes);
    const recorder = await volume.open(attachment(), never);
    opened.push(recorder);
    const reader = await firstReader(recorder);
    const hash = createHash('sha256');
    const into = new Uint8Array(2 * 1024 * 1024);
    for (let position = 0; position < reader.sizeBytes; ) {
      const readBytes = await reader.read(into, position, never);
      hash.update(into.subarray(0, readBytes));
      position += readBytes;
    }
    await reader.assertUnchanged();
    await reader.close();
    expect(hash.digest('hex')).toBe(createHash('sha256').update(bytes).digest('hex'));
  });

  test('throws the driver’s own errors, details included', async () => {
    await writeFile(join(card, 'a.mp4'), 'footage');
    const recorder = await volume.open(attachment(), never);
    opened.push(recorder);
    const [listing] = await listAll(recorder);
    if (listing?.type !== 'clip') throw new Error('there is no clip');
    await writeFile(join(card, 'a.mp4'), 'other footage');
    await expect(recorder.open(listing.clip, never)).rejects.toMatchObject({
      name: 'RecorderError',
      code: 'CLIP_CHANGED',
      clipName: 'a.mp4',
    });
    const proof = { sizeBytes: 7, sha256: 'a'.repeat(64) };
    await expect(recorder.erase(listing.clip, proof, never)).rejects.toMatchObject({ code: 'CLIP_CHANGED' });
    expect(await readFile(join(card, 'a.mp4'), 'utf8')).toBe('other footage');
    await rm(card, { recursive: true });
    await expect(listAll(recorder)).rejects.toMatchObject({ code: 'RECORDER_GONE' });
    expect(await theChild()).toBeGreaterThan(1);
  });
});
