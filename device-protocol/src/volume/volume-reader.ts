import type { BigIntStats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { RecorderError } from '../errors.ts';
import type { ClipReader } from '../recorder.ts';

/** Reads one regular file of a volume through an open descriptor. */
export class VolumeClipReader implements ClipReader {
  readonly sizeBytes: number;
  readonly pieceBytes = Number.MAX_SAFE_INTEGER;
  readonly #clipName: string;
  readonly #handle: FileHandle;
  readonly #opened: BigIntStats;
  readonly #isPresent: () => Promise<boolean>;
  #readsUnderWay = 0;

  constructor(clipName: string, handle: FileHandle, opened: BigIntStats, isPresent: () => Promise<boolean>) {
    this.sizeBytes = Number(opened.size);
    this.#clipName = clipName;
    this.#handle = handle;
    this.#opened = opened;
    this.#isPresent = isPresent;
  }

  async read(into: Uint8Array, positionBytes: number, signal: AbortSignal): Promise<number> {
    let filledBytes = 0;
    while (filledBytes < into.length) {
      signal.throwIfAborted();
      const position = positionBytes + filledBytes;
      const bytesRead = await this.#readOnce(into, filledBytes, position);
      if (bytesRead === 0) break;
      filledBytes += bytesRead;
    }
    return filledBytes;
  }

  async #readOnce(into: Uint8Array, offset: number, position: number): Promise<number> {
    this.#readsUnderWay += 1;
    try {
      const { bytesRead } = await this.#handle.read(into, offset, into.length - offset, position);
      return bytesRead;
    } catch (cause) {
      const details = { clipName: this.#clipName, positionBytes: position, cause };
      if (!(await this.#isPresent())) {
        throw new RecorderError(
          'RECORDER_GONE',
          `the volume went away while ${this.#clipName} was read`,
          details,
        );
      }
      throw new RecorderError(
        'CLIP_READ_FAILED',
        `cannot read ${this.#clipName} at byte ${position}: ${cause}`,
        details,
      );
    } finally {
      this.#readsUnderWay -= 1;
    }
  }

  async assertUnchanged(): Promise<void> {
    const now = await this.#handle.stat({ bigint: true });
    if (now.size !== this.#opened.size || now.mtimeNs !== this.#opened.mtimeNs) {
      throw new RecorderError(
        'CLIP_CHANGED',
        `${this.#clipName} was ${this.#opened.size} bytes when opened and is ${now.size} bytes now`,
        { clipName: this.#clipName },
      );
    }
  }

  /** Does not wait for a read that never returns: the descriptor is then closed when it does. */
  async close(): Promise<void> {
    const closed = this.#handle.close();
    closed.catch(() => {});
    if (this.#readsUnderWay === 0) await closed;
  }
}
