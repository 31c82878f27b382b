import { constants, writeFileSync } from 'node:fs';
import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { isRecorderError, type RecorderErrorCode } from '../errors.ts';
import type { ListedClip, Listing, Recorder } from '../recorder.ts';
import { openBelow, splitPath } from './volume-path.ts';
import { volumeDriver } from './volume-recorder.ts';

const { signal } = new AbortController();

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'docket-volume-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

function openVolume(directory: string): Promise<Recorder> {
  return volumeDriver.open(
    { portPath: '1-1', instance: 'test', target: { type: 'volume', directory } },
    signal,
  );
}

async function listAll(recorder: Recorder): Promise<Listing[]> {
  const listings: Listing[] = [];
  for await (const listing of recorder.list(signal)) listings.push(listing);
  return listings;
}

async function onlyClip(recorder: Recorder): Promise<ListedClip> {
  const [first] = await listAll(recorder);
  if (first?.type !== 'clip') throw new Error('no clip');
  return first.clip;
}

const failsWith = (code: RecorderErrorCode) => (error: unknown) =>
  isRecorderError(error) && error.code === code;

async function openDescriptors(below: string): Promise<number> {
  const links = await Promise.all(
    (await readdir('/proc/self/fd')).map((descriptor) =>
      readlink(`/proc/self/fd/${descriptor}`).catch(() => ''),
    ),
  );
  return links.filter((link) => link.startsWith(below)).length;
}

describe('listing', () => {
  test('yields every clip once, in byte order, with its raw path and time as found', async () => {
    const card = await temporaryFolder();
    await mkdir(join(card, 'DCIM', 'IMP'), { recursive: true });
    for (const name of ['b.mp4', 'DCIM/IMP/a.MP4', 'DCIM/1234567_012345_20260804100000_0001.MP4']) {
      await writeFile(join(card, name), name);
      await utimes(join(card, name), new Date(), new Date('2026-08-04T10:05:06Z'));
    }
    const listed = await listAll(await openVolume(card));
    expect(
      listed.map((entry) => (entry.type === 'clip' ? Buffer.from(entry.clip.pathBytes).toString() : '')),
    ).toEqual(['DCIM/1234567_012345_20260804100000_0001.MP4', 'DCIM/IMP/a.MP4', 'b.mp4']);
    expect(listed[0]).toMatchObject({
      clip: {
        kind: 'video',
        deviceNumberInName: '1234567',
        officerNumberInName: '012345',
        startedAt: { text: '2026-08-04T10:00:00', source: 'name', assumedZone: null },
        modifiedAt: { text: '2026-08-04T10:05:06.000', source: 'file-time', assumedZone: null },
        marked: false,
      },
    });
    expect(listed[1]).toMatchObject({ clip: { marked: true, markedSource: 'folder' } });
  });

  test('goes on past a file that is deleted on the way', async () => {
    const card = await temporaryFolder();
    for (const name of ['a.mp4', 'b.mp4', 'c.mp4']) await writeFile(join(card, name), name);
    const names: string[] = [];
    for await (const entry of (await openVolume(card)).list(signal)) {
      if (entry.type === 'clip') names.push(entry.clip.name);
      await rm(join(card, 'b.mp4'), { force: true });
    }
    expect(names).toEqual(['a.mp4', 'c.mp4']);
  });

  test('left early, leaves no folder open', async () => {
    const card = await temporaryFolder();
    await mkdir(join(card, 'DCIM', 'deep'), { recursive: true });
    await writeFile(join(card, 'DCIM', 'deep', 'a.mp4'), 'a');
    const recorder = await openVolume(card);
    for await (const _ of recorder.list(signal)) break;
    expect(await openDescriptors(card)).toBe(0);
    await listAll(recorder);
    expect(await openDescriptors(card)).toBe(0);
  });

  test('is not whole where the volume goes away under it, even at its very end', async () => {
    const card = await temporaryFolder();
    await writeFile(join(card, 'a.mp4'), 'a');
    const listing = (async () => {
      for await (const _ of (await openVolume(card)).list(signal)) {
        await rename(card, `${card}.away`);
        await mkdir(card);
      }
    })();
    await expect(listing).rejects.toSatisfy(failsWith('RECORDER_GONE'));
    await rm(`${card}.away`, { recursive: true });
  });

  test('stops when asked to', async () => {
    const card = await temporaryFolder();
    for (const name of ['a.mp4', 'b.mp4']) await writeFile(join(card, name), name);
    const stop = new AbortController();
    const listing = (async () => {
      for await (const _ of (await openVolume(card)).list(stop.signal)) stop.abort(new Error('enough'));
    })();
    await expect(listing).rejects.toThrow('enough');
    expect(await openDescriptors(card)).toBe(0);
  });
});

