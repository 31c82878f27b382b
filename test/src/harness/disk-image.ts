import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** An ext4 file system in a file, mounted over a loop device. Needs root. */
export class DiskImage {
  readonly file: string;
  readonly mountPoint: string;

  constructor(file: string, mountPoint: string) {
    this.file = file;
    this.mountPoint = mountPoint;
  }

  async format(sizeMiB: number): Promise<void> {
    await run('truncate', ['-s', `${sizeMiB}M`, this.file]);
    await run('mkfs.ext4', ['-q', '-F', this.file]);
  }

  async mount(): Promise<void> {
    await mkdir(this.mountPoint, { recursive: true });
    await run('mount', ['-o', 'loop', this.file, this.mountPoint]);
  }

  async unmount(): Promise<void> {
    await run('umount', [this.mountPoint]);
  }

  /** The disk as it stands now, without what only the page cache of its file system holds. */
  async copyAsItStands(target: string): Promise<void> {
    await run('cp', ['--sparse=always', this.file, target]);
  }
}

/** Why loop mounts cannot be made here, or `null` where they can. */
export async function loopMountFault(folder: string): Promise<string | null> {
  const image = new DiskImage(`${folder}/probe.img`, `${folder}/probe`);
  try {
    await image.format(16);
    await image.mount();
    await image.unmount();
    return null;
  } catch (error) {
    return `no loop mounts here: ${String(error).split('\n')[0]}`;
  }
}
