import type { ClipReader } from '@docket/device-protocol';
import type { HashPool } from './hash-pool.ts';
import type { DigestChoice, Digests } from './hash-protocol.ts';
import { borrowRing, returnRing } from './page-aligned-ring.ts';
import { type ReadOptions, readChunk } from './pull-stream.ts';

/** Reads a clip on a recorder whole and hashes it, writing nothing. */
export async function digestReader(
  reader: ClipReader,
  digests: DigestChoice,
  pool: HashPool,
  options: ReadOptions,
): Promise<Digests> {
  const ring = borrowRing();
  const job = pool.open(digests, ring.memory);
  try {
    const updates: Promise<void>[] = [];
    for (let position = 0; position < reader.sizeBytes; ) {
      const chunk = await ring.acquire();
      const lengthBytes = await readChunk(reader, chunk, position, options);
      const update = job.update(chunk.offsetBytes, lengthBytes).finally(() => ring.release(chunk));
      update.catch(() => {});
      updates.push(update);
      position += lengthBytes;
    }
    await Promise.all(updates);
    await reader.assertUnchanged();
    const digested = await job.finish();
    returnRing(ring);
    return digested;
  } finally {
    job.abandon();
  }
}
