/**
 * Recorders that go away in the middle of a copy and come back: a folder of volumes and a serial line, again and again,
 * at chosen bytes and at any moment. In the end every clip is archived once and byte-equal, and freed after its receipt.
 */
import { once } from 'node:events';
import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { smpFaults, startSmpRecorder } from '@docket/device-protocol/simulator';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  createSite,
  type DockSite,
  exists,
  filesBelow,
  putClip,
  type SourceClip,
  seededBytes,
  seededRandom,
} from './harness/dock-site.ts';
import { assertArchivedOnce, assertNothingFreedEarly } from './harness/promises.ts';
import { startGateway } from './harness/run-gateway.ts';

const random = seededRandom(23);
let site: DockSite;
let truth: SourceClip[];

beforeEach(async () => {
  site = await createSite({ policy: 'after-receipt' });
  truth = [];
});
afterEach(() => site.remove());

/** Longer than any pause of the gateway between two tries. */
const longIdleMs = 8_000;

/** Runs the gateway while `disturb` does its worst, then lets it finish and end by itself. */
async function survive(disturb: () => Promise<void>, assignments = site.assignments): Promise<void> {
  const { child, output } = startGateway(assignments, null, longIdleMs);
  const ended = once(child, 'close');
  while (!output().includes('ready ')) await once(child.stdout, 'data');
  await disturb();
  const [code] = await ended;
  expect(code, output().slice(-2000)).toBe(0);
}

test('a volume pulled out and put back many times loses and doubles nothing', {
  timeout: 180_000,
}, async () => {
  const card = join(site.root, 'card');
  const slot = join(site.volumes, '1-1.3');
  await putClip(card, 'DCAM_FACTORY/device_identity.json', Buffer.from('{"device_id":"VOL0007"}'));
  for (let clip = 0; clip < 24; clip += 1) {
    const sizeBytes =
      clip % 3 === 0 ? 3_000_000 + Math.floor(random() * 6_000_000) : Math.floor(random() * 300_000);
    truth.push({
      ...(await putClip(card, `DCIM/clip-${clip}.dat`, seededBytes(random, sizeBytes))),
      card: slot,
    });
  }
  await survive(async () => {
    for (let docking = 0; docking < 8; docking += 1) {
      await rename(card, slot);
      await delay(Math.floor(random() * 600));
      await rename(slot, card);
      await delay(Math.floor(random() * 300));
    }
    await rename(card, slot);
  });
  await assertNothingFreedEarly(site, truth);
  await assertArchivedOnce(site, truth);
});

test('a serial recorder unplugged in mid-copy comes back and is taken whole', {
  timeout: 180_000,
}, async () => {
  const card = join(site.root, 'serial-card');
  const link = join(site.root, 'tty-recorder');
  await mkdir(card);
  for (const [clip, sizeBytes] of [200_000, 5_000, 1_500_000].entries()) {
    truth.push(await putClip(card, `clip-${clip}.mp4`, seededBytes(random, sizeBytes)));
  }
  const plugIn = (unplugAtBytes: number | null) =>
    startSmpRecorder({
      folder: card,
      link,
      identity: { serial: 'SMP0042' },
      faults: unplugAtBytes === null ? [] : [smpFaults.unplugAt(unplugAtBytes)],
    });
  const ports = JSON.stringify([{ devicePath: link, slot: 'serial-1' }]);
  await survive(async () => {
    for (const unplugAtBytes of [1, 100_000, 199_999, 700_000]) {
      const recorder = await plugIn(unplugAtBytes);
      while (await exists(link)) await delay(50);
      await recorder.close();
    }
    const recorder = await plugIn(null);
    while ((await filesBelow(card)).length > 0) await delay(50);
    await delay(500);
    await recorder.close();
  }, [...site.assignments, `serial.ports=${ports}`]);
  await assertNothingFreedEarly(site, truth);
  await assertArchivedOnce(site, truth);
});
