import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { ClipReader } from '@docket/device-protocol';
import { IngestError } from '../../errors.ts';

/** Reads a file of the store the way a clip on a recorder is read. */
export class StoredFileReader implements ClipReader {
  readonly sizeBytes: number;
  readonly pieceBytes = Number.MAX_SAFE_INTEGER;
  readonly #handle: FileHandle;
  readonly #path: string;

  private constructor(path: string, handle: FileHandle, sizeBytes: number) {
    this.#path = path;
    this.#handle = handle;
    this.sizeBytes = sizeBytes;
  }

  static async open(path: string): Promise<StoredFileReader> {
    const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
    const { size } = await handle.stat();
    return new StoredFileReader(path, handle, size);
  }

  async read(into: Uint8Array, positionBytes: number, signal: AbortSignal): Promise<number> {
    let filledBytes = 0;
    while (filledBytes < into.length) {
      signal.throwIfAborted();
      const { bytesRead } = await this.#handle.read(
        into,
        filledBytes,
        into.length - filledBytes,
        positionBytes + filledBytes,
      );
      if (bytesRead === 0) break;
      filledBytes += bytesRead;
    }
    return filledBytes;
  }

  async assertUnchanged(): Promise<void> {
    const { size } = await this.#handle.stat();
    if (size !== this.sizeBytes)
      throw new IngestError('STORE_FAILED', `${this.#path} changed while it was read`);
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}
