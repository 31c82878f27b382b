/** A card with a bad spot: the kernel answers EIO in the middle of one clip (injected into the real system calls). */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openIndexReadOnly } from './harness/custody-check.ts';
import {
  archivedFile,
  createSite,
  type DockSite,
  exists,
  putClip,
  seededBytes,
  seededRandom,
} from './harness/dock-site.ts';
import { gatewayCommand } from './harness/run-gateway.ts';

const random = seededRandom(99);
let site: DockSite;
beforeAll(async () => {
  site = await createSite({ policy: 'after-receipt' });
});
afterAll(() => site.remove());

/** Why system calls cannot be traced here, or `null` where they can. */
function tracingFault(): string | null {
  try {
    execFileSync('strace', ['-o', '/dev/null', 'true'], { stdio: 'ignore' });
    return null;
  } catch (error) {
    return String(error);
  }
}

test.skipIf(tracingFault() !== null)(
  'a clip with a bad spot is set aside, shown and never freed; the others go on',
  { timeout: 120_000 },
  async () => {
    const card = join(site.root, 'card');
    const slot = join(site.volumes, '1-1.5');
    await putClip(card, 'DCAM_FACTORY/device_identity.json', Buffer.from('{"device_id":"VOL0008"}'));
    const good = [
      await putClip(card, 'DCIM/good-1.dat', seededBytes(random, 4_000_000)),
      await putClip(card, 'DCIM/good-2.dat', seededBytes(random, 9_000)),
    ];
    const bad = await putClip(card, 'DCIM/bad.dat', seededBytes(random, 5_000_000));
    await rename(card, slot);

    const { command, parameters, environment } = gatewayCommand(site.assignments, null, 6_000);
    const inject = ['-P', join(slot, bad.path), '-e', 'inject=pread64:error=EIO:when=3+'];
    const child = spawn('strace', ['-f', '-qq', '-o', '/dev/null', ...inject, command, ...parameters], {
      // One thread reads everything, so that the third read of the clip is the third of that thread.
      env: { ...environment, UV_THREADPOOL_SIZE: '1' },
      stdio: 'ignore',
    });
    const [code] = await once(child, 'close');
    expect(code).toBe(0);

    const index = await openIndexReadOnly(join(site.store, 'index.sqlite'));
    const clips = await index.all(
      'SELECT name, state, quarantine_reason, quarantine_detail FROM clip ORDER BY name',
    );
    await index.close();
    expect(clips.map(({ name, state, quarantine_reason: reason }) => [name, state, reason])).toEqual([
      ['bad.dat', 'unreadable', 'read-error'],
      ['good-1.dat', 'released', null],
      ['good-2.dat', 'released', null],
    ]);
    expect(String(clips[0]?.quarantine_detail)).toContain('at byte');
    expect(await exists(join(slot, bad.path))).toBe(true);
    for (const clip of good) expect(await exists(archivedFile(site.archive, clip.sha256))).toBe(true);
  },
);
