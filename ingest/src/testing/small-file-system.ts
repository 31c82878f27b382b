import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** Mounts an empty file system in memory on a folder. Throws where the machine does not permit it. */
export function mountInMemory(folder: string, size: string): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=755`, 'docket-test', folder]);
}

/** Takes a mount away from under its users, as pulling the plug does. */
export function unmountAtOnce(folder: string): void {
  execFileSync('umount', ['--lazy', folder]);
}

/** Why file systems cannot be mounted here, or `null` where they can. */
export const whyNoMounts: string | null = (() => {
  const folder = mkdtempSync(join(tmpdir(), 'docket-mount-'));
  try {
    mountInMemory(folder, '64k');
    unmountAtOnce(folder);
    return null;
  } catch (error) {
    return `mount is not permitted: ${String(error)}`;
  } finally {
    rmSync(folder, { recursive: true });
  }
})();

/** A file system of its own for the running test, with room for `size` bytes (as mount reads it, e.g. `4m`). */
export function smallFileSystem(size: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'docket-small-'));
  mountInMemory(folder, size);
  onTestFinished(() => {
    unmountAtOnce(folder);
    rmSync(folder, { recursive: true });
  });
  return folder;
}

/** A file system of its own that refuses O_DIRECT: what is read back from it comes from the cache alone. */
export function fileSystemWithoutDirect(): string {
  const folder = mkdtempSync(join(tmpdir(), 'docket-cached-'));
  execFileSync('mount', ['-t', 'ramfs', 'docket-test', folder]);
  onTestFinished(() => {
    unmountAtOnce(folder);
    rmSync(folder, { recursive: true });
  });
  return folder;
}
