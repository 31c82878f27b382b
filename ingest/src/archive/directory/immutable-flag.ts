import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ArchiveRefusal } from '../archive-refusal.ts';

const run = promisify(execFile);

/** chattr and lsattr answer at once, or hang with the file system they ask. */
const toolTimeoutMs = 30_000;

/**
 * Makes a file immutable (`chattr +i`: FS_IMMUTABLE_FL by FS_IOC_SETFLAGS, ioctl_iflags(2)) and reads that back. Throws
 * ArchiveRefusal `not-kept` where the file system cannot, or we may not (CAP_LINUX_IMMUTABLE).
 */
export async function makeImmutable(path: string): Promise<void> {
  await tool('chattr', ['+i', path]);
  if (await isImmutable(path)) return;
  throw new ArchiveRefusal('not-kept', `${path} was made immutable, and is not`);
}

/** Takes the flag off; for a removal under a warrant. */
export async function makeMutable(path: string): Promise<void> {
  await tool('chattr', ['-i', path]);
}

export async function isImmutable(path: string): Promise<boolean> {
  const answer = await tool('lsattr', ['-d', path]);
  return answer.split(' ')[0]?.includes('i') === true;
}

async function tool(name: 'chattr' | 'lsattr', parameters: string[]): Promise<string> {
  try {
    const { stdout } = await run(name, parameters, {
      timeout: toolTimeoutMs,
      env: { PATH: process.env.PATH },
    });
    return stdout;
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
    const detail = said === '' ? String(error) : said;
    throw new ArchiveRefusal('not-kept', `the immutable flag cannot be had: ${detail}`, { cause: error });
  }
}
