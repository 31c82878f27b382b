import type { FileHandle } from 'node:fs/promises';
import { openForReadBack } from './direct-file.ts';
import type { HashJob, HashPool } from './hash-pool.ts';
import type { DigestChoice, Digests } from './hash-protocol.ts';
import { borrowRing, chunkBytes, type PageAlignedRing, returnRing } from './page-aligned-ring.ts';

export interface ReadBack extends Digests {
  sizeBytes: number;
  /** `media`: read past the page cache; `cache`: the file system does not allow that. */
  readBack: 'media' | 'cache';
}

/** Reads a stored file from its disk, past the page cache where possible, and hashes it. */
export async function readBackFile(
  path: string,
  digests: DigestChoice,
  pool: HashPool,
  signal?: AbortSignal,
): Promise<ReadBack> {
  const { handle, readBack } = await openForReadBack(path);
  try {
    const { size: sizeBytes } = await handle.stat();
    const ring = borrowRing();
    const job = pool.open(digests, ring.memory);
    try {
      await hashFile(handle, sizeBytes, { ring, job, signal });
      const digested = await job.finish();
      returnRing(ring);
      return { ...digested, sizeBytes, readBack };
    } finally {
      job.abandon();
    }
  } finally {
    await handle.close();
  }
}

export interface FileHashing {
  ring: PageAlignedRing;
  job: HashJob;
  signal?: AbortSignal | undefined;
  /** Called with each piece, in order, before its place in the ring is used again. */
  onPiece?(bytes: Uint8Array, positionBytes: number): void;
}

/**
 * Feeds a hash with the first bytes of an open file, reading on while the last piece is hashed. Resolves to how many there
 * were, which is less than asked for where the file is shorter.
 */
export async function hashFile(
  handle: FileHandle,
  sizeBytes: number,
  { ring, job, signal, onPiece }: FileHashing,
): Promise<number> {
  const updates: Promise<void>[] = [];
  let position = 0;
  while (position < sizeBytes) {
    signal?.throwIfAborted();
    const chunk = await ring.acquire();
    // Whole chunks are read: past the page cache, shorter ones cannot be.
    const { bytesRead } = await handle.read(chunk.bytes, 0, chunkBytes, position);
    if (bytesRead === 0) break;
    const lengthBytes = Math.min(bytesRead, sizeBytes - position);
    onPiece?.(chunk.bytes.subarray(0, lengthBytes), position);
    position += lengthBytes;
    const update = job.update(chunk.offsetBytes, lengthBytes).finally(() => ring.release(chunk));
    update.catch(() => {});
    updates.push(update);
  }
  await Promise.all(updates);
  return position;
}
