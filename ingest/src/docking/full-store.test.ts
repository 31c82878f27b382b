import { writeFileSync } from 'node:fs';
import { mkdir, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { onStep } from '../testing/on-step.ts';
import { smallFileSystem, whyNoMounts } from '../testing/small-file-system.ts';
import { expectSoundStore } from '../testing/sound-store.ts';
import { TestDock } from '../testing/test-dock.ts';

describe.skipIf(whyNoMounts !== null)(`a store without room ${whyNoMounts ?? ''}`, () => {
  test('pauses the docking, says so, and goes on by itself once there is room', async () => {
    const disk = smallFileSystem('12m');
    const filler = join(disk, 'filler');
    await mkdir(join(disk, 'store'));
    await writeFile(filler, Buffer.alloc(7_000_000));
    const dock = await TestDock.open({
      store: join(disk, 'store'),
      onStatus: ({ issue }) => {
        if (issue?.code === 'store-full') void rm(filler, { force: true });
      },
    });
    for (const name of ['a.mp4', 'b.mp4'])
      await writeFile(join(dock.card, name), Buffer.alloc(3_000_000, name));
    const { issue, statuses, last } = await dock.dock();
    expect(issue).toBeNull();
    const paused = statuses.find((status) => status.issue?.code === 'store-full');
    expect(paused).toMatchObject({ phase: 'attention', safeToUndock: false });
    expect(last).toMatchObject({ phase: 'safe', safeToUndock: true, issue: null });
    expect(last.progress).toMatchObject({ clipsDone: 2, bytesDone: 6_000_000 });
    await expectSoundStore(dock);
  });

  test('that fills up under a copy leaves nothing of it, and takes it when there is room', async () => {
    const disk = smallFileSystem('12m');
    const filler = join(disk, 'filler');
    await mkdir(join(disk, 'store'));
    const dock = await TestDock.open({
      store: join(disk, 'store'),
      onStatus: ({ issue }) => {
        if (issue?.code === 'store-full') void rm(filler, { force: true });
      },
    });
    await writeFile(join(dock.card, 'a.mp4'), Buffer.alloc(4_000_000, 1));
    await writeFile(join(dock.card, 'b.mp4'), Buffer.alloc(4_000_000, 2));
    // Room was promised for the second clip; then another takes it away.
    let isFilled = false;
    onStep('clip.sealed', () => {
      if (!isFilled) writeFileSync(filler, Buffer.alloc(6_000_000));
      isFilled = true;
    });
    const { issue, statuses, last } = await dock.dock();
    expect(issue).toBeNull();
    expect(statuses.some((status) => status.issue?.code === 'store-full')).toBe(true);
    expect(last).toMatchObject({ phase: 'safe', safeToUndock: true });
    await expectSoundStore(dock);
  });

  test('that stays full still gives the officer every clip that fits', async () => {
    const disk = smallFileSystem('12m');
    await mkdir(join(disk, 'store'));
    const dock = await TestDock.open({ store: join(disk, 'store') });
    await writeFile(join(dock.card, 'a.mp4'), Buffer.alloc(20_000_000, 1));
    await writeFile(join(dock.card, 'b.mp4'), Buffer.alloc(2_000_000, 2));
    await dock.dock({ until: (status) => status.issue?.code === 'store-full' });
    expect((await dock.clip('a.mp4')).state).toBe('listed');
    expect((await dock.clip('b.mp4')).state).toBe('sealed');
    await expectSoundStore(dock);
  });

  test('so full that not even the index can be written ends the docking with store-full and throws nothing', async () => {
    const disk = smallFileSystem('4m');
    await mkdir(join(disk, 'store'));
    const dock = await TestDock.open({ store: join(disk, 'store') });
    await writeFile(join(dock.card, 'a.mp4'), 'a');
    const { bavail, bsize } = await statfs(disk);
    await writeFile(join(disk, 'filler'), Buffer.alloc(bavail * bsize));
    const { issue } = await dock.dock();
    expect(issue?.code).toBe('store-full');
    await rm(join(disk, 'filler'));
    expect((await dock.dock()).last.phase).toBe('safe');
    await expectSoundStore(dock);
  });
});
