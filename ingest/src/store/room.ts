import { statfs } from 'node:fs/promises';
import { IngestError } from '../errors.ts';

export interface Room {
  freeBytes: number;
  totalBytes: number;
}

/** Space on the disk a path lies on, as an unprivileged writer sees it. */
export async function roomAt(path: string): Promise<Room> {
  const stats = await statfs(path);
  return { freeBytes: stats.bavail * stats.bsize, totalBytes: stats.blocks * stats.bsize };
}

/**
 * Space promised to clips under way, so that many slots do not each count the same free bytes, and a reserve that
 * stays free for the index.
 */
export class RoomKeeper {
  readonly #path: string;
  readonly #reserveBytes: number;
  #promisedBytes = 0;

  constructor(path: string, reserveBytes: number) {
    this.#path = path;
    this.#reserveBytes = reserveBytes;
  }

  /** Promises room; the returned function gives it back once written or given up. Throws IngestError STORE_FULL. */
  async promise(sizeBytes: number): Promise<() => void> {
    const { freeBytes } = await roomAt(this.#path);
    const neededBytes = this.#promisedBytes + this.#reserveBytes + sizeBytes;
    if (freeBytes < neededBytes) {
      throw new IngestError(
        'STORE_FULL',
        `the store has ${freeBytes} bytes free; ${sizeBytes} for the clip, ${this.#promisedBytes} for clips under way and ${this.#reserveBytes} in reserve are needed`,
      );
    }
    this.#promisedBytes += sizeBytes;
    let isHeld = true;
    return () => {
      if (isHeld) this.#promisedBytes -= sizeBytes;
      isHeld = false;
    };
  }
}
