import { createHash } from 'node:crypto';
import { closeSync, constants, fsyncSync, ftruncateSync, readSync, writeSync } from 'node:fs';
import { blake3 } from '@napi-rs/blake-hash';
import { errnoOf } from '../errors.ts';
import { openDirectSync } from './direct-file.ts';
import type { HashFailure, SmallCopy, SmallCopyResult } from './hash-protocol.ts';
import { allocatePageAligned, chunkBytes, directAlignmentBytes } from './page-aligned-ring.ts';
import { sampleRanges } from './sample-digest.ts';

/** A clip up to this length is copied whole inside one worker: fewer crossings than it has bytes to show for. */
export const smallClipBytes = chunkBytes;

export class SmallCopyError extends Error {
  readonly failure: HashFailure;

  constructor(failure: HashFailure) {
    super(failure.message);
    this.failure = failure;
  }
}

let buffer: Uint8Array | undefined;

/**
 * Copies one small clip with synchronous calls: read, hash, write, fsync, read back past the page cache, hash.
 * Runs in a worker; throws SmallCopyError.
 */
export function copySmall(copy: SmallCopy): SmallCopyResult {
  buffer ??= new Uint8Array(allocatePageAligned(chunkBytes + directAlignmentBytes));
  const bytesRead = at('source', () => fill(copy.sourceDescriptor, copy.sizeBytes + 1));
  const content = buffer.subarray(0, bytesRead);
  const digests = {
    sha256: createHash('sha256').update(content).digest('hex'),
    blake3: blake3(content).toString('hex'),
    sampleBlake3: sampleOf(content),
  };
  at('destination', () => writeWhole(copy.destination, bytesRead));
  const { readBack, lengthBytes } = at('destination', () => readWhole(copy.destination));
  const readBackBlake3 = blake3(buffer.subarray(0, lengthBytes)).toString('hex');
  return { ...digests, bytesRead, readBack, readBackBlake3 };
}

/** BLAKE3 over the sampled ranges of a clip that lies whole in memory. */
function sampleOf(content: Uint8Array): string {
  const parts = sampleRanges(content.length).map(({ startBytes, endBytes }) =>
    content.subarray(startBytes, endBytes),
  );
  return blake3(Buffer.concat(parts)).toString('hex');
}

function fill(descriptor: number, limitBytes: number): number {
  const target = requireBuffer();
  let filledBytes = 0;
  while (filledBytes < limitBytes) {
    const bytesRead = readSync(descriptor, target, filledBytes, limitBytes - filledBytes, filledBytes);
    if (bytesRead === 0) break;
    filledBytes += bytesRead;
  }
  return filledBytes;
}

function writeWhole(path: string, lengthBytes: number): void {
  const source = requireBuffer();
  const { descriptor, isDirect } = openDirectSync(
    path,
    constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL,
  );
  try {
    const paddedBytes = isDirect
      ? Math.ceil(lengthBytes / directAlignmentBytes) * directAlignmentBytes
      : lengthBytes;
    source.fill(0, lengthBytes, paddedBytes);
    let writtenBytes = 0;
    while (writtenBytes < paddedBytes) {
      writtenBytes += writeSync(descriptor, source, writtenBytes, paddedBytes - writtenBytes, writtenBytes);
    }
    ftruncateSync(descriptor, lengthBytes);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function readWhole(path: string): { readBack: 'media' | 'cache'; lengthBytes: number } {
  const { descriptor, isDirect } = openDirectSync(path, constants.O_RDONLY);
  try {
    const target = requireBuffer();
    target.fill(0);
    const lengthBytes = fill(descriptor, target.length);
    return { readBack: isDirect ? 'media' : 'cache', lengthBytes };
  } finally {
    closeSync(descriptor);
  }
}

function requireBuffer(): Uint8Array {
  if (buffer === undefined) throw new Error('the copy buffer is made before it is used');
  return buffer;
}

function at<Result>(place: HashFailure['at'], work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new SmallCopyError({ at: place, code: errnoOf(error), message });
  }
}
