/**
 * The gateway is killed with SIGKILL at every step on the way of a clip into Ceph, while parts are on the way, and by a power
 * cut that takes what only the page cache held. Whatever the moment: nothing is lost, doubled, or freed before Ceph has it
 * under lock; what Ceph had already is not sent again; no upload is left there.
 */
import { once } from 'node:events';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ceph, FaultProxy, whyNoCeph } from '@docket/ingest/archive-peers';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { ArchiveStore, clipStates, deadLetters } from './harness/archive-store.ts';
import { DiskImage, loopMountFault } from './harness/disk-image.ts';
import {
  createSite,
  type DockSite,
  putClip,
  type SourceClip,
  seededBytes,
  seededRandom,
} from './harness/dock-site.ts';
import { assertArchivedOnce, assertNothingFreedEarly } from './harness/promises.ts';
import { startGateway } from './harness/run-gateway.ts';

const steps = [
  'archive.intended',
  'archive.begun',
  'archive.session-kept',
  'archive.sent',
  'archive.completed',
  'archive.locked',
  'archive.verified',
  'archive.receipt-written',
  'clip.forwarded',
  'clip.receipted',
] as const;

const mebibyte = 1024 * 1024;
const random = seededRandom(11);
const folder = await mkdtemp(join(tmpdir(), 'docket-archive-kill-'));
const noLoop = await loopMountFault(folder);
let ceph: Ceph;

if (whyNoCeph !== null) console.log(`left out: ${whyNoCeph}`);

beforeAll(async () => {
  if (whyNoCeph === null) ceph = await Ceph.start();
}, 180_000);
afterAll(async () => {
  if (whyNoCeph === null) await ceph.stop();
  await rm(folder, { recursive: true, force: true });
});

interface DockAtCeph {
  site: DockSite;
  store: ArchiveStore;
  line: FaultProxy;
  truth: SourceClip[];
}

/** A dock with a bucket of its own that locks for a day, behind a line that counts. */
async function dockAtCeph(base?: string): Promise<DockAtCeph> {
  const site = await createSite({ policy: 'after-receipt', ...(base === undefined ? {} : { base }) });
  if (base !== undefined) {
    // The recorder is not on the dock's disk: what is erased from it stays erased.
    site.volumes = join(folder, 'volumes');
    site.assignments.push(`volumes.directory=${site.volumes}`);
  }
  const bucket = `footage-${site.root.split('-').at(-1)?.toLowerCase()}`;
  await ceph.makeBucket(bucket, 1);
  const line = await FaultProxy.open(Number(new URL(ceph.endpoint).port));
  const store = new ArchiveStore(ceph, bucket);
  store.archiveOf(site, line.url, {
    dialect: 'ceph',
    retention: 'compliance',
    isWormRequired: true,
    idleTimeoutMs: 30_000,
  });
  onTestFinished(async () => {
    await line.close();
    store.close();
    if (base === undefined) await site.remove();
  });
  return { site, store, line, truth: [] };
}

async function record({ site, truth }: DockAtCeph, name: string, sizeBytes: number): Promise<void> {
  const card = join(site.volumes, '1-1.1');
  await putClip(card, 'DCAM_FACTORY/device_identity.json', Buffer.from('{"device_id":"VOL0001"}'));
  truth.push(await putClip(card, `DCIM/${name}.dat`, seededBytes(random, sizeBytes)));
}

/** Runs the gateway until it kills itself at a step; or until something is so, and then kills it or asks it to end. */
async function runUntil(
  { site }: DockAtCeph,
  end: { step: string } | { isSo: () => boolean | Promise<boolean>; by: 'SIGKILL' | 'SIGTERM' },
): Promise<string> {
  const dieAt = 'step' in end ? { step: end.step, passing: 1 } : null;
  const { child, output } = startGateway(site.assignments, dieAt, 120_000);
  const ended = once(child, 'close');
  onTestFinished(() => void child.kill('SIGKILL'));
  if ('isSo' in end) {
    await expect.poll(end.isSo, { timeout: 120_000, interval: 50 }).toBe(true);
    child.kill(end.by);
  }
  await ended;
  return output();
}

const isAllReleased =
  ({ site, truth }: DockAtCeph) =>
  async () => {
    const { released = 0, ...others } = await clipStates(site.store);
    return released === truth.length && Object.keys(others).length === 0;
  };

async function assertAllIsWell({ site, store, truth }: DockAtCeph): Promise<void> {
  await store.copyTo(site);
  await assertNothingFreedEarly(site, truth);
  await assertArchivedOnce(site, truth);
  expect(await store.reader.uploads(store.bucket)).toEqual([]);
  expect(await deadLetters(site.store)).toBe(0);
}

describe.skipIf(whyNoCeph !== null)('a gateway that archives to Ceph', () => {
  test('killed at each step loses, doubles and frees nothing', { timeout: 400_000 }, async () => {
    const dock = await dockAtCeph();
    for (const step of steps) {
      await record(dock, step, 6 * mebibyte);
      expect(await runUntil(dock, { step })).toContain(`died at ${step}`);
      expect(await dock.store.freedTooEarly(dock.truth)).toEqual([]);
    }
    await runUntil(dock, { isSo: isAllReleased(dock), by: 'SIGTERM' });
    await assertAllIsWell(dock);
  });

  test('killed while parts are on the way sends at most a tenth again', { timeout: 240_000 }, async () => {
    const dock = await dockAtCeph();
    // A run on an empty recorder proves the bucket, so that the next one sends nothing but the clip.
    await record(dock, 'first', 1000);
    await runUntil(dock, { isSo: isAllReleased(dock), by: 'SIGTERM' });
    const size = 64 * mebibyte;
    await record(dock, 'long', size);
    const before = dock.line.carried.up;
    await runUntil(dock, { isSo: () => dock.line.carried.up - before > 33 * mebibyte, by: 'SIGKILL' });
    await runUntil(dock, { isSo: isAllReleased(dock), by: 'SIGTERM' });
    const share = (dock.line.carried.up - before) / size;
    console.log(`sent after a kill: ${share.toFixed(3)} of the clip`);
    expect(share).toBeLessThanOrEqual(1.1);
    await assertAllIsWell(dock);
  });

  test.skipIf(noLoop !== null)(
    'cut from power while parts are on the way goes on with what Ceph has',
    { timeout: 240_000 },
    async () => {
      const disk = new DiskImage(join(folder, 'disk.img'), join(folder, 'disk'));
      await disk.format(384);
      await disk.mount();
      onTestFinished(() => disk.unmount());
      const dock = await dockAtCeph(disk.mountPoint);
      const size = 48 * mebibyte;
      await record(dock, 'long', size);
      const { child } = startGateway(dock.site.assignments, null, 120_000);
      onTestFinished(() => void child.kill('SIGKILL'));
      const ended = once(child, 'close');
      await expect
        .poll(() => dock.line.carried.up, { timeout: 120_000, interval: 20 })
        .toBeGreaterThan(40 * mebibyte);
      child.kill('SIGSTOP');
      await disk.copyAsItStands(join(folder, 'cut.img'));
      child.kill('SIGKILL');
      await ended;
      await disk.unmount();
      await rename(join(folder, 'cut.img'), disk.file);
      await disk.mount();
      const before = dock.line.carried.up;
      await runUntil(dock, { isSo: isAllReleased(dock), by: 'SIGTERM' });
      // The probe of the bucket and the documents go out in both runs; of the clip, only what was missing.
      expect(dock.line.carried.up - before).toBeLessThan(40 * mebibyte);
      await assertAllIsWell(dock);
    },
  );
});
