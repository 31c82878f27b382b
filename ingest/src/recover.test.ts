import { cpSync, existsSync, statSync } from 'node:fs';
import { appendFile, mkdir, open, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { onStep } from './testing/on-step.ts';
import { expectSoundStore, filesBelow, sha256 } from './testing/sound-store.ts';
import { temporaryFolder } from './testing/temporary-folder.ts';
import { TestDock } from './testing/test-dock.ts';

const contents: Record<string, Buffer> = {
  'small.mp4': Buffer.from('small footage'),
  'large.mp4': Buffer.from(Uint8Array.from({ length: 2_500_000 }, (_, index) => index % 251)),
};

async function fillCard(card: string): Promise<void> {
  await mkdir(join(card, 'DCAM_FACTORY'), { recursive: true });
  await writeFile(join(card, 'DCAM_FACTORY', 'device_identity.json'), '{"device_id":"CAM001"}');
  for (const [name, content] of Object.entries(contents)) {
    await writeFile(join(card, name), content);
    // Copying keeps no finer time than this.
    await utimes(join(card, name), 1_785_837_600, 1_785_837_600);
  }
}

/** Everything as it lies on the disk at a step: what the next start would find, had the power gone there. */
interface Snapshot {
  step: string;
  root: string;
}

/** Docks, archives and frees a recorder once, and keeps a snapshot of all disks at every step on the way. */
async function snapshotsOfOneRun(): Promise<Snapshot[]> {
  const shelf = await temporaryFolder('in-memory');
  const dock = await TestDock.open({
    root: await temporaryFolder('in-memory'),
    releasePolicy: 'after-receipt',
  });
  await fillCard(dock.card);
  const snapshots: Snapshot[] = [];
  const stopWatching = onStep(null, ({ name }) => {
    const root = join(shelf, `${snapshots.length}-${name}`);
    cpSync(dock.root, root, { recursive: true, preserveTimestamps: true });
    snapshots.push({ step: name, root });
  });
  const stop = new AbortController();
  const forwarding = dock.ingest.archive.forwarder.run(stop.signal);
  await dock.dock({ until: ({ phase, progress }) => phase !== 'releasing' && progress.clipsReleased === 2 });
  stop.abort();
  await forwarding;
  stopWatching();
  await dock.close();
  return snapshots;
}

/** Starts again on a snapshot, docks the recorder to the end, and checks that nothing was lost, doubled or halved. */
async function expectCarriedOn({ root, step }: Snapshot): Promise<void> {
  const dock = await TestDock.open({ root, releasePolicy: 'after-receipt' });
  await expectSoundStore(dock);
  await dock.dock();
  await dock.forward();
  await dock.dock({
    until: ({ phase }) =>
      phase === 'safe' && Object.keys(contents).every((name) => !existsSync(join(dock.card, name))),
  });
  await expectSoundStore(dock);
  const clips = (await dock.clips()).filter((clip) => clip.name in contents);
  expect(clips.map((clip) => [clip.name, clip.state]).sort(), step).toEqual([
    ['large.mp4', 'released'],
    ['small.mp4', 'released'],
  ]);
  const media = (await filesBelow(dock.archive)).filter((file) => file.startsWith('clips/'));
  const archived = await Promise.all(
    media.map(async (file) => sha256(await readFile(join(dock.archive, file)))),
  );
  expect(archived.sort(), step).toEqual(Object.values(contents).map(sha256).sort());
  await dock.close();
}

describe('after a power cut', () => {
  test('at any step of taking, archiving and freeing, every clip goes on and ends once', {
    timeout: 120_000,
  }, async () => {
    const snapshots = await snapshotsOfOneRun();
    const steps = new Set(snapshots.map(({ step }) => step));
    for (const step of [
      'docking.attached',
      'file.synced',
      'clip.pulled',
      'clip.verified',
      'record.synced',
      'clip.renamed',
      'clip.sealed',
      'archive.written',
      'archive.linked',
      'archive.receipt-written',
      'clip.forwarded',
      'clip.receipted',
      'clip.release-started',
      'recorder.erased',
      'clip.released',
    ]) {
      expect(steps).toContain(step);
    }
    for (const snapshot of snapshots) await expectCarriedOn(snapshot);
  });
});

/** A dock cut off right after a step of the large clip, not yet opened again. */
async function cutOffAt(step: string): Promise<{ root: string; clipId: string }> {
  const root = await temporaryFolder();
  const dock = await TestDock.open();
  await fillCard(dock.card);
  const cut = { clipId: '' };
  onStep(step, ({ subject }) => {
    if (cut.clipId !== '') return;
    const incoming = join(dock.ingest.layout.incomingFolder(subject), 'media.mp4');
    const sealed = dock.ingest.layout.mediaFile(subject, 'a.mp4');
    const isLarge = [incoming, sealed].some(
      (file) => existsSync(file) && statSync(file).size === contents['large.mp4']?.length,
    );
    if (!isLarge) return;
    cut.clipId = subject;
    cpSync(dock.root, root, { recursive: true, preserveTimestamps: true });
  });
  await dock.dock();
  await dock.close();
  expect(cut.clipId).not.toBe('');
  return { root, clipId: cut.clipId };
}

describe('a copy that is not what it was when the power went', () => {
  const damages: [string, (file: string) => Promise<void>][] = [
    ['has a flipped bit', flipBit],
    ['is cut short', (file) => writeFile(file, 'short')],
    ['is too long', (file) => appendFile(file, 'x')],
    ['is gone', (file) => rm(file)],
  ];
  test.each(damages)('because it %s goes back to be pulled again', async (_what, damage) => {
    const { root, clipId } = await cutOffAt('clip.pulled');
    await damage(join(root, 'store', 'incoming', clipId, 'media.mp4'));
    const dock = await TestDock.open({ root });
    expect(dock.ingest.recovery).toMatchObject({ returned: 1 });
    expect((await dock.clip('large.mp4')).state).toBe('listed');
    await expectSoundStore(dock);
    await dock.dock();
    expect(await dock.clip('large.mp4')).toMatchObject({
      state: 'sealed',
      sha256: sha256(contents['large.mp4'] ?? ''),
    });
    await expectSoundStore(dock);
  });

  test('in its place already, goes back all the same', async () => {
    const { root, clipId } = await cutOffAt('clip.renamed');
    const clips = join(root, 'store', 'clips');
    const [day = ''] = await readdir(clips);
    await flipBit(join(clips, day, clipId, 'media.mp4'));
    const dock = await TestDock.open({ root });
    expect((await dock.clip('large.mp4')).state).toBe('listed');
    await expectSoundStore(dock);
    await dock.dock();
    await expectSoundStore(dock);
  });

  test('whole but with a torn record is sealed with a whole one', async () => {
    const { root, clipId } = await cutOffAt('record.synced');
    await writeFile(join(root, 'store', 'incoming', clipId, 'clip.json'), '{"v":1,"cl');
    const dock = await TestDock.open({ root });
    expect(await dock.clip('large.mp4')).toMatchObject({ state: 'sealed' });
    await expectSoundStore(dock);
  });
});

describe('starting', () => {
  test('leaves alone what is sealed and sweeps away what nobody knows', async () => {
    const dock = await TestDock.open();
    await fillCard(dock.card);
    await dock.dock();
    const before = await filesBelow(dock.ingest.layout.clips);
    await mkdir(join(dock.ingest.layout.incoming, 'unknown', 'deep'), { recursive: true });
    await dock.close();
    const again = await TestDock.open({ root: dock.root });
    expect(again.ingest.recovery).toEqual({
      finished: 0,
      returned: 0,
      kept: 0,
      removed: 1,
      live: { finished: 0, lost: 0 },
    });
    expect(await filesBelow(again.ingest.layout.clips)).toEqual(before);
    await expectSoundStore(again);
  });

  test('closes the docking that was open when the gateway stopped', async () => {
    const { root } = await cutOffAt('clip.pulled');
    const dock = await TestDock.open({ root });
    const rows = await dock.ingest.database.read('SELECT state FROM docking');
    expect(rows).toEqual([{ state: 'interrupted' }]);
  });
});

async function flipBit(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, 1_234_567);
  await handle.write(Uint8Array.of((buffer[0] ?? 0) ^ 0x10), 0, 1, 1_234_567);
  await handle.close();
}
