import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { makeEmptyFolder } from '../../pull/clip-folder.ts';
import type { HashJob, HashPool } from '../../pull/hash-pool.ts';
import type { Digests } from '../../pull/hash-protocol.ts';
import { announceStep } from '../../step-channel.ts';
import { syncFolder } from '../../store/durable-files.ts';
import type { RoomKeeper } from '../../store/room.ts';
import type { StoreLayout } from '../../store/store-layout.ts';
import type { MediaPart } from './segment-media.ts';

export interface SegmentFileServices {
  layout: StoreLayout;
  pool: HashPool;
  room: RoomKeeper;
}

/** Shared with a hash worker; a part is hashed in pieces of this length. */
const pieceBytes = 256 * 1024;
/** A slow disk gets this much at one go, and is flushed once for it. */
const mostBytesPerFlush = 4 * 1024 * 1024;

/** The parts of a segment that are durable, hashed as they were written. */
export interface DurableParts {
  sizeBytes: number;
  parts: number;
  /** Somebody removed the file: nothing of it stands. */
  isTakenAway: boolean;
  /** `null` where the hashing itself failed: what was written must be hashed from the file. */
  digests: Digests | null;
}

/**
 * The file of a segment under way. Parts are written one after the other and made durable together with what has come
 * meanwhile; after an error nothing more is written, and what is not whole is cut off.
 */
export class SegmentFile {
  readonly path: string;
  readonly #services: SegmentFileServices;
  readonly #clipId: string;
  readonly #folder: string;
  readonly #onDurable: (part: MediaPart) => void;
  readonly #waiting: MediaPart[] = [];
  readonly #shared = new SharedArrayBuffer(pieceBytes);
  #handle: FileHandle | null = null;
  #job: HashJob | null = null;
  #isHashed = true;
  #isTakenAway = false;
  #durableBytes = 0;
  #durableParts = 0;
  #waitingBytes = 0;
  #failure: Error | null = null;
  #writing: Promise<void>;

  /** `opened` is awaited before anything is made: the index knows of the segment before its folder is there. */
  constructor(
    services: SegmentFileServices,
    segment: { clipId: string; fileName: string; opened: Promise<void> },
    onDurable: (part: MediaPart) => void,
  ) {
    this.#services = services;
    this.#clipId = segment.clipId;
    this.#folder = services.layout.incomingFolder(segment.clipId);
    this.path = join(this.#folder, segment.fileName);
    this.#onDurable = onDurable;
    this.#writing = segment.opened.then(() => this.#create()).catch((error: unknown) => this.#fail(error));
  }

  /** Not yet durable. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  /** Why nothing more is written; `null` while all is well. */
  get failure(): Error | null {
    return this.#failure;
  }

  /** Takes a part to be written; the first is the beginning of the file. */
  append(part: MediaPart): void {
    if (this.#failure !== null) return;
    this.#waiting.push(part);
    this.#waitingBytes += part.bytes.length;
    // One turn for all that waits by then.
    if (this.#waiting.length === 1) this.#writing = this.#writing.then(() => this.#writeWaiting());
  }

  /** Writes what waits, closes the file and tells what stands in it. Throws nothing: see `failure`. */
  async finish(): Promise<DurableParts> {
    await this.#writing;
    let digests: Digests | null = null;
    try {
      await this.#handle?.sync();
      digests = this.#isHashed && this.#job !== null ? await this.#job.finish() : null;
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#job?.abandon();
      await this.#handle?.close().catch(() => {});
      this.#handle = null;
    }
    return {
      sizeBytes: this.#durableBytes,
      parts: this.#durableParts,
      isTakenAway: this.#isTakenAway,
      digests,
    };
  }

  async #create(): Promise<void> {
    await makeEmptyFolder(this.#folder);
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;
    this.#handle = await open(this.path, flags, 0o640);
    await syncFolder(this.#folder);
    await syncFolder(this.#services.layout.incoming);
    this.#job = this.#services.pool.open('sha256+blake3', this.#shared);
  }

  async #writeWaiting(): Promise<void> {
    while (this.#waiting.length > 0 && this.#failure === null) {
      const turn: MediaPart[] = [];
      let bytes = 0;
      while (bytes < mostBytesPerFlush && this.#waiting[0] !== undefined) {
        const part = this.#waiting.shift() as MediaPart;
        turn.push(part);
        bytes += part.bytes.length;
      }
      try {
        await this.#writeDurably(turn, bytes);
      } catch (error) {
        await this.#cutBack();
        this.#fail(error);
      }
      this.#waitingBytes = Math.max(0, this.#waitingBytes - bytes);
    }
  }

  async #writeDurably(turn: readonly MediaPart[], bytes: number): Promise<void> {
    const handle = this.#handle;
    if (handle === null) throw new Error(`the file of segment ${this.#clipId} is not open`);
    await this.#services.room.assertRoomForLive(bytes);
    let position = this.#durableBytes;
    for (const part of turn) {
      await writeFully(handle, part.bytes, position);
      position += part.bytes.length;
    }
    await handle.datasync();
    // What has no name any more is written into nothing.
    if ((await handle.stat()).nlink === 0) {
      this.#isTakenAway = true;
      throw new Error(`the file of segment ${this.#clipId} was taken away while it was written`);
    }
    // Only what stands is hashed: what a full disk refused is no part of the file.
    for (const part of turn) {
      await this.#hash(part.bytes);
      this.#durableBytes += part.bytes.length;
      this.#durableParts += 1;
      this.#onDurable(part);
      announceStep('live.part-synced', this.#clipId);
    }
  }

  async #hash(bytes: Buffer): Promise<void> {
    if (!this.#isHashed || this.#job === null) return;
    const shared = new Uint8Array(this.#shared);
    try {
      for (let from = 0; from < bytes.length; from += pieceBytes) {
        const piece = bytes.subarray(from, from + pieceBytes);
        shared.set(piece);
        await this.#job.update(0, piece.length);
      }
    } catch {
      // A worker broke. The footage goes on; its hash is then taken from the file.
      this.#isHashed = false;
    }
  }

  /** Where even this fails, the next start cuts the file back. */
  async #cutBack(): Promise<void> {
    await this.#handle?.truncate(this.#durableBytes).catch(() => {});
  }

  #fail(error: unknown): void {
    this.#failure ??= error instanceof Error ? error : new Error(String(error));
    this.#waiting.length = 0;
    this.#waitingBytes = 0;
  }
}

async function writeFully(handle: FileHandle, bytes: Buffer, position: number): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    const { bytesWritten } = await handle.write(bytes, written, bytes.length - written, position + written);
    written += bytesWritten;
  }
}
