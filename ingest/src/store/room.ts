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

/** Room that is promised to one copy. */
export interface PromisedRoom {
  /** So much of it is written, and is counted by the disk itself from now on. */
  written(bytes: number): void;
  /** What was not written is free again. */
  giveBack(): void;
}

/** What each live recording may still write when pulling has stopped: some minutes of it, in which room is made. */
const liveHeadroomBytes = 256 * 1024 * 1024;

/**
 * Space promised to clips under way, so that many slots do not each count the same free bytes, and a reserve that
 * stays free for the index. Live footage goes first: it comes once, and a docked recorder can wait.
 */
export class RoomKeeper {
  readonly #path: string;
  readonly #reserveBytes: number;
  #promisedBytes = 0;
  #liveRecordings = 0;

  constructor(path: string, reserveBytes: number) {
    this.#path = path;
    this.#reserveBytes = reserveBytes;
  }

  /** Promises room for a clip that is pulled. Throws IngestError STORE_FULL. */
  async promise(sizeBytes: number): Promise<PromisedRoom> {
    const { freeBytes } = await roomAt(this.#path);
    const liveBytes = this.#liveRecordings * liveHeadroomBytes;
    if (freeBytes < this.#promisedBytes + this.#reserveBytes + liveBytes + sizeBytes) {
      throw new IngestError(
        'STORE_FULL',
        `the store has ${freeBytes} bytes free; ${sizeBytes} for the clip, ${this.#promisedBytes} for clips under way, ${liveBytes} for live footage and ${this.#reserveBytes} in reserve are needed`,
      );
    }
    this.#promisedBytes += sizeBytes;
    let leftBytes = sizeBytes;
    const lessen = (bytes: number) => {
      const lessBytes = Math.min(bytes, leftBytes);
      leftBytes -= lessBytes;
      this.#promisedBytes -= lessBytes;
    };
    return { written: lessen, giveBack: () => lessen(leftBytes) };
  }

  /** Makes sure of room for live footage, whatever is promised to clips. Throws IngestError STORE_FULL. */
  async assertRoomForLive(sizeBytes: number): Promise<void> {
    const { freeBytes } = await roomAt(this.#path);
    if (freeBytes >= this.#reserveBytes + sizeBytes) return;
    throw new IngestError(
      'STORE_FULL',
      `the store has ${freeBytes} bytes free; ${sizeBytes} for live footage and ${this.#reserveBytes} in reserve are needed`,
    );
  }

  /** While a stream is recorded, clips leave it room; until the returned function is called. */
  keepForLive(): () => void {
    this.#liveRecordings += 1;
    let isKept = true;
    return () => {
      if (isKept) this.#liveRecordings -= 1;
      isKept = false;
    };
  }
}
