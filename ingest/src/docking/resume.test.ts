import { existsSync, readdirSync } from 'node:fs';
import { cp, open, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RecorderError } from '@docket/device-protocol';
import { expect, test } from 'vitest';
import { listCustody } from '../custody/custody-queries.ts';
import { chunkBytes } from '../pull/page-aligned-ring.ts';
import { hookedDriver } from '../testing/hooked-driver.ts';
import { expectSoundStore, sha256 } from '../testing/sound-store.ts';
import { TestDock } from '../testing/test-dock.ts';

const content = Buffer.from(
  Uint8Array.from({ length: 9_000_000 }, (_, index) => (index * 7 + (index >> 9)) % 251),
);
const name = 'long.mp4';

/** The volume driver; the recorder leaves before it gives the byte at `leavesAt`. Positions read are noted. */
function leavingDriver(leavesAt: number, readFrom: number[] = []) {
  return hookedDriver({
    read: async (_clip, positionBytes, read) => {
      readFrom.push(positionBytes);
      const bytes = await read();
      if (positionBytes + bytes > leavesAt) throw new RecorderError('RECORDER_GONE', 'pulled out');
      return bytes;
    },
  });
}

const stays = Number.POSITIVE_INFINITY;

async function dockWithLongClip(): Promise<TestDock> {
  const dock = await TestDock.open();
  await writeFile(join(dock.card, name), content);
  return dock;
}

async function expectTaken(dock: TestDock, bytes = content): Promise<void> {
  expect(await dock.clip(name)).toMatchObject({ state: 'sealed', sha256: sha256(bytes), quarantine: null });
  expect(await readdir(dock.ingest.layout.interrupted)).toEqual([]);
  expect(await readdir(dock.ingest.layout.incoming)).toEqual([]);
  await expectSoundStore(dock);
}

async function resumedAt(dock: TestDock): Promise<unknown> {
  const { clipId } = await dock.clip(name);
  const entries = (await listCustody(dock.ingest.database, { clipId, after: null, limit: 1000 })).entries;
  const pulled = entries.filter(({ action }) => action === 'pulled').at(-1);
  return (JSON.parse(pulled?.entry ?? '{}') as { details?: { resumedAtBytes?: number } }).details
    ?.resumedAtBytes;
}

test('a clip whose recorder was pulled out goes on where it was, and the log says so', async () => {
  const dock = await dockWithLongClip();
  const { issue } = await dock.dock({ driver: leavingDriver(7_000_000) });
  expect(issue?.code).toBe('recorder-gone');
  expect(await readdir(dock.ingest.layout.incoming)).toEqual([]);
  const readFrom: number[] = [];
  const again = await dock.dock({ driver: leavingDriver(stays, readFrom) });
  expect(again.last).toMatchObject({
    phase: 'safe',
    safeToUndock: true,
    progress: { bytesDone: content.length },
  });
  const keptBytes = 3 * chunkBytes;
  // Its last quarter of a mebibyte is compared, and nothing before that is read again but samples.
  expect(Math.min(...readFrom.filter((position) => position >= 4096))).toBe(keptBytes - 256 * 1024);
  expect(await resumedAt(dock)).toBe(keptBytes);
  await expectTaken(dock);
});

test('it goes on again and again, and after a restart of the gateway', async () => {
  const dock = await dockWithLongClip();
  for (const leavesAt of [2_500_000, 5_000_000, 8_000_000]) {
    await dock.dock({ driver: leavingDriver(leavesAt) });
  }
  await dock.close();
  const restarted = await TestDock.open({ root: dock.root });
  expect(readdirSync(restarted.ingest.layout.interrupted)).toHaveLength(1);
  await restarted.dock();
  expect(await resumedAt(restarted)).toBe(3 * chunkBytes);
  await expectTaken(restarted);
});

test('what was too little to keep is read anew', async () => {
  const dock = await dockWithLongClip();
  await dock.dock({ driver: leavingDriver(chunkBytes - 1) });
  expect(await readdir(dock.ingest.layout.interrupted)).toEqual([]);
  await dock.dock();
  expect(await resumedAt(dock)).toBeUndefined();
  await expectTaken(dock);
});

test('a beginning that its disk gives back changed is not used', async () => {
  const dock = await dockWithLongClip();
  await dock.dock({ driver: leavingDriver(7_000_000) });
  const { clipId } = await dock.clip(name);
  const file = await open(join(dock.ingest.layout.interruptedFolder(clipId), 'media.mp4'), 'r+');
  await file.write(Buffer.from([content.readUInt8(1_000_000) ^ 1]), 0, 1, 1_000_000);
  await file.close();
  await dock.dock();
  expect(await resumedAt(dock)).toBeUndefined();
  await expectTaken(dock);
});

test('a clip that is another one under the same name, length and time is read anew', async () => {
  const dock = await dockWithLongClip();
  const time = new Date('2026-08-04T10:00:00Z');
  await utimes(join(dock.card, name), time, time);
  await dock.dock({ driver: leavingDriver(7_000_000) });
  const other = Buffer.from(content.map((byte) => byte ^ 0x55));
  await writeFile(join(dock.card, name), other);
  await utimes(join(dock.card, name), time, time);
  await dock.dock();
  expect(await resumedAt(dock)).toBeUndefined();
  await expectTaken(dock, other);
});

test('a clip that grew meanwhile is read anew', async () => {
  const dock = await dockWithLongClip();
  await dock.dock({ driver: leavingDriver(7_000_000) });
  const grown = Buffer.concat([content, Buffer.from('and on')]);
  await writeFile(join(dock.card, name), grown);
  await dock.dock();
  expect((await dock.clips()).filter(({ state }) => state === 'sealed')).toHaveLength(1);
  const sealed = (await dock.clips()).find(({ state }) => state === 'sealed');
  expect(sealed?.sha256).toBe(sha256(grown));
});

test('beginnings that no clip waits for, or that are cut off, are swept at the next start', async () => {
  const dock = await dockWithLongClip();
  await dock.dock({ driver: leavingDriver(7_000_000) });
  const { layout } = dock.ingest;
  const { clipId } = await dock.clip(name);
  await cp(layout.interruptedFolder(clipId), join(layout.interrupted, 'unknown'), { recursive: true });
  await dock.close();
  const restarted = await TestDock.open({ root: dock.root });
  expect(await readdir(layout.interrupted)).toEqual([clipId]);
  await restarted.close();
  const note = join(layout.interruptedFolder(clipId), 'interrupted.json');
  await writeFile(note, (await readFile(note, 'utf8')).slice(0, 40));
  await TestDock.open({ root: dock.root });
  expect(existsSync(layout.interruptedFolder(clipId))).toBe(false);
});
