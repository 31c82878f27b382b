import { randomFillSync } from 'node:crypto';
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';

const blockBytes = 1024 * 1024;

/** Writes clips of random bytes into a new folder; they stay in the page cache. */
export async function makeClips(folder: string, count: number, sizeBytes: number): Promise<void> {
  await mkdir(folder);
  for (let number = 0; number < count; number += 1) {
    await makeClip(join(folder, `CLIP${String(number).padStart(5, '0')}.MP4`), sizeBytes);
  }
}

async function makeClip(path: string, sizeBytes: number): Promise<void> {
  const handle = await open(path, 'wx');
  try {
    const block = Buffer.allocUnsafe(Math.min(blockBytes, sizeBytes));
    for (let written = 0; written < sizeBytes; written += block.length) {
      await handle.writeFile(randomFillSync(block).subarray(0, sizeBytes - written));
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
}
