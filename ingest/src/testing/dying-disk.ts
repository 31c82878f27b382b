import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

/** An ext4 file system from an image, which can be made to fail while it is written to. Needs root and loop devices. */
export class DyingDisk {
  readonly folder = mkdtempSync(join(tmpdir(), 'docket-dying-'));
  readonly #image = `${this.folder}.img`;

  private constructor() {
    execFileSync('truncate', ['-s', '64M', this.#image]);
    execFileSync('mkfs.ext4', ['-q', this.#image]);
  }

  static make(): DyingDisk {
    const disk = new DyingDisk();
    try {
      disk.mount();
      return disk;
    } catch (error) {
      disk.remove();
      throw error;
    }
  }

  mount(): void {
    execFileSync('mount', ['-o', 'loop,errors=remount-ro', this.#image, this.folder], { stdio: 'pipe' });
  }

  unmount(): void {
    execFileSync('umount', [this.folder], { stdio: 'pipe' });
  }

  /** From now on every write and flush fails with EIO, as when a disk is pulled. */
  pull(): void {
    execFileSync('xfs_io', ['-x', '-c', 'shutdown', this.folder], { stdio: 'pipe' });
  }

  /** The kernel finds a fault and makes it read-only under its users: EROFS. */
  findFault(): void {
    const device = basename(
      execFileSync('findmnt', ['-n', '-o', 'SOURCE', this.folder], { encoding: 'utf8' }).trim(),
    );
    writeFileSync(`/sys/fs/ext4/${device}/trigger_fs_error`, 'docket-test');
  }

  remove(): void {
    try {
      this.unmount();
    } catch {
      // It is not mounted.
    }
    rmSync(this.folder, { recursive: true, force: true });
    rmSync(this.#image, { force: true });
  }
}

/** Why disks cannot be made to fail here, or `null` where they can. */
export const whyNoDyingDisk: string | null = (() => {
  try {
    const disk = DyingDisk.make();
    try {
      disk.pull();
      disk.unmount();
      disk.mount();
      disk.findFault();
      return null;
    } finally {
      disk.remove();
    }
  } catch (error) {
    return `no disk can be made to fail: ${String(error).split('\n')[0]}`;
  }
})();
