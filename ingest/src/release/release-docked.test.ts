import { execFileSync } from 'node:child_process';
import { mkdir, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RecorderError } from '@docket/device-protocol';
import { describe, expect, onTestFinished, test } from 'vitest';
import { listCustody } from '../custody/custody-queries.ts';
import { Gate } from '../testing/gate.ts';
import { hookedDriver } from '../testing/hooked-driver.ts';
import { onStep } from '../testing/on-step.ts';
import { expectSoundStore, sha256 } from '../testing/sound-store.ts';
import { TestDock } from '../testing/test-dock.ts';

const recorded = new Date('2026-08-04T10:00:00Z');

async function record(card: string, name: string, content: string | Buffer): Promise<void> {
  await mkdir(card, { recursive: true });
  await writeFile(join(card, name), content);
  await utimes(join(card, name), recorded, recorded);
}

async function identify(card: string): Promise<void> {
  await mkdir(join(card, 'DCAM_FACTORY'), { recursive: true });
  await writeFile(join(card, 'DCAM_FACTORY', 'device_identity.json'), '{"device_id":"CAM001"}');
}

const cardNames = async (dock: TestDock) =>
  (await readdir(dock.card)).filter((name) => name !== 'DCAM_FACTORY').sort();

async function actionsOf(dock: TestDock, clipId: string): Promise<string[]> {
  const { entries } = await listCustody(dock.ingest.database, { clipId, after: null, limit: 100 });
  return entries.map((entry) => entry.action);
}

/** Docks until so many clips are released, with the forwarder at work beside it. */
async function dockAndRelease(dock: TestDock, released: number) {
  const stop = new AbortController();
  const forwarding = dock.ingest.archive.forwarder.run(stop.signal);
  const story = await dock.dock({
    until: ({ progress, phase }) => phase !== 'releasing' && progress.clipsReleased === released,
  });
  stop.abort();
  await forwarding;
  return story;
}

