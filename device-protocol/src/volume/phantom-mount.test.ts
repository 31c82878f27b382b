import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { isPhantomMount, unmountPhantom } from './phantom-mount.ts';
import { watchVolumes } from './volume-watch.ts';

/** A folder of slots with one file system in it, which says that it was made from `source`. */
function slotsWith(source: string) {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'docket phantom-')));
  const slot = join(directory, '1-1');
  mkdirSync(slot);
  onTestFinished(() => {
    execFileSync('sh', ['-c', 'umount --lazy "$0" 2>/dev/null; true', slot]);
    rmSync(directory, { recursive: true });
  });
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', source, slot]);
  return { directory, slot, device: () => statSync(slot, { bigint: true }).dev };
}

const whyNoMounts = (() => {
  try {
    execFileSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'docket-test', '/mnt'], { stdio: 'pipe' });
    return null;
  } catch (error) {
    return `mount is not permitted: ${String(error)}`;
  }
})();

test.skipIf(whyNoMounts !== null)(
  'a mount whose disk is gone is a phantom; one without a disk is none',
  async () => {
    const dead = slotsWith('/dev/docket-no-such-disk');
    expect(await isPhantomMount(dead.slot, dead.device())).toBe(true);
    const whole = slotsWith('docket-test');
    expect(await isPhantomMount(whole.slot, whole.device())).toBe(false);
    const onDisk = slotsWith('/dev/null');
    expect(await isPhantomMount(onDisk.slot, onDisk.device())).toBe(false);
  },
);

test('a disk that the kernel does not know is gone, one that it knows is there', async () => {
  const [first] = readdirSync('/sys/dev/block');
  if (first === undefined) return;
  const [major, minor] = first.split(':').map(BigInt);
  expect(await isPhantomMount('/', ((major ?? 0n) << 8n) | (minor ?? 0n))).toBe(false);
  expect(await isPhantomMount('/', 0xffe0fn)).toBe(true);
});

test.skipIf(whyNoMounts !== null)('a phantom is no recorder: it is told, and can be taken away', async () => {
  const { directory, slot } = slotsWith('/dev/docket-no-such-disk');
  const phantoms: string[] = [];
  const stop = new AbortController();
  const source = watchVolumes({
    directory,
    reconcileIntervalMs: 10,
    onPhantom: (found) => {
      phantoms.push(found);
    },
  });
  const looks: number[] = [];
  const next = source
    .watch(stop.signal, () => {
      looks.push(looks.length);
      if (looks.length === 3) stop.abort();
    })
    [Symbol.asyncIterator]()
    .next();
  expect(await next).toEqual({ done: true, value: undefined });
  expect(phantoms).toEqual([slot]);
  await unmountPhantom(slot);
  expect(statSync(slot).dev).toBe(statSync(directory).dev);
});
