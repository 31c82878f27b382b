import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { errnoOf } from '../errors.ts';
import { type Chunk, directAlignmentBytes } from './page-aligned-ring.ts';

/** Flushed this often where the file system has no O_DIRECT, so that no backlog of dirty pages builds up. */
const bufferedSyncBytes = 32 * 1024 * 1024;

/** True where a file system takes O_DIRECT at opening; some refuse only the first write. */
function refusesDirect(error: unknown): boolean {
  return errnoOf(error) === 'EINVAL';
}

/**
 * Writes one new file in whole chunks, past the page cache where the file system allows. The file must not exist.
 * Chunks may be written in any order; only the last may be shorter.
 */
export class DirectFileWriter {
  readonly path: string;
  #handle: FileHandle;
  #isDirect: boolean;
  #unsyncedBytes = 0;
  #reopening: Promise<void> | null = null;

  private constructor(path: string, handle: FileHandle, isDirect: boolean) {
    this.path = path;
    this.#handle = handle;
    this.#isDirect = isDirect;
  }

  static async create(path: string): Promise<DirectFileWriter> {
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;
    try {
      return new DirectFileWriter(path, await open(path, flags | constants.O_DIRECT, 0o640), true);
    } catch (error) {
      if (!refusesDirect(error)) throw error;
      // The file may have been made before the flag was refused; it is ours, made a moment ago.
      return new DirectFileWriter(
        path,
        await open(path, constants.O_WRONLY | constants.O_CREAT, 0o640),
        false,
      );
    }
  }

  /** Opens a file that a writer began. What stands in it stays; its length must be a multiple of the alignment. */
  static async reopen(path: string): Promise<DirectFileWriter> {
    try {
      return new DirectFileWriter(path, await open(path, constants.O_WRONLY | constants.O_DIRECT), true);
    } catch (error) {
      if (!refusesDirect(error)) throw error;
      return new DirectFileWriter(path, await open(path, constants.O_WRONLY), false);
    }
  }

  async write(chunk: Chunk, lengthBytes: number, positionBytes: number): Promise<void> {
    if (!this.#isDirect) return this.#writeBuffered(chunk, lengthBytes, positionBytes);
    const paddedBytes = Math.ceil(lengthBytes / directAlignmentBytes) * directAlignmentBytes;
    chunk.bytes.fill(0, lengthBytes, paddedBytes);
    try {
      await writeFully(this.#handle, chunk.bytes.subarray(0, paddedBytes), positionBytes);
    } catch (error) {
      if (!refusesDirect(error)) throw error;
      this.#reopening ??= this.#reopenBuffered();
      await this.#reopening;
      await this.#writeBuffered(chunk, lengthBytes, positionBytes);
    }
  }

  async #writeBuffered(chunk: Chunk, lengthBytes: number, positionBytes: number): Promise<void> {
    await writeFully(this.#handle, chunk.bytes.subarray(0, lengthBytes), positionBytes);
    this.#unsyncedBytes += lengthBytes;
    if (this.#unsyncedBytes < bufferedSyncBytes) return;
    this.#unsyncedBytes = 0;
    await this.#handle.datasync();
  }

  async #reopenBuffered(): Promise<void> {
    const direct = this.#handle;
    this.#handle = await open(this.path, constants.O_WRONLY);
    this.#isDirect = false;
    await direct.close();
  }

  /** Cuts the padding of the last chunk and makes the file durable. */
  async finish(sizeBytes: number): Promise<void> {
    await this.#handle.truncate(sizeBytes);
    await this.#handle.sync();
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

async function writeFully(handle: FileHandle, bytes: Uint8Array, positionBytes: number): Promise<void> {
  let writtenBytes = 0;
  while (writtenBytes < bytes.length) {
    const { bytesWritten } = await handle.write(
      bytes,
      writtenBytes,
      bytes.length - writtenBytes,
      positionBytes + writtenBytes,
    );
    writtenBytes += bytesWritten;
  }
}

/** A file opened for reading, and whether reads go past the page cache. */
export interface DirectRead {
  handle: FileHandle;
  readBack: 'media' | 'cache';
}

/** Opens a stored file for reading back, past the page cache where the file system allows. */
export async function openForReadBack(path: string): Promise<DirectRead> {
  try {
    return { handle: await open(path, constants.O_RDONLY | constants.O_DIRECT), readBack: 'media' };
  } catch (error) {
    if (!refusesDirect(error)) throw error;
    return { handle: await open(path, constants.O_RDONLY), readBack: 'cache' };
  }
}