describe('freeing a recorder', () => {
  test('happens after the receipt, clip by clip, and each erasure is announced in the log before it', async () => {
    const dock = await TestDock.open({ releasePolicy: 'after-receipt' });
    await record(dock.card, 'a.mp4', 'a');
    await record(dock.card, 'b.mp4', Buffer.alloc(2_000_000, 1));
    await dockAndRelease(dock, 2);
    expect(await cardNames(dock)).toEqual([]);
    for (const clip of await dock.clips()) {
      expect(clip.state).toBe('released');
      expect(await actionsOf(dock, clip.clipId)).toEqual([
        'listed',
        'pulled',
        'verified',
        'sealed',
        'forwarded',
        'receipted',
        'release-started',
        'released',
      ]);
    }
    await expectSoundStore(dock);
  });

  test('never happens where the policy says so, receipt or not', async () => {
    const dock = await TestDock.open({ releasePolicy: 'never' });
    await record(dock.card, 'a.mp4', 'a');
    await dock.dock();
    await dock.forward();
    await dock.dock();
    expect((await dock.clip('a.mp4')).state).toBe('receipted');
    expect(await cardNames(dock)).toEqual(['a.mp4']);
  });

  test('leaves alone what needs a person and what has no receipt yet', async () => {
    const dock = await TestDock.open({ releasePolicy: 'after-receipt' });
    await record(dock.card, 'empty.mp4', '');
    await record(dock.card, 'good.mp4', 'footage');
    await dockAndRelease(dock, 1);
    await dock.forward();
    await record(dock.card, 'later.mp4', 'not forwarded');
    await dock.dock();
    expect(await cardNames(dock)).toEqual(['empty.mp4', 'later.mp4']);
    expect((await dock.clip('empty.mp4')).state).toBe('receipted');
    expect((await dock.clip('later.mp4')).state).toBe('sealed');
  });

  test('of a clip that stands in the store since an earlier docking reads it whole once more before', async () => {
    const dock = await TestDock.open({ releasePolicy: 'after-receipt' });
    await record(dock.card, 'a.mp4', Buffer.alloc(2_000_000, 1));
    await dock.dock();
    await dock.forward();
    const { last } = await dockAndRelease(dock, 1);
    expect(last.progress).toMatchObject({ clipsKnown: 1, clipsReleased: 1 });
    expect(await cardNames(dock)).toEqual([]);
  });

  test('does not happen to a clip that was altered on the recorder where no sample lies', async () => {
    const dock = await TestDock.open({ releasePolicy: 'after-receipt' });
    const content = Buffer.alloc(2_000_000, 1);
    await record(dock.card, 'a.mp4', content);
    await dock.dock();
    await dock.forward();
    content[100_000] = 2;
    await record(dock.card, 'a.mp4', content);
    const { last } = await dock.dock({ until: ({ issue }) => issue?.code === 'release-failed' });
    expect(last.progress.clipsReleased).toBe(0);
    expect(last.safeToUndock).toBe(false);
    expect(await cardNames(dock)).toEqual(['a.mp4']);
    // What carries the archived clip's name is another clip, and is taken at the next try.
    await dock.dock();
    const clips = await dock.clips();
    expect(clips.map(({ state }) => state)).toEqual(['receipted', 'sealed']);
    expect(clips[1]?.sha256).toBe(sha256(content));
  });

  test('does not happen to a clip that was replaced on the recorder after its pull', async () => {
    const dock = await TestDock.open({ releasePolicy: 'after-receipt' });
    await record(dock.card, 'a.mp4', 'footage');
    const stop = new AbortController();
    onStep('clip.receipted', () => {
      execFileSync('sh', ['-c', `echo other > ${join(dock.card, 'a.mp4')}`]);
    });
    const forwarding = dock.ingest.archive.forwarder.run(stop.signal);
    await dock.dock({ until: ({ issue }) => issue?.code === 'release-failed' });
    stop.abort();
    await forwarding;
    expect(await cardNames(dock)).toEqual(['a.mp4']);
    expect((await dock.clips()).map(({ state }) => state)).toEqual(['receipted', 'listed']);
  });

  test('that a recorder refuses stays told, although the next clip can be freed', async () => {
    const dock = await TestDock.open({ releasePolicy: 'after-receipt' });
    await record(dock.card, 'a.mp4', 'a');
    await record(dock.card, 'b.mp4', 'b');
    await dock.dock();
    const { database } = dock.ingest;
    const { forwarder } = dock.ingest.archive;
    const { clipId } = await dock.clip('b.mp4');
    await database.write((transaction) =>
      transaction.run("UPDATE forward SET state = 'dead' WHERE clip_id = ?", [clipId]),
    );
    const driver = hookedDriver({
      erase: async (clip, erase) => {
        if (clip.name === 'a.mp4') throw new RecorderError('ERASE_REFUSED', 'write-protected');
        return erase();
      },
    });
    // The receipt of the second comes when the first has been refused.
    const refused = new Gate();
    const docking = dock.dock({
      driver,
      until: ({ issue, progress, phase }) => {
        if (issue?.code === 'release-failed') refused.open();
        return phase !== 'releasing' && progress.clipsReleased === 1;
      },
    });
    const stop = new AbortController();
    const forwarding = forwarder.run(stop.signal);
    await refused.opened;
    await database.write((transaction) => transaction.run("UPDATE forward SET state = 'queued'"));
    forwarder.wake();
    const { last } = await docking;
    stop.abort();
    await forwarding;
    expect(last).toMatchObject({ phase: 'attention', issue: { code: 'release-failed' } });
    expect(await cardNames(dock)).toEqual(['a.mp4']);
  });

  test('of a clip on a write-protected card fails, says so, and the clip is still there', async (context) => {
    const dock = await TestDock.open({ releasePolicy: 'after-receipt' });
    await record(dock.card, 'a.mp4', 'a');
    await dock.dock();
    await dock.forward();
    try {
      execFileSync('mount', ['--bind', dock.card, dock.card]);
      onTestFinished(() => void execFileSync('umount', [dock.card]));
      execFileSync('mount', ['-o', 'remount,ro,bind', dock.card]);
    } catch (error) {
      context.skip(`a read-only mount is not permitted here: ${String(error)}`);
    }
    const { last } = await dock.dock({ until: ({ issue }) => issue?.code === 'release-failed' });
    expect(last.safeToUndock).toBe(true);
    expect(await cardNames(dock)).toEqual(['a.mp4']);
    expect((await dock.clip('a.mp4')).state).toBe('receipted');
  });

  test('cut off between erasure and its record is settled at the next docking, without a second erasure', async () => {
    const dock = await TestDock.open({ releasePolicy: 'after-receipt' });
    await identify(dock.card);
    await record(dock.card, 'a.mp4', 'a');
    await dock.dock();
    await dock.forward();
    const driver = hookedDriver({
      erase: async (_clip, erase) => {
        await erase();
        throw new RecorderError('RECORDER_GONE', 'pulled out');
      },
    });
    const { issue } = await dock.dock({ driver, until: () => false });
    expect(issue?.code).toBe('recorder-gone');
    const { clipId, state } = await dock.clip('a.mp4');
    expect(state).toBe('receipted');
    await dock.dock();
    expect(await dock.clip('a.mp4')).toMatchObject({ state: 'released' });
    expect(await actionsOf(dock, clipId)).toEqual(expect.arrayContaining(['release-started', 'released']));
  });

  test('cut off before the erasure is done again at the next docking', async () => {
    const dock = await TestDock.open({ releasePolicy: 'after-receipt' });
    await identify(dock.card);
    await record(dock.card, 'a.mp4', 'a');
    await dock.dock();
    await dock.forward();
    const driver = hookedDriver({
      erase: async () => {
        throw new RecorderError('RECORDER_GONE', 'pulled out');
      },
    });
    await dock.dock({ driver, until: () => false });
    expect(await cardNames(dock)).toEqual(['a.mp4']);
    await dockAndRelease(dock, 1);
    expect((await dock.clip('a.mp4')).state).toBe('released');
    expect(await cardNames(dock)).toEqual([]);
  });

  test('a clip freed once and recorded anew under the same name is a new clip', async () => {
    const dock = await TestDock.open({ releasePolicy: 'after-receipt' });
    await record(dock.card, 'a.mp4', 'a');
    await dockAndRelease(dock, 1);
    await rm(join(dock.card, 'a.mp4'), { force: true });
    await record(dock.card, 'a.mp4', 'b');
    await dock.dock();
    expect((await dock.clips()).map((clip) => clip.state)).toEqual(['released', 'sealed']);
    await expectSoundStore(dock);
  });
});
