import { runCommand } from './run-command.ts';

const forgetScript =
  'find "$1" -type f -print0 | xargs -0 -I{} dd of={} oflag=nocache conv=notrunc,fdatasync count=0 status=none';
const countScript = 'find "$1" -type f -print0 | xargs -0 fincore --bytes --noheadings --output RES';

/**
 * Makes the kernel forget the cached pages of all files in a folder, so that the next reading comes from the disk.
 * Resolves with the bytes still cached, which should be 0.
 */
export async function dropCache(folder: string): Promise<number> {
  await runCommand(['sh', '-ec', forgetScript, 'sh', folder]);
  const counts = await runCommand(['sh', '-ec', countScript, 'sh', folder]);
  return counts
    .split('\n')
    .map(Number)
    .reduce((sum, bytes) => sum + bytes, 0);
}
