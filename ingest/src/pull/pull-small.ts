import type { ClipReader } from '@docket/device-protocol';
import type { HashPool } from './hash-pool.ts';
import { borrowRing, chunkBytes, returnRing } from './page-aligned-ring.ts';
import { type PulledFile, type PullOptions, readChunk } from './pull-stream.ts';

/**
 * A clip up to this length is stored by one worker at one go: fewer crossings, fewer calls. It fits one buffer, and is
 * short enough that a worker which waits for the disk does not hold up the streams of other slots for long.
 */
export const smallClipBytes = chunkBytes / 2;

export interface PulledSmallFile {
  copied: PulledFile;
  /** The file as read back from the store's disk. */
  stored: { blake3: string; sizeBytes: number; readBack: 'media' | 'cache' };
}

/** Pulls a clip of at most `smallClipBytes`; as `pullStream`, with the read-back included. */
export async function pullSmall(
  reader: ClipReader,
  destination: string,
  pool: HashPool,
  options: PullOptions,
): Promise<PulledSmallFile> {
  const { sizeBytes } = reader;
  const ring = borrowRing();
  const chunk = await ring.acquire();
  if (sizeBytes > 0) await readChunk(reader, chunk, 0, options);
  await reader.assertUnchanged();
  const { memory } = ring;
  const copied = await pool.storeSmall({ memory, offsetBytes: chunk.offsetBytes, sizeBytes, destination });
  ring.release(chunk);
  returnRing(ring);
  const { sha256, blake3, sampleBlake3, readBack, readBackBlake3, readBackBytes } = copied;
  return {
    copied: { sizeBytes, sha256, blake3, sampleBlake3 },
    stored: { blake3: readBackBlake3, sizeBytes: readBackBytes, readBack },
  };
}
