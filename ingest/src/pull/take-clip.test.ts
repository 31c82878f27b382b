import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { listCustody } from '../custody/custody-queries.ts';
import { onStep } from '../testing/on-step.ts';
import { expectSoundStore, sha256 } from '../testing/sound-store.ts';
import { TestDock } from '../testing/test-dock.ts';

const footage = Buffer.alloc(3_000_000, 'footage');

function flipBit(path: string, at: number): void {
  const descriptor = openSync(path, 'r+');
  const byte = Buffer.alloc(1);
  readSync(descriptor, byte, 0, 1, at);
  writeSync(descriptor, Uint8Array.of((byte[0] ?? 0) ^ 1), 0, 1, at);
  closeSync(descriptor);
}

describe('a bit that turns on the store’s disk between writing and reading back', () => {
  test.each([0, 1_500_000, 2_999_999])('at byte %i is noticed, and the clip is pulled again', async (at) => {
    const dock = await TestDock.open();
    await writeFile(join(dock.card, 'a.mp4'), footage);
    let flips = 0;
    onStep('file.synced', ({ subject }) => {
      if (flips === 0) flipBit(join(dock.ingest.layout.incomingFolder(subject), 'media.mp4'), at);
      flips += 1;
    });
    const { issue, last } = await dock.dock();
    expect(issue).toBeNull();
    expect(last).toMatchObject({ phase: 'safe', safeToUndock: true });
    expect(flips).toBe(2);
    const clip = await dock.clip('a.mp4');
    expect(clip).toMatchObject({ state: 'sealed', sha256: sha256(footage) });
    const { entries } = await listCustody(dock.ingest.database, {
      clipId: clip.clipId,
      after: null,
      limit: 20,
    });
    expect(entries.map(({ action }) => action)).toEqual([
      'listed',
      'pulled',
      'returned',
      'pulled',
      'verified',
      'sealed',
    ]);
    await expectSoundStore(dock);
  });

  test('every time ends the docking as a failing store, with the clip still on the recorder and none called safe', async () => {
    const dock = await TestDock.open();
    await writeFile(join(dock.card, 'a.mp4'), footage);
    onStep('file.synced', ({ subject }) => {
      flipBit(join(dock.ingest.layout.incomingFolder(subject), 'media.mp4'), 77);
    });
    const { issue, statuses } = await dock.dock();
    expect(issue?.code).toBe('store-failed');
    expect(statuses.some((status) => status.safeToUndock)).toBe(false);
    expect((await dock.clip('a.mp4')).state).toBe('listed');
    await expectSoundStore(dock);
  });
});
