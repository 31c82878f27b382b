/**
 * Power cuts: store, index and archive lie on a disk image that is copied while the gateway is frozen; whatever only
 * the page cache held is gone from the copy. Nothing that a state, a receipt or a release had claimed may be lost.
 */
import { once } from 'node:events';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { verifyStore } from '@docket/ingest';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { assertCustodyHolds, openIndexReadOnly } from './harness/custody-check.ts';
import { DiskImage, loopMountFault } from './harness/disk-image.ts';
import {
  createSite,
  type DockSite,
  filesBelow,
  putClip,
  type SourceClip,
  seededBytes,
  seededRandom,
} from './harness/dock-site.ts';
import { assertArchivedOnce, assertNothingFreedEarly } from './harness/promises.ts';
import { runGatewayProcess, startGateway } from './harness/run-gateway.ts';

const cuts = 6;
const random = seededRandom(7);
const truth: SourceClip[] = [];
const folder = await mkdtemp(join(tmpdir(), 'docket-power-'));
const fault = await loopMountFault(folder);
const disk = new DiskImage(join(folder, 'disk.img'), join(folder, 'disk'));
let site: DockSite;

beforeAll(async () => {
  if (fault !== null) return;
  await disk.format(512);
  await disk.mount();
  site = await createSite({ base: disk.mountPoint, policy: 'after-receipt' });
  // The recorder is not on the dock's disk: what is erased from it stays erased.
  site.volumes = join(folder, 'volumes');
  site.assignments.push(`volumes.directory=${site.volumes}`);
});

afterAll(async () => {
  if (fault === null) await disk.unmount();
  await rm(folder, { recursive: true, force: true });
});

test.skipIf(fault !== null)('a power cut loses nothing that was claimed', { timeout: 300_000 }, async () => {
  for (let cut = 0; cut < cuts; cut += 1) {
    await fillRecorder(cut);
    const claimed = await freezeAndCut();
    await assertClaimsHold(claimed);
  }
  await runGatewayProcess(site.assignments, { end: 'idle' });
  await assertNothingFreedEarly(site, truth);
  await assertArchivedOnce(site, truth);
});

async function fillRecorder(cut: number): Promise<void> {
  const card = join(site.volumes, '1-1.1');
  await putClip(card, 'DCAM_FACTORY/device_identity.json', Buffer.from('{"device_id":"VOL0001"}'));
  for (let clip = 0; clip < 12; clip += 1) {
    const sizeBytes =
      clip % 4 === 0 ? 1_100_000 + Math.floor(random() * 4_000_000) : Math.floor(random() * 200_000);
    truth.push(await putClip(card, `DCIM/cut-${cut}/clip-${clip}.dat`, seededBytes(random, sizeBytes)));
  }
}

/** Freezes the gateway at some moment, takes the disk as it stands, and puts the copy in its place. */
async function freezeAndCut(): Promise<number> {
  const { child, output } = startGateway(site.assignments);
  while (!output().includes('ready ')) await once(child.stdout, 'data');
  await delay(Math.floor(random() * 1500));
  child.kill('SIGSTOP');
  const index = await openIndexReadOnly(join(site.store, 'index.sqlite'));
  const [row] = await index.all('SELECT count(*) AS entries FROM custody_entry');
  await index.close();
  const cutFile = join(folder, 'cut.img');
  await disk.copyAsItStands(cutFile);
  child.kill('SIGKILL');
  if (child.exitCode === null && child.signalCode === null) await once(child, 'close');
  await disk.unmount();
  await rename(cutFile, disk.file);
  await disk.mount();
  return Number(row?.entries ?? 0);
}

async function assertClaimsHold(claimedEntries: number): Promise<void> {
  const index = await openIndexReadOnly(join(site.store, 'index.sqlite'));
  try {
    const [row] = await index.all('SELECT count(*) AS entries FROM custody_entry');
    expect(Number(row?.entries)).toBeGreaterThanOrEqual(claimedEntries);
    if (claimedEntries > 0) await assertCustodyHolds(index);
  } finally {
    await index.close();
  }
  const { differences } = await verifyStore(site.store);
  // A clip renamed into place a moment before its commit is no claim; recovery adopts it.
  expect(differences.filter(({ code }) => code !== 'not-in-index')).toEqual([]);
  await assertNothingFreedEarly(site, truth);
}

test.skipIf(fault !== null)('the power-cut harness does lose what was not made durable', async () => {
  await writeFile(join(disk.mountPoint, 'not-durable'), 'x'.repeat(10_000));
  const cutFile = join(folder, 'lost.img');
  await disk.copyAsItStands(cutFile);
  const copy = new DiskImage(cutFile, join(folder, 'lost'));
  await copy.mount();
  const kept = await filesBelow(copy.mountPoint);
  await copy.unmount();
  expect(kept).not.toContain('not-durable');
});
