import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ListedClip, Recorder } from '../recorder.ts';
import { createVolumeDriver } from './volume-recorder.ts';
import { writeAccessBySocket } from './write-access.ts';

const signal = new AbortController().signal;
let folder: string;
let card: string;
let released: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'write-access-'));
  card = join(folder, 'card');
  released = join(folder, 'released');
  for (const directory of [card, released]) mkdirSync(directory);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'card', card]);
  mkdirSync(join(card, 'DCIM'));
  writeFileSync(join(card, 'DCIM', 'a.mp4'), 'footage');
  writeFileSync(join(card, 'DCIM', 'b.mp4'), 'other footage');
  execFileSync('mount', ['-o', 'remount,ro', card]);
});

afterEach(() => {
  for (const mount of [released, card]) {
    if (isMounted(mount)) execFileSync('umount', ['-l', mount]);
  }
  rmSync(folder, { recursive: true });
});

function mountLine(directory: string): string | undefined {
  return readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .find((line) => line.split(' ')[1] === directory);
}

const isMounted = (directory: string) => mountLine(directory) !== undefined;
const isReadOnly = (directory: string) => mountLine(directory)?.split(' ')[3]?.startsWith('ro') ?? false;

/** What `docket-volume-access` does, for one card; `gives` is the folder it says is writable. */
async function startAccess(
  gives = released,
): Promise<{ socketPath: string; server: Server; asked: string[] }> {
  const asked: string[] = [];
  const socketPath = join(folder, 'access.sock');
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.once('data', (line) => {
      asked.push(line.toString());
      execFileSync('mount', ['-o', 'remount,rw', card]);
      execFileSync('mount', ['--bind', card, released]);
      socket.write(`ok ${gives}\n`);
    });
    socket.once('end', () => {
      execFileSync('umount', [released]);
      execFileSync('mount', ['-o', 'remount,ro', card]);
      socket.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  return { socketPath, server, asked };
}

const attachment = () => ({
  portPath: '1-1.4',
  instance: 'card',
  target: { type: 'volume', directory: card } as const,
});

async function clipsOf(recorder: Recorder): Promise<ListedClip[]> {
  const clips: ListedClip[] = [];
  for await (const listing of recorder.list(signal)) if (listing.type === 'clip') clips.push(listing.clip);
  return clips;
}

const proofOf = ({ sizeBytes }: ListedClip) => ({ sizeBytes, sha256: '0'.repeat(64) });

describe('a volume that is mounted read-only', () => {
  test('is written only from the first erasure to the end of the release', async () => {
    const { socketPath, server, asked } = await startAccess();
    const driver = createVolumeDriver({ writeAccess: writeAccessBySocket(socketPath) });
    const recorder = await driver.open(attachment(), signal);
    const clips = await clipsOf(recorder);
    expect(isReadOnly(card)).toBe(true);
    for (const clip of clips) await recorder.erase(clip, proofOf(clip), signal);
    expect([existsSync(join(card, 'DCIM', 'a.mp4')), existsSync(join(card, 'DCIM', 'b.mp4'))]).toEqual([
      false,
      false,
    ]);
    expect(asked).toEqual(['open 1-1.4\n']);
    expect(isReadOnly(card)).toBe(false);
    await recorder.endRelease?.();
    expect(isReadOnly(card)).toBe(true);
    expect(isMounted(released)).toBe(false);
    await recorder.close();
    server.close();
  });

  test('is read-only again when its recorder is closed in the middle of a release', async () => {
    const { socketPath, server } = await startAccess();
    const driver = createVolumeDriver({ writeAccess: writeAccessBySocket(socketPath) });
    const recorder = await driver.open(attachment(), signal);
    const [clip] = await clipsOf(recorder);
    if (clip === undefined) throw new Error('no clip');
    await recorder.erase(clip, proofOf(clip), signal);
    await recorder.close();
    expect(isReadOnly(card)).toBe(true);
    server.close();
  });

  test('is not erased through a folder that is another volume', async () => {
    const { socketPath, server } = await startAccess(folder);
    const driver = createVolumeDriver({ writeAccess: writeAccessBySocket(socketPath) });
    const recorder = await driver.open(attachment(), signal);
    const [clip] = await clipsOf(recorder);
    if (clip === undefined) throw new Error('no clip');
    await expect(recorder.erase(clip, proofOf(clip), signal)).rejects.toMatchObject({
      code: 'ERASE_REFUSED',
    });
    expect(isReadOnly(card)).toBe(true);
    expect(existsSync(join(card, 'DCIM', 'a.mp4'))).toBe(true);
    server.close();
  });

  test.each([
    ['refuses', 'error not a volume of ours\n'],
    ['answers nonsense', 'yes\n'],
    ['hangs up', ''],
    ['never ends its answer', 'o'.repeat(5000)],
  ])('stays as it is where write access %s', async (_, answer) => {
    const socketPath = join(folder, 'access.sock');
    const server = createServer((socket) => socket.once('data', () => socket.end(answer)));
    await new Promise<void>((resolve) => server.listen(socketPath, resolve));
    const driver = createVolumeDriver({ writeAccess: writeAccessBySocket(socketPath) });
    const recorder = await driver.open(attachment(), signal);
    const [clip] = await clipsOf(recorder);
    if (clip === undefined) throw new Error('no clip');
    await expect(recorder.erase(clip, proofOf(clip), signal)).rejects.toMatchObject({
      code: 'ERASE_REFUSED',
    });
    expect(existsSync(join(card, 'DCIM', 'a.mp4'))).toBe(true);
    server.close();
  });

  test('and has no write access is never erased', async () => {
    const recorder = await createVolumeDriver().open(attachment(), signal);
    const [clip] = await clipsOf(recorder);
    if (clip === undefined) throw new Error('no clip');
    await expect(recorder.erase(clip, proofOf(clip), signal)).rejects.toMatchObject({
      code: 'ERASE_REFUSED',
    });
  });

  test('is not waited for after the docking ended', async () => {
    const socketPath = join(folder, 'access.sock');
    const server = createServer((socket) => socket.resume());
    await new Promise<void>((resolve) => server.listen(socketPath, resolve));
    const driver = createVolumeDriver({ writeAccess: writeAccessBySocket(socketPath) });
    const recorder = await driver.open(attachment(), signal);
    const [clip] = await clipsOf(recorder);
    if (clip === undefined) throw new Error('no clip');
    const ended = new AbortController();
    const erasing = recorder.erase(clip, proofOf(clip), ended.signal);
    ended.abort(new Error('the recorder left'));
    await expect(erasing).rejects.toThrow('the recorder left');
    server.close();
  });
});
