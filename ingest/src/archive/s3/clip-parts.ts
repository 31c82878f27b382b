import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { errnoOf } from '../../errors.ts';
import type { HashJob, HashPool } from '../../pull/hash-pool.ts';
import { ArchiveRefusal } from '../archive-refusal.ts';
import type { ArchiveDeposit, ContentDigest } from '../archive-target.ts';
import type { SignedBody } from './s3-client.ts';

/** A stretch of a clip in memory. Its bytes are good until it is released. */
export interface ClipPart extends SignedBody {
  /** Counted from 1. */
  number: number;
  slot: number;
}

/**
 * The file of a clip, read once from its beginning in parts of one size. What is hashed, for each part and for the whole,
 * are the very bytes that are sent; no more than `slots` parts are in memory.
 */
export class ClipParts {
  readonly #handle: FileHandle;
  readonly #content: ContentDigest;
  readonly #partBytes: number;
  readonly #pool: HashPool;
  readonly #memory: SharedArrayBuffer;
  readonly #whole: HashJob | null;
  readonly #free: number[];
  readonly #waiting: ((slot: number) => void)[] = [];
  #positionBytes = 0;
  #number = 0;
  #wholeSha256: string | null = null;

  private constructor(
    handle: FileHandle,
    content: ContentDigest,
    { partBytes, slots, pool }: { partBytes: number; slots: number; pool: HashPool },
  ) {
    this.#handle = handle;
    this.#content = content;
    this.#partBytes = partBytes;
    this.#pool = pool;
    const isOnePart = content.sizeBytes <= partBytes;
    const slotCount = isOnePart ? 1 : slots;
    this.#memory = new SharedArrayBuffer(slotCount * Math.min(partBytes, Math.max(content.sizeBytes, 1)));
    this.#free = Array.from({ length: slotCount }, (_, slot) => slot);
    // The digest of the only part is that of the whole.
    this.#whole = isOnePart ? null : pool.open('sha256', this.#memory);
  }

  /** Throws `clip-damaged` where the file is missing, or is not as long as the clip was. */
  static async open(
    { clipId, content }: ArchiveDeposit,
    options: { partBytes: number; slots: number; pool: HashPool },
  ): Promise<ClipParts> {
    const handle = await open(content.file, constants.O_RDONLY | constants.O_NOFOLLOW).catch((error) => {
      if (errnoOf(error) !== 'ENOENT') throw error;
      throw new ArchiveRefusal('clip-damaged', `the media of clip ${clipId} is missing in the store`);
    });
    try {
      const { size } = await handle.stat();
      if (size !== content.sizeBytes) {
        const lengths = `${size} bytes long, and not ${content.sizeBytes}`;
        throw new ArchiveRefusal('clip-damaged', `the media of clip ${clipId} is ${lengths}`);
      }
      return new ClipParts(handle, content, options);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  get count(): number {
    return Math.max(1, Math.ceil(this.#content.sizeBytes / this.#partBytes));
  }

  /** The next part, once there is room for it; `null` after the last. */
  async next(): Promise<ClipPart | null> {
    if (this.#number === this.count) return null;
    const slot = await this.#acquire();
    const offsetBytes = slot * this.#partBytes;
    const lengthBytes = Math.min(this.#partBytes, this.#content.sizeBytes - this.#positionBytes);
    const bytes = new Uint8Array(this.#memory, offsetBytes, lengthBytes);
    await this.#fill(bytes);
    const [digests] = await Promise.all([
      this.#pool.digestPart(this.#memory, offsetBytes, lengthBytes),
      this.#whole?.update(offsetBytes, lengthBytes),
    ]);
    if (this.#whole === null) this.#wholeSha256 = digests.sha256;
    this.#number += 1;
    this.#positionBytes += lengthBytes;
    return { number: this.#number, slot, bytes, ...digests };
  }

  release({ slot }: ClipPart): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free.push(slot);
    else next(slot);
  }

  /** After the last part: throws `clip-damaged` unless all of them were what the recorder gave. */
  async assertWhole(clipId: string): Promise<void> {
    if (this.#whole !== null && this.#wholeSha256 === null) {
      this.#wholeSha256 = (await this.#whole.finish()).sha256;
    }
    if (this.#wholeSha256 === this.#content.sha256) return;
    const found = `SHA-256 ${this.#wholeSha256}, and not ${this.#content.sha256}`;
    throw new ArchiveRefusal('clip-damaged', `the media of clip ${clipId} has ${found}`);
  }

  async close(): Promise<void> {
    this.#whole?.abandon();
    await this.#handle.close();
  }

  #acquire(): Promise<number> {
    const slot = this.#free.pop();
    if (slot !== undefined) return Promise.resolve(slot);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  async #fill(bytes: Uint8Array): Promise<void> {
    for (let filled = 0; filled < bytes.length; ) {
      const { bytesRead } = await this.#handle.read(
        bytes,
        filled,
        bytes.length - filled,
        this.#positionBytes + filled,
      );
      if (bytesRead === 0)
        throw new ArchiveRefusal('clip-damaged', 'the media became shorter while it was read');
      filled += bytesRead;
    }
  }
}
