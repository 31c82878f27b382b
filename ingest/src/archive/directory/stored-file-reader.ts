import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { ClipReader } from '@docket/device-protocol';
import { ArchiveRefusal } from '../archive-refusal.ts';
import type { ContentDigest } from '../archive-target.ts';

/** Reads a file of the store the way a clip on a recorder is read. Whatever is wrong with it is the clip's fault. */
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

  /** Throws ArchiveRefusal `clip-damaged` where it is not there, or not of its length. */
  static async open({ file, sizeBytes }: ContentDigest & { file: string }): Promise<StoredFileReader> {
    const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW).catch((error: unknown) => {
      throw damaged(file, error);
    });
    try {
      const { size } = await handle.stat();
      if (size !== sizeBytes) throw damaged(file, `it has ${size} bytes, not ${sizeBytes}`);
      return new StoredFileReader(file, handle, size);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  async read(into: Uint8Array, positionBytes: number, signal: AbortSignal): Promise<number> {
    let filledBytes = 0;
    while (filledBytes < into.length) {
      signal.throwIfAborted();
      const bytesRead = await this.#readOnce(into, filledBytes, positionBytes);
      if (bytesRead === 0) throw damaged(this.#path, `it ended at byte ${positionBytes + filledBytes}`);
      filledBytes += bytesRead;
    }
    return filledBytes;
  }

  async #readOnce(into: Uint8Array, from: number, positionBytes: number): Promise<number> {
    try {
      const { bytesRead } = await this.#handle.read(into, from, into.length - from, positionBytes + from);
      return bytesRead;
    } catch (error) {
      throw damaged(this.#path, error);
    }
  }

  async assertUnchanged(): Promise<void> {
    const { size } = await this.#handle.stat();
    if (size !== this.sizeBytes) throw damaged(this.#path, 'it changed while it was read');
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

function damaged(path: string, why: unknown): ArchiveRefusal {
  const detail = why instanceof Error ? why.message : String(why);
  return new ArchiveRefusal('clip-damaged', `${path} is not what was pulled: ${detail}`, {
    ...(why instanceof Error ? { cause: why } : {}),
  });
}