describe('a volume that was unplugged', () => {
  test('is gone, although its empty mount point still stands there', async () => {
    const card = await temporaryFolder();
    await writeFile(join(card, 'a.mp4'), 'a');
    const recorder = await openVolume(card);
    const clip = await onlyClip(recorder);
    expect(await recorder.isPresent()).toBe(true);
    await rename(card, `${card}.away`);
    await mkdir(card);
    onTestFinished(() => rm(`${card}.away`, { recursive: true }));
    expect(await recorder.isPresent()).toBe(false);
    await expect(recorder.open(clip, signal)).rejects.toSatisfy(failsWith('RECORDER_GONE'));
    await expect(listAll(recorder)).rejects.toSatisfy(failsWith('RECORDER_GONE'));
    const proof = { sizeBytes: 1, sha256: '' };
    await expect(recorder.erase(clip, proof, signal)).rejects.toSatisfy(isRecorderError);
  });

  test('cannot be opened', async () => {
    const missing = join(await temporaryFolder(), 'missing');
    await expect(openVolume(missing)).rejects.toSatisfy(failsWith('RECORDER_GONE'));
  });
});

describe('a listed clip', () => {
  test.each([
    ['longer', (path: string) => writeFile(path, 'longer'), 'CLIP_CHANGED'],
    ['as long, at another time', (path: string) => utimes(path, 0, 0), 'CLIP_CHANGED'],
    ['gone', (path: string) => rm(path), 'CLIP_MISSING'],
    [
      'a link to a file outside',
      async (path: string) => {
        await rm(path);
        await symlink('/etc/hostname', path);
      },
      'CLIP_CHANGED',
    ],
    [
      'a folder',
      async (path: string) => {
        await rm(path);
        await mkdir(path);
      },
      'CLIP_CHANGED',
    ],
  ] as const)('that is %s now is neither opened nor erased', async (_what, change, code) => {
    const card = await temporaryFolder();
    const path = join(card, 'a.mp4');
    await writeFile(path, 'a');
    const recorder = await openVolume(card);
    const clip = await onlyClip(recorder);
    await change(path);
    const before = await readdir(card);
    await expect(recorder.open(clip, signal)).rejects.toSatisfy(failsWith(code));
    await expect(recorder.erase(clip, { sizeBytes: 1, sha256: '' }, signal)).rejects.toSatisfy(
      isRecorderError,
    );
    expect(await readdir(card)).toEqual(before);
    expect(await openDescriptors(card)).toBe(0);
  });

  test('is erased alone, and only where the proof names its length', async () => {
    const card = await temporaryFolder();
    await mkdir(join(card, 'DCIM'));
    await writeFile(join(card, 'DCIM', 'a.mp4'), 'a');
    await writeFile(join(card, 'DCIM', 'b.mp4'), 'b');
    const recorder = await openVolume(card);
    const clip = await onlyClip(recorder);
    const wrong = recorder.erase(clip, { sizeBytes: 2, sha256: '' }, signal);
    await expect(wrong).rejects.toSatisfy(failsWith('CLIP_CHANGED'));
    await recorder.erase(clip, { sizeBytes: 1, sha256: '' }, signal);
    expect(await readdir(join(card, 'DCIM'))).toEqual(['b.mp4']);
    const again = recorder.erase(clip, { sizeBytes: 1, sha256: '' }, signal);
    await expect(again).rejects.toSatisfy(failsWith('CLIP_MISSING'));
  });

  test('that grows while it is read is told as changed', async () => {
    const card = await temporaryFolder();
    await writeFile(join(card, 'a.mp4'), 'abc');
    const recorder = await openVolume(card);
    const reader = await recorder.open(await onlyClip(recorder), signal);
    onTestFinished(() => reader.close());
    const into = new Uint8Array(10);
    expect(await reader.read(into, 1, signal)).toBe(2);
    expect(await reader.read(into, 3, signal)).toBe(0);
    await reader.assertUnchanged();
    writeFileSync(join(card, 'a.mp4'), 'def', { flag: 'a' });
    await expect(reader.assertUnchanged()).rejects.toSatisfy(failsWith('CLIP_CHANGED'));
  });
});

