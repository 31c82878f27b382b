import type { FileHandle } from 'node:fs/promises';
import type { ClipReader } from '@docket/device-protocol';
import { errnoOf } from '../../errors.ts';
import { openForReadBack } from '../../pull/direct-file.ts';
import { borrowRing, chunkBytes, returnRing } from '../../pull/page-aligned-ring.ts';

/**
 * How much of an unfinished file is the beginning of the clip, by reading both and not by its length: a stop may leave holes
 * and padding. In whole pieces; 0 where there is no such file.
 */
export async function soundPrefixBytes(
  unfinished: string,
  media: ClipReader,
  signal: AbortSignal,
): Promise<number> {
  const opened = await openForReadBack(unfinished).catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT') return null;
    throw error;
  });
  if (opened === null) return 0;
  const { handle } = opened;
  try {
    return await samePieces(handle, media, signal);
  } finally {
    await handle.close();
  }
}

async function samePieces(handle: FileHandle, media: ClipReader, signal: AbortSignal): Promise<number> {
  const ring = borrowRing();
  const [there, here] = [await ring.acquire(), await ring.acquire()];
  let sameBytes = 0;
  while (sameBytes + chunkBytes <= media.sizeBytes) {
    const { bytesRead } = await handle.read(there.bytes, 0, chunkBytes, sameBytes);
    if (bytesRead < chunkBytes) break;
    await media.read(here.bytes, sameBytes, signal);
    if (Buffer.compare(there.bytes, here.bytes) !== 0) break;
    sameBytes += chunkBytes;
  }
  ring.release(there);
  ring.release(here);
  returnRing(ring);
  return sameBytes;
}
