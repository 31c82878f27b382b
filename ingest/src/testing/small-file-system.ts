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

/** Mounts an exFAT file system from an image: it knows no hard links and no flags. Needs root, FUSE and exfat-fuse. */
function mountExfat(folder: string, sizeMiB: number): () => void {
  const image = `${folder}.img`;
  execFileSync('truncate', ['-s', `${sizeMiB}M`, image]);
  execFileSync('mkfs.exfat', [image], { stdio: 'ignore' });
  const device = execFileSync('losetup', ['--find', '--show', image], { encoding: 'utf8' }).trim();
  const undo = () => {
    execFileSync('losetup', ['--detach', device]);
    rmSync(image);
  };
  try {
    execFileSync('mount.exfat-fuse', [device, folder], { stdio: 'ignore' });
  } catch (error) {
    undo();
    throw error;
  }
  return () => {
    execFileSync('umount', [folder]);
    undo();
  };
}

/** Why exFAT cannot be mounted here, or `null` where it can. */
export const whyNoExfat: string | null = (() => {
  const folder = mkdtempSync(join(tmpdir(), 'docket-exfat-'));
  try {
    mountExfat(folder, 8)();
    return null;
  } catch (error) {
    return `exFAT cannot be mounted: ${String(error).split('\n')[0]}`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
})();

/** An exFAT file system of its own for the running test. */
export function exfatFileSystem(sizeMiB = 64): string {
  const folder = mkdtempSync(join(tmpdir(), 'docket-exfat-'));
  const unmount = mountExfat(folder, sizeMiB);
  onTestFinished(() => {
    unmount();
    rmSync(folder, { recursive: true });
  });
  return folder;
}