describe('a path on a volume', () => {
  test('is opened by raw bytes', async () => {
    const card = await temporaryFolder();
    const name = Buffer.from('ff0a2e6d7034', 'hex');
    await writeFile(Buffer.concat([Buffer.from(`${card}/`), name]), 'raw');
    const handle = await openBelow(card, [name], constants.O_RDONLY);
    expect(await handle.readFile('utf8')).toBe('raw');
    await handle.close();
  });

  test('never leads through a link, in any of its parts', async () => {
    const card = await temporaryFolder();
    const outside = await temporaryFolder();
    await writeFile(join(outside, 'secret'), 'secret');
    await mkdir(join(card, 'real'));
    await symlink(outside, join(card, 'real', 'link'));
    await symlink(join(outside, 'secret'), join(card, 'real', 'file'));
    const parts = (...names: string[]) => names.map((name) => Buffer.from(name));
    await expect(openBelow(card, parts('real', 'link', 'secret'), constants.O_RDONLY)).rejects.toThrow(
      /ENOTDIR|ELOOP/u,
    );
    await expect(openBelow(card, parts('real', 'file'), constants.O_RDONLY)).rejects.toThrow('ELOOP');
  });

  test('cannot be led out by swapping a folder for a link between any two steps', async () => {
    const card = await temporaryFolder();
    const outside = await temporaryFolder();
    await mkdir(join(outside, 'b'));
    await writeFile(join(outside, 'b', 'c'), 'secret');
    await mkdir(join(card, 'a', 'b'), { recursive: true });
    await writeFile(join(card, 'a', 'b', 'c'), 'footage');
    await symlink(outside, join(card, 'link'));
    const parts = ['a', 'b', 'c'].map((name) => Buffer.from(name));
    const stop = new AbortController();
    const swapping = (async () => {
      while (!stop.signal.aborted) {
        await rename(join(card, 'a'), join(card, 'kept'));
        await rename(join(card, 'link'), join(card, 'a'));
        await rename(join(card, 'a'), join(card, 'link'));
        await rename(join(card, 'kept'), join(card, 'a'));
      }
    })();
    let opened = 0;
    for (let attempt = 0; attempt < 500; attempt += 1) {
      const handle = await openBelow(card, parts, constants.O_RDONLY).catch(() => null);
      if (handle === null) continue;
      opened += 1;
      expect(await handle.readFile('utf8')).toBe('footage');
      await handle.close();
    }
    stop.abort();
    await swapping;
    expect(opened).toBeGreaterThan(0);
    expect(await readFile(join(outside, 'b', 'c'), 'utf8')).toBe('secret');
  });

  test.each(['', '/', 'a//b', '/a', 'a/', '.', '..', 'a/../b', 'a/./b', 'a\0b'])('%j is refused', (path) => {
    expect(() => splitPath(Buffer.from(path))).toThrow(RangeError);
  });

  test('is split at slashes and nowhere else', () => {
    const parts = splitPath(Buffer.from('DCIM/a\\b/..c')).map((part) => Buffer.from(part).toString());
    expect(parts).toEqual(['DCIM', 'a\\b', '..c']);
  });
});
