import { execFileSync } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { track } from '../stream-hub/testing/hand-fed.ts';
import { Snapshots } from './snapshots.ts';

let folder: string;
const path = process.env.PATH;

/** An ffmpeg on a busy machine: it begins, and has its picture when the test lets it. */
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'docket-snapshots-'));
  execFileSync('mkfifo', [join(folder, 'gate')]);
  const script = `#!/bin/sh\necho begun >>${folder}/begun\nread _ <${folder}/gate\nnice\n`;
  await writeFile(join(folder, 'ffmpeg'), script);
  await chmod(join(folder, 'ffmpeg'), 0o755);
  process.env.PATH = `${folder}${delimiter}${path}`;
  vi.useFakeTimers({ toFake: ['Date'] });
});
afterEach(async () => {
  vi.useRealTimers();
  process.env.PATH = path;
  await rm(folder, { recursive: true });
});

const begun = async () =>
  (await readFile(join(folder, 'begun'), 'utf8').catch(() => '')).split('\n').length - 1;

test('a picture that takes long is made once, not at the lowest priority, and good for two seconds from then', async () => {
  const video = track('video');
  const sets = { videoParameterSets: [], sequenceParameterSets: [], pictureParameterSets: [] };
  const unit = {
    track: video,
    isKeyFrame: true,
    data: [],
    format: { kind: 'video', ...sets },
    arrival: { atMs: 7 },
  };
  const stream = { latestGroup: () => [unit] };
  const snapshots = new Snapshots({ get: () => stream } as never);
  const first = snapshots.take('sn:A');
  await expect.poll(begun, { timeout: 20_000 }).toBe(1);
  vi.setSystemTime(Date.now() + 9_000);
  const second = snapshots.take('sn:A');
  await writeFile(join(folder, 'gate'), '\n');
  expect(await first).toEqual({ jpeg: Buffer.from('5\n'), arrivedAtMs: 7 });
  expect(await second).toBe(await first);
  expect(await snapshots.take('sn:A')).toBe(await first);
  expect(await begun()).toBe(1);
  vi.setSystemTime(Date.now() + 2_001);
  const later = snapshots.take('sn:A');
  await writeFile(join(folder, 'gate'), '\n');
  expect(await later).not.toBe(await first);
});
