import type { HashPool } from '../../pull/hash-pool.ts';
import { borrowRing, type Chunk, chunkBytes, returnRing } from '../../pull/page-aligned-ring.ts';
import type { ContentDigest } from '../archive-target.ts';
import type { S3Client } from './s3-client.ts';
import { type StoredVersion, versionQuery } from './stored-version.ts';

/** Reads a stored version whole and hashes it; keeps nothing. */
export async function readBackVersion(
  client: S3Client,
  { bucket, key, versionId }: Pick<StoredVersion, 'bucket' | 'key' | 'versionId'>,
  pool: HashPool,
  signal: AbortSignal,
): Promise<ContentDigest & { at: Date }> {
  const ring = borrowRing();
  const job = pool.open('sha256', ring.memory);
  const updates: Promise<void>[] = [];
  let sizeBytes = 0;
  let chunk: Chunk | null = null;
  let filledBytes = 0;
  const hash = (filled: Chunk, lengthBytes: number) => {
    const update = job.update(filled.offsetBytes, lengthBytes).finally(() => ring.release(filled));
    update.catch(() => {});
    updates.push(update);
  };
  const take = async (piece: Buffer): Promise<void> => {
    sizeBytes += piece.length;
    for (let taken = 0; taken < piece.length; ) {
      chunk ??= await ring.acquire();
      const lengthBytes = Math.min(piece.length - taken, chunkBytes - filledBytes);
      chunk.bytes.set(piece.subarray(taken, taken + lengthBytes), filledBytes);
      taken += lengthBytes;
      filledBytes += lengthBytes;
      if (filledBytes < chunkBytes) continue;
      hash(chunk, filledBytes);
      chunk = null;
      filledBytes = 0;
    }
  };
  try {
    const { serverTime } = await client.call(
      { method: 'GET', bucket, key, query: versionQuery(versionId), sink: take },
      signal,
    );
    if (chunk !== null) hash(chunk, filledBytes);
    await Promise.all(updates);
    const { sha256 } = await job.finish();
    returnRing(ring);
    return { sha256, sizeBytes, at: serverTime };
  } finally {
    job.abandon();
  }
}
