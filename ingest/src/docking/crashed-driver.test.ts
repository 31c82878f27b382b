/** A driver that runs in a process of its own, and what is left of a docking when that process ends. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isolatedDriver } from '@docket/device-protocol/transport';
import { expect, test } from 'vitest';
import { TestDock } from '../testing/test-dock.ts';

const driver = isolatedDriver({ choice: { driver: 'volume' } });
const clipBytes = 24 * 1024 * 1024;

function killChild(): void {
  const [child] = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8').split(' ');
  process.kill(Number(child), 'SIGKILL');
}

test('kill -9 of the driver in mid-copy ends that docking, says so, and the next one takes everything', async () => {
  const dock = await TestDock.open();
  const names = ['a.mp4', 'b.mp4', 'c.mp4'];
  for (const name of names) await writeFile(join(dock.card, name), randomBytes(clipBytes));

  let isKilled = false;
  const broken = await dock.dock({
    driver,
    until: ({ progress }) => {
      // In the middle of the second clip.
      if (!isKilled && progress.bytesDone > 1.5 * clipBytes) {
        isKilled = true;
        killChild();
      }
      return false;
    },
  });
  expect(broken.issue).toMatchObject({ code: 'driver-crashed', detail: expect.stringContaining('SIGKILL') });
  expect(broken.last).toMatchObject({ phase: 'failed', safeToUndock: false });
  expect((await dock.clip('a.mp4')).state).toBe('sealed');
  expect((await dock.clip('c.mp4')).state).toBe('listed');

  const whole = await dock.dock({ driver });
  expect(whole.issue).toBeNull();
  expect(whole.last).toMatchObject({ phase: 'safe', safeToUndock: true });
  for (const name of names) {
    const { clipId, state } = await dock.clip(name);
    expect(state).toBe('sealed');
    const stored = await readFile(dock.ingest.layout.mediaFile(clipId, name));
    expect(stored.equals(await readFile(join(dock.card, name)))).toBe(true);
  }
});
