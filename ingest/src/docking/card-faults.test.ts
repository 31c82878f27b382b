import { appendFileSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RecorderError } from '@docket/device-protocol';
import { describe, expect, test } from 'vitest';
import { listCustody } from '../custody/custody-queries.ts';
import { hookedDriver } from '../testing/hooked-driver.ts';
import { mountInMemory, unmountAtOnce, whyNoMounts } from '../testing/small-file-system.ts';
import { expectSoundStore, sha256 } from '../testing/sound-store.ts';
import { TestDock } from '../testing/test-dock.ts';

const twoMegabytes = Buffer.from(Uint8Array.from({ length: 2_000_000 }, (_, index) => index % 253));

describe('a card that fails', () => {
  test.each([0, 4096, 1_048_576])(
    'at byte %i of a clip gives up that clip, keeps the others, and is tried again',
    async (at) => {
      const dock = await TestDock.open();
      await writeFile(join(dock.card, 'bad.mp4'), twoMegabytes);
      await writeFile(join(dock.card, 'good.mp4'), twoMegabytes.subarray(1));
      let tries = 0;
      const driver = hookedDriver({
        read: async (clip, positionBytes, read) => {
          const bytes = await read();
          if (clip.name !== 'bad.mp4' || positionBytes + bytes <= at) return bytes;
          tries += 1;
          throw new RecorderError('CLIP_READ_FAILED', `bad sector at ${at}`, { positionBytes: at });
        },
      });
      const { issue, last } = await dock.dock({ driver });
      expect(issue).toBeNull();
      expect(tries).toBe(3);
      expect(last).toMatchObject({ phase: 'attention', safeToUndock: false });
      expect(last.progress).toMatchObject({ clipsDone: 1, clipsQuarantined: 1 });
      expect((await dock.clip('good.mp4')).state).toBe('sealed');
      expect(await dock.clip('bad.mp4')).toMatchObject({
        state: 'unreadable',
        sha256: null,
        quarantine: { reason: 'read-error', detail: `bad sector at ${at}` },
      });
      await expectSoundStore(dock);

      const again = await dock.dock();
      expect(again.last).toMatchObject({ phase: 'safe', safeToUndock: true });
      expect(await dock.clip('bad.mp4')).toMatchObject({
        state: 'sealed',
        quarantine: null,
        sha256: sha256(twoMegabytes),
      });
      await expectSoundStore(dock);
    },
  );

  test('once and then reads, leaves no trace but a good copy', async () => {
    const dock = await TestDock.open();
    await writeFile(join(dock.card, 'a.mp4'), twoMegabytes);
    let failures = 0;
    const driver = hookedDriver({
      read: (_clip, _position, read) => {
        failures += 1;
        if (failures <= 2) throw new RecorderError('CLIP_READ_FAILED', 'bad sector');
        return read();
      },
    });
    const { last } = await dock.dock({ driver });
    expect(last).toMatchObject({ phase: 'safe', safeToUndock: true, progress: { bytesDone: 2_000_000 } });
    await expectSoundStore(dock);
  });
});

describe('a clip that is still being recorded', () => {
  test('grows while it is read once, and is taken whole at its new length', async () => {
    const dock = await TestDock.open();
    const path = join(dock.card, 'a.mp4');
    await writeFile(path, twoMegabytes);
    let hasGrown = false;
    const driver = hookedDriver({
      read: (_clip, _position, read) => {
        if (!hasGrown) appendFileSync(path, 'and on');
        hasGrown = true;
        return read();
      },
    });
    const { last } = await dock.dock({ driver });
    expect(last).toMatchObject({ phase: 'safe', safeToUndock: true });
    const whole = Buffer.concat([twoMegabytes, Buffer.from('and on')]);
    expect(await dock.clip('a.mp4')).toMatchObject({ sizeBytes: whole.length, sha256: sha256(whole) });
    await expectSoundStore(dock);
  });

  test('keeps growing, is set aside, and is taken at the next docking', async () => {
    const dock = await TestDock.open();
    const path = join(dock.card, 'a.mp4');
    await writeFile(path, twoMegabytes);
    const driver = hookedDriver({
      read: (_clip, _position, read) => {
        appendFileSync(path, 'and on');
        return read();
      },
    });
    const { issue, last } = await dock.dock({ driver });
    expect(issue).toBeNull();
    expect(last.safeToUndock).toBe(false);
    expect(await dock.clip('a.mp4')).toMatchObject({
      state: 'unreadable',
      quarantine: { reason: 'changed-while-read' },
    });
    await dock.dock();
    expect(await dock.clip('a.mp4')).toMatchObject({ state: 'sealed', sha256: sha256(await readFile(path)) });
    expect(await dock.clips()).toHaveLength(1);
    await expectSoundStore(dock);
  });

  test('is overwritten in place with as many bytes while it is read, and is not taken as it was', async () => {
    const dock = await TestDock.open();
    const path = join(dock.card, 'a.mp4');
    await writeFile(path, twoMegabytes);
    let isChanged = false;
    const driver = hookedDriver({
      read: async (_clip, positionBytes, read) => {
        const bytes = await read();
        if (positionBytes === 0 && !isChanged) writeFileSync(path, Buffer.alloc(2_000_000, 9));
        isChanged = true;
        return bytes;
      },
    });
    await dock.dock({ driver });
    expect((await dock.clip('a.mp4')).sha256).toBe(sha256(Buffer.alloc(2_000_000, 9)));
    await expectSoundStore(dock);
  });

  test('is deleted between listing and reading, and is told as lost', async () => {
    const dock = await TestDock.open();
    await writeFile(join(dock.card, 'a.mp4'), 'a');
    const driver = hookedDriver({
      open: async (_clip, open) => {
        await rm(join(dock.card, 'a.mp4'), { force: true });
        return open();
      },
    });
    const { issue, last } = await dock.dock({ driver });
    expect(issue).toBeNull();
    expect(last.safeToUndock).toBe(false);
    expect(await dock.clip('a.mp4')).toMatchObject({
      state: 'lost',
      quarantine: { reason: 'lost-before-pull' },
    });
  });
});

