import { mkdirSync, renameSync } from 'node:fs';
import { rename, rmdir, stat, writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { listCustody } from '../custody/custody-queries.ts';
import { LocalCopiesBench } from '../testing/local-copies-bench.ts';
import { onStep } from '../testing/on-step.ts';
import { expectSoundStore } from '../testing/sound-store.ts';
import { verifyStore } from '../verify/verify-store.ts';

const clips = { 'a.mp4': 15_000, 'b.mp4': 15_000, 'c.mp4': 15_000, 'd.mp4': 15_000 };

describe('a store above its high water mark', () => {
  test('lets local copies of archived clips go, the oldest first, until the low mark', async () => {
    const bench = await LocalCopiesBench.open();
    await bench.archive(clips);
    bench.daysLater = 2;
    bench.otherBytes = 30_000;
    // 90 of 100 kB are used: 40 are to leave.
    const oldestFirst = (await bench.dock.clips()).map(({ clipId }) => clipId);
    await bench.settle();
    const { freeBytes } = await bench.room();
    expect(freeBytes).toBeGreaterThanOrEqual(50_000);
    expect(bench.left).toEqual(oldestFirst.slice(0, bench.left.length));
    expect(bench.left.length).toBe(3);
    await expectSoundStore(bench.dock);
  });

  test('keeps what nobody signed for, what is of today, and what is on hold', async () => {
    const bench = await LocalCopiesBench.open();
    await bench.archive({ 'a.mp4': 10_000, 'held.mp4': 10_000 });
    await bench.take({ 'new.mp4': 40_000 });
    await bench.lookInto();
    const { clipId } = await bench.dock.clip('held.mp4');
    const { holds } = bench.dock.ingest.caseWork.retention;
    await holds.place({ clipId }, 'evidence', { person: '张三', reason: '作为证据' });
    bench.otherBytes = 35_000;
    expect(await bench.settle()).toEqual(expect.arrayContaining(['a.mp4', 'held.mp4', 'new.mp4']));
    bench.daysLater = 2;
    expect((await bench.settle()).sort()).toEqual(['held.mp4', 'new.mp4']);
  });

  test('keeps clips that somebody still has to look into', async () => {
    const bench = await LocalCopiesBench.open();
    await bench.take(clips);
    await bench.dock.forward();
    bench.daysLater = 2;
    bench.otherBytes = 40_000;
    expect(await bench.settle()).toHaveLength(4);
    await bench.lookInto();
    expect(await bench.settle()).not.toHaveLength(4);
  });

  test('keeps a clip whose receipt does not say any more what was signed', async () => {
    const bench = await LocalCopiesBench.open();
    await bench.archive({ 'a.mp4': 40_000 });
    await bench.dock.ingest.database.write((transaction) =>
      transaction.run("UPDATE receipt SET body = replace(body, 'readback', 'stat')"),
    );
    bench.daysLater = 2;
    bench.otherBytes = 60_000;
    expect(await bench.settle()).toEqual(['a.mp4']);
  });

  test('never reaches for what a clip without receipt has in SQL either', async () => {
    const bench = await LocalCopiesBench.open();
    await bench.take({ 'a.mp4': 1000 });
    const leaving = bench.dock.ingest.database.write((transaction) =>
      transaction.run("UPDATE clip SET local_removed_at = '2026-01-01T00:00:00.000Z'"),
    );
    await expect(leaving).rejects.toThrow('the local copy stays');
  });
});

describe('a keep time', () => {
  test('that is over lets the copy go, and not before; nor while the clock is not known to be right', async () => {
    const bench = await LocalCopiesBench.open({ keepLocalDays: 30 });
    await bench.archive({ 'a.mp4': 1000 });
    bench.daysLater = 29;
    expect(await bench.settle()).toEqual(['a.mp4']);
    bench.daysLater = 31;
    bench.isClockSure = false;
    expect(await bench.settle()).toEqual(['a.mp4']);
    bench.isClockSure = true;
    expect(await bench.settle()).toEqual([]);
  });

  test('of `null` lets nothing go while there is room', async () => {
    const bench = await LocalCopiesBench.open();
    await bench.archive({ 'a.mp4': 1000 });
    bench.daysLater = 3650;
    expect(await bench.settle()).toEqual(['a.mp4']);
  });
});

describe('a clip whose local copy left', () => {
  async function leftClip(): Promise<LocalCopiesBench> {
    const bench = await LocalCopiesBench.open({ keepLocalDays: 1 });
    await bench.archive({ 'a.mp4': 1000 });
    bench.daysLater = 2;
    await bench.settle();
    return bench;
  }

  test('is told of in the custody log before it is gone, with where its bytes are, and the store is sound without them', async () => {
    const bench = await leftClip();
    const clip = await bench.dock.clip('a.mp4');
    const { database } = bench.dock.ingest;
    const { entries } = await listCustody(database, { clipId: clip.clipId, after: null, limit: 50 });
    const entry = JSON.parse(entries.find(({ action }) => action === 'local-copy-removed')?.entry ?? '{}');
    expect(entry.details).toEqual({
      because: 'keep-time-over',
      sha256: clip.sha256,
      sizeBytes: 1000,
      archives: clip.receipts.map(({ target, object }) => ({ target, object })),
    });
    const report = await verifyStore(bench.dock.store);
    expect(report).toMatchObject({ clipsChecked: 1, clipsInArchiveOnly: 1, differences: [] });
    await expectSoundStore(bench.dock);
  });

  test('is known when its recorder is docked again, and not pulled', async () => {
    const bench = await leftClip();
    const { last } = await bench.dock.dock();
    expect(last).toMatchObject({ phase: 'safe', progress: { clipsKnown: 1, clipsDone: 0 } });
    expect(await bench.dock.clips()).toHaveLength(1);
  });

  test('that comes back beside the log is told as a difference', async () => {
    const bench = await leftClip();
    const { clipId, name } = await bench.dock.clip('a.mp4');
    await writeFile(bench.dock.ingest.layout.mediaFile(clipId, name), 'x');
    const { differences } = await verifyStore(bench.dock.store);
    expect(differences.map(({ code }) => code)).toEqual(['media-not-left']);
  });

  test('is finished at the next look where a stop came between the record and the leaving', async () => {
    const bench = await LocalCopiesBench.open({ keepLocalDays: 1 });
    await bench.archive({ 'a.mp4': 1000 });
    bench.daysLater = 2;
    const { clipId, name } = await bench.dock.clip('a.mp4');
    const media = bench.dock.ingest.layout.mediaFile(clipId, name);
    // What cannot be removed is as if the stop came before: recorded, and still there.
    const stop = onStep('local-copy.recorded', () => {
      renameSync(media, `${media}.aside`);
      mkdirSync(media);
    });
    await bench.settle();
    stop();
    expect(bench.errors).toHaveLength(1);
    await rmdir(media);
    await rename(`${media}.aside`, media);
    expect((await verifyStore(bench.dock.store)).differences).toEqual([]);
    await bench.settle();
    const isThere = () =>
      stat(media).then(
        () => true,
        () => false,
      );
    expect(await isThere()).toBe(false);
    await expectSoundStore(bench.dock);
  });
});

test('a store below its mark asks for nothing', async () => {
  const bench = await LocalCopiesBench.open();
  await bench.archive(clips);
  bench.daysLater = 2;
  bench.otherBytes = 20_000;
  expect(await bench.settle()).toHaveLength(4);
});
