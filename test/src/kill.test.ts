/**
 * The gateway is killed with SIGKILL at every boundary between two steps and at moments in between, more than 200
 * times, while two USB recorders and a serial one are docked and freed. Whatever the moment: after every kill nothing
 * is gone from a recorder that the archive has not signed for; at the end every clip is archived once, byte-equal.
 */

import { join } from 'node:path';
import { type SmpRecorderSimulator, startSmpRecorder } from '@docket/device-protocol/simulator';
import { afterAll, beforeAll, expect, test } from 'vitest';
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
import { type RunPlan, runGatewayProcess } from './harness/run-gateway.ts';

/** Every step the gateway announces on the way of a clip, and of a docking. */
const steps = [
  'docking.attached',
  'docking.identified',
  'docking.clock-read',
  'docking.status-read',
  'docking.inventoried',
  'file.synced',
  'clip.pulled',
  'clip.verified',
  'record.synced',
  'clip.renamed',
  'clip.sealed',
  'docking.safe',
  'archive.written',
  'archive.linked',
  'archive.receipt-written',
  'clip.forwarded',
  'clip.receipted',
  'clip.release-started',
  'recorder.erased',
  'clip.released',
] as const;

const killsWanted = 200;
const seed = 20_261_122;

let site: DockSite;
let serial: SmpRecorderSimulator;
const random = seededRandom(seed);
const truth: SourceClip[] = [];

beforeAll(async () => {
  site = await createSite({ policy: 'after-receipt' });
  const link = join(site.root, 'tty-recorder');
  serial = await startSmpRecorder({
    folder: join(site.root, 'serial-card'),
    link,
    identity: { serial: 'SMP0003' },
  });
  site.assignments.push(`serial.ports=${JSON.stringify([{ devicePath: link, slot: 'serial-1' }])}`);
});

afterAll(async () => {
  await serial.close();
  await site.remove();
});

test('no kill loses, doubles or frees a clip too early', { timeout: 2_400_000 }, async () => {
  const diedAt = new Map<string, number>();
  let kills = 0;
  let runs = 0;
  for (let round = 0; kills < killsWanted; round += 1) {
    await fillRecorders(round);
    let isDone = false;
    while (!isDone) {
      const result = await runGatewayProcess(site.assignments, plan(kills));
      runs += 1;
      if (result.wasKilled) kills += 1;
      if (result.diedAt !== null) diedAt.set(result.diedAt, (diedAt.get(result.diedAt) ?? 0) + 1);
      await assertNothingFreedEarly(site, truth);
      isDone = (await clipsOnRecorders()).length === 0;
    }
    console.log(`round ${round + 1}: ${kills} kills in ${runs} runs, ${truth.length} clips`);
  }
  await runGatewayProcess(site.assignments, { end: 'idle' });
  expect(steps.filter((step) => !diedAt.has(step))).toEqual([]);
  await assertArchivedOnce(site, truth);
});

/** Two kills of three at a step boundary, each in turn; the third at any moment. */
function plan(kills: number): RunPlan {
  if (kills % 3 === 2) return { end: 'moment', afterReadyMs: Math.floor(random() * 400) };
  const step = steps[(kills - Math.floor(kills / 3)) % steps.length] ?? 'file.synced';
  return { end: 'step', step, passing: 1 + Math.floor(random() * 2) };
}

/** New clips, small and large, on all three recorders. */
async function fillRecorders(round: number): Promise<void> {
  const name = (clip: number) => `DCIM/round-${round}/clip-${clip}.dat`;
  const large = 1_048_576 + Math.floor(random() * 1_500_000);
  for (const recorder of ['1-1.1', '1-1.2']) {
    const card = join(site.volumes, recorder);
    const serialNumber = recorder === '1-1.1' ? 'VOL0001' : 'VOL0002';
    await putIdentity(card, serialNumber);
    for (const [clip, sizeBytes] of [large, 20_000, 1 + Math.floor(random() * 60_000)].entries()) {
      truth.push(await putClip(card, name(clip), seededBytes(random, sizeBytes)));
    }
  }
  truth.push(
    await putClip(join(site.root, 'serial-card'), `round-${round}.dat`, seededBytes(random, 30_000)),
  );
}

const identityFile = 'DCAM_FACTORY/device_identity.json';

/** Stays on the card: a recorder's own file is neither pulled nor freed. */
async function putIdentity(card: string, serialNumber: string): Promise<void> {
  await putClip(card, identityFile, Buffer.from(JSON.stringify({ device_id: serialNumber })));
}

async function clipsOnRecorders(): Promise<string[]> {
  const onVolumes = (await filesBelow(site.volumes)).filter((file) => !file.endsWith(identityFile));
  return [...onVolumes, ...(await filesBelow(join(site.root, 'serial-card')))];
}
