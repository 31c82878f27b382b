/**
 * A dock that is cut off from its archive with 2,000 clips, and whose clock is three days further when it is found again.
 * Packets vanish, nobody is told. Pulling goes on meanwhile; afterwards every clip is in the archive once, nothing of the
 * outage was held against a clip, and nothing was freed before.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FaultProxy, Fauxqs } from '@docket/ingest/archive-peers';
import { expect, onTestFinished, test } from 'vitest';
import { ArchiveStore, clipStates, deadLetters } from './harness/archive-store.ts';
import {
  createSite,
  filesBelow,
  putClip,
  type SourceClip,
  seededBytes,
  seededRandom,
} from './harness/dock-site.ts';
import { NetworkNamespace, whyNoNamespaces } from './harness/network-namespace.ts';
import { assertArchivedOnce, assertNothingFreedEarly } from './harness/promises.ts';
import { gatewayCommand } from './harness/run-gateway.ts';

const clips = 2000;
const otherClock = `/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu/faketime/libfaketimeMT.so.1`;
const fault = whyNoNamespaces ?? (existsSync(otherClock) ? null : 'faketime is missing');
if (fault !== null) console.log(`left out: ${fault}`);

test.skipIf(fault !== null)(
  'three days without the archive lose, double and free nothing of 2,000 clips',
  { timeout: 600_000 },
  async () => {
    const site = await createSite({ policy: 'after-receipt', extra: ['volumes.reconcileIntervalMs=500'] });
    const engine = await Fauxqs.start();
    const network = await NetworkNamespace.open();
    const line = await FaultProxy.open(Number(new URL(engine.endpoint).port), network.address);
    const store = new ArchiveStore(engine, 'footage');
    await store.reader.makeBucket('footage');
    store.archiveOf(site, line.url, { idleTimeoutMs: 1000 });
    const truth: SourceClip[] = [];
    const random = seededRandom(3);
    const card = join(site.volumes, '1-1.1');
    await putClip(card, 'DCAM_FACTORY/device_identity.json', Buffer.from('{"device_id":"VOL0001"}'));
    for (let clip = 0; clip < clips; clip += 1) {
      truth.push(await putClip(card, `DCIM/clip-${clip}.dat`, seededBytes(random, 200 + (clip % 900))));
    }

    await network.cut();
    const clock = join(site.root, 'clock');
    await writeFile(clock, '+0d\n');
    const { parameters, environment, ...gateway } = gatewayCommand(site.assignments, null, 300_000);
    const inside = network.inside(gateway.command, parameters);
    const child = spawn(inside.command, inside.parameters, {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: {
        ...environment,
        LD_PRELOAD: otherClock,
        FAKETIME_TIMESTAMP_FILE: clock,
        FAKETIME_CACHE_DURATION: '1',
        FAKETIME_DONT_FAKE_MONOTONIC: '1',
      },
    });
    const ended = once(child, 'close');
    onTestFinished(async () => {
      child.kill('SIGKILL');
      await ended;
      await line.close();
      await network.close();
      store.close();
      await engine.stop();
      await site.remove();
    });

    await expect
      .poll(() => clipStates(site.store), { timeout: 250_000, interval: 500 })
      .toEqual({ sealed: clips });
    expect(line.connections).toBe(0);
    await writeFile(clock, '+3d\n');
    expect((await filesBelow(join(card, 'DCIM'))).length).toBe(clips);
    expect(await deadLetters(site.store)).toBe(0);

    await network.mend();
    await expect
      .poll(() => clipStates(site.store), { timeout: 250_000, interval: 500 })
      .toEqual({ released: clips });
    child.kill('SIGTERM');
    await ended;
    expect(await deadLetters(site.store)).toBe(0);
    await store.copyTo(site);
    await assertNothingFreedEarly(site, truth);
    await assertArchivedOnce(site, truth);
  },
);
