import { execFile } from 'node:child_process';
import { access, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const disks = '/sys/dev/block';

/**
 * Whether the disk of a mounted file system is gone: the mount then stays, and answers from what the kernel remembers.
 * `device` is `st_dev` of the mount. A file system without a disk of its own (FUSE) is judged by the source it names.
 */
export async function isPhantomMount(directory: string, device: bigint): Promise<boolean> {
  const major = ((device >> 8n) & 0xfffn) | ((device >> 32n) & ~0xfffn);
  const minor = (device & 0xffn) | ((device >> 12n) & ~0xffn);
  if (major !== 0n) {
    // Where the kernel shows no disks at all, none can be missed.
    return !(await isGone(disks)) && isGone(`${disks}/${major}:${minor}`);
  }
  const source = await sourceOf(directory);
  return source.startsWith('/dev/') && isGone(source);
}

/** Takes a dead mount out of the tree of folders, whoever still holds it open. Throws without the privilege. */
export async function unmountPhantom(directory: string): Promise<void> {
  await promisify(execFile)('umount', ['--lazy', directory]);
}

async function isGone(path: string): Promise<boolean> {
  return access(path).then(
    () => false,
    (error: NodeJS.ErrnoException) => error.code === 'ENOENT',
  );
}

/** What the last mount on a folder was made from (proc(5), mountinfo); empty where none is there. */
async function sourceOf(directory: string): Promise<string> {
  const lines = (await readFile('/proc/self/mountinfo', 'utf8')).split('\n');
  const found = lines.map((line) => line.split(' ')).findLast((fields) => unescaped(fields[4]) === directory);
  // Optional fields stand between the sixth and a lone hyphen; type and source follow it.
  return unescaped(found?.[found.indexOf('-', 6) + 2]);
}

/** Spaces, tabs, line feeds and backslashes are written in octal. */
function unescaped(field: string | undefined): string {
  return (field ?? '').replace(/\\([0-7]{3})/gu, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
}
