import { createHash } from 'node:crypto';
import { closeSync, constants, fsyncSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { blake3 } from '@napi-rs/blake-hash';
import { errnoOf } from '../errors.ts';
import type { SmallCopy, SmallCopyResult } from './hash-protocol.ts';
import { allocatePageAligned, chunkBytes, directAlignmentBytes } from './page-aligned-ring.ts';
import { sampleRanges } from './sample-ranges.ts';

let readBackBuffer: Uint8Array | undefined;

/**
 * Stores one clip that lies whole in a shared buffer: hash, write, fsync, read back past the page cache, hash again;
 * all with synchronous calls, for a worker. Touches only the store's disk, never the recorder, so that no bad medium
 * can hold up the workers.
 */
export function storeSmallCopy(copy: SmallCopy): SmallCopyResult {
  const chunk = new Uint8Array(copy.memory, copy.offsetBytes, chunkBytes);
  const content = chunk.subarray(0, copy.sizeBytes);
  const digests = {
    sha256: createHash('sha256').update(content).digest('hex'),
    blake3: blake3(content).toString('hex'),
    sampleBlake3: sampleOf(content),
  };
  writeWhole(copy.destination, chunk, copy.sizeBytes);
  const stored = readWhole(copy.destination, copy.sizeBytes);
  return {
    ...digests,
    readBack: stored.readBack,
    readBackBlake3: blake3(stored.content).toString('hex'),
    readBackBytes: stored.content.length,
  };
}

/** BLAKE3 over the sampled ranges of a clip that lies whole in memory. */
function sampleOf(content: Uint8Array): string {
  const parts = sampleRanges(content.length).map(({ startBytes, endBytes }) =>
    content.subarray(startBytes, endBytes),
  );
  return blake3(Buffer.concat(parts)).toString('hex');
}

function writeWhole(path: string, chunk: Uint8Array, lengthBytes: number): void {
  const { descriptor, isDirect } = openDirect(
    path,
    constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL,
  );
  try {
    const paddedBytes = isDirect
      ? Math.ceil(lengthBytes / directAlignmentBytes) * directAlignmentBytes
      : lengthBytes;
    chunk.fill(0, lengthBytes, paddedBytes);
    let writtenBytes = 0;
    while (writtenBytes < paddedBytes) {
      writtenBytes += writeSync(descriptor, chunk, writtenBytes, paddedBytes - writtenBytes, writtenBytes);
    }
    ftruncateSync(descriptor, lengthBytes);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function readWhole(
  path: string,
  expectedBytes: number,
): { readBack: 'media' | 'cache'; content: Uint8Array } {
  readBackBuffer ??= new Uint8Array(allocatePageAligned(chunkBytes + directAlignmentBytes));
  const { descriptor, isDirect } = openDirect(path, constants.O_RDONLY);
  try {
    // A leftover of the last clip must never pass for what the disk gave.
    readBackBuffer.fill(0, 0, expectedBytes);
    let filledBytes = 0;
    for (;;) {
      const room = readBackBuffer.length - filledBytes;
      const bytesRead = room === 0 ? 0 : readSync(descriptor, readBackBuffer, filledBytes, room, filledBytes);
      filledBytes += bytesRead;
      if (bytesRead === 0 || bytesRead % directAlignmentBytes !== 0) break;
    }
    return { readBack: isDirect ? 'media' : 'cache', content: readBackBuffer.subarray(0, filledBytes) };
  } finally {
    closeSync(descriptor);
  }
}

/** Opens with O_DIRECT where the file system allows. */
function openDirect(path: string, flags: number): { descriptor: number; isDirect: boolean } {
  try {
    return { descriptor: openSync(path, flags | constants.O_DIRECT, 0o640), isDirect: true };
  } catch (error) {
    if (errnoOf(error) !== 'EINVAL') throw error;
    return { descriptor: openSync(path, flags & ~constants.O_EXCL, 0o640), isDirect: false };
  }
}