describe('a recorder pulled out too early', () => {
  test('ends the docking, loses no clip, and goes on where it was when it comes back', async () => {
    const dock = await TestDock.open();
    for (const name of ['a.mp4', 'b.mp4', 'c.mp4'])
      await writeFile(join(dock.card, name), `${name}${twoMegabytes}`);
    const away = join(dock.root, 'away');
    const driver = hookedDriver({
      read: (clip, _position, read) => {
        if (clip.name === 'b.mp4') {
          // What unplugging looks like: the volume is gone and its empty mount point lies there.
          renameSync(dock.card, away);
          mkdirSync(dock.card);
          throw new RecorderError('RECORDER_GONE', 'pulled out');
        }
        return read();
      },
    });
    const { issue, last } = await dock.dock({ driver });
    expect(issue?.code).toBe('recorder-gone');
    expect(last).toMatchObject({ phase: 'failed', safeToUndock: false });
    expect((await dock.clips()).map((clip) => clip.state)).toEqual(['sealed', 'listed', 'listed']);
    await expectSoundStore(dock);

    await rm(dock.card, { recursive: true });
    await rename(away, dock.card);
    const again = await dock.dock();
    expect(again.last).toMatchObject({ phase: 'safe', progress: { clipsKnown: 1, clipsDone: 2 } });
    await expectSoundStore(dock);
    const { entries } = await listCustody(dock.ingest.database, { after: null, limit: 1000 });
    expect(entries.filter((entry) => entry.action === 'sealed')).toHaveLength(3);
  });

  test.skipIf(whyNoMounts !== null)(
    'with its mount torn away loses none of the clips behind it',
    async () => {
      const dock = await TestDock.open();
      mountInMemory(dock.card, '32m');
      for (const name of ['a.mp4', 'b.mp4', 'c.mp4'])
        await writeFile(join(dock.card, name), `${name}${twoMegabytes}`);
      let isMounted = true;
      const driver = hookedDriver({
        read: (clip, _position, read) => {
          if (clip.name === 'a.mp4' && isMounted) {
            unmountAtOnce(dock.card);
            isMounted = false;
          }
          return read();
        },
      });
      const { issue } = await dock.dock({ driver });
      expect(issue?.code).toBe('recorder-gone');
      const states = (await dock.clips()).map((clip) => clip.state);
      expect(states.slice(1)).toEqual(['listed', 'listed']);
      await expectSoundStore(dock);
    },
  );

  test('is told apart from a docking that was stopped', async () => {
    const dock = await TestDock.open();
    await writeFile(join(dock.card, 'a.mp4'), twoMegabytes);
    const { issue } = await dock.dock({ until: ({ phase }) => phase === 'copying' });
    expect(issue).toBeNull();
    const [row] = await dock.ingest.database.read('SELECT state, failure_code FROM docking');
    expect(row).toEqual({ state: 'interrupted', failure_code: null });
    await expectSoundStore(dock);
  });

  test('whose driver cannot even close it, still ends its docking with what was wrong', async () => {
    const dock = await TestDock.open();
    await mkdir(dock.card, { recursive: true });
    await writeFile(join(dock.card, 'a.mp4'), 'a');
    const driver = hookedDriver({
      read: () => {
        throw new RecorderError('RECORDER_GONE', 'pulled out');
      },
      close: async () => {
        throw new Error('the port is gone');
      },
    });
    const { issue } = await dock.dock({ driver });
    expect(issue).toEqual({ code: 'recorder-gone', detail: 'pulled out' });
  });

  test('that never answers is told as silent', async () => {
    const dock = await TestDock.open();
    await writeFile(join(dock.card, 'a.mp4'), 'a');
    const driver = hookedDriver({
      read: (clip) => {
        throw new RecorderError('RECORDER_SILENT', `no byte of ${clip.name} came`);
      },
      isPresent: async () => false,
    });
    const { issue } = await dock.dock({ driver });
    expect(issue?.code).toBe('recorder-silent');
    expect((await dock.clip('a.mp4')).state).toBe('listed');
  });

  test('that stalls over one clip and answers otherwise sets that clip aside and gives the others', async () => {
    const dock = await TestDock.open();
    await writeFile(join(dock.card, 'a.mp4'), 'a');
    await writeFile(join(dock.card, 'b.mp4'), 'b');
    const driver = hookedDriver({
      read: (clip, _position, read) => {
        if (clip.name === 'a.mp4') throw new RecorderError('RECORDER_SILENT', 'no byte of a.mp4 came');
        return read();
      },
    });
    const { issue, last } = await dock.dock({ driver });
    expect(issue).toBeNull();
    expect(last.safeToUndock).toBe(false);
    expect(await dock.clip('a.mp4')).toMatchObject({
      state: 'unreadable',
      quarantine: { reason: 'read-error' },
    });
    expect((await dock.clip('b.mp4')).state).toBe('sealed');
  });
});
