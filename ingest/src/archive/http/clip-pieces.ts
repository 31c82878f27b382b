import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { HashJob, HashPool } from '../../pull/hash-pool.ts';
import { ArchiveRefusal } from '../archive-refusal.ts';
import type { ArchiveDeposit } from '../archive-target.ts';

/** How a service proves single pieces, best first: BLAKE3 costs a tenth where the CPU has no SHA instructions. */
export const pieceDigests = ['blake3', 'sha256'] as const;
export type PieceDigest = (typeof pieceDigests)[number];

export interface Piece {
  positionBytes: number;
  /** Good until the piece after the next is read. */
  bytes: Uint8Array;
  /** Lower-case hex; `null` where the service proves no pieces. */
  digest: string | null;
}

/**
 * The content of a deposit, read once from beginning to end while its SHA-256 is taken: when the last piece is handed out, the
 * file is proven to be what was pulled. One piece is read and hashed while the one before it is on the line.
 */
export class ClipPieces {
  readonly #handle: FileHandle;
  readonly #content: ArchiveDeposit['content'];
  readonly #clipId: string;
  readonly #pool: HashPool;
  readonly #pieceBytes: number;
  readonly #memory: SharedArrayBuffer;
  readonly #whole: HashJob;
  readonly #digest: PieceDigest | null;
  #positionBytes = 0;
  #half = 0;
  #coming: Promise<Piece> | null = null;

  private constructor(handle: FileHandle, { content, clipId }: ArchiveDeposit, how: PieceReading) {
    this.#handle = handle;
    this.#content = content;
    this.#clipId = clipId;
    this.#pool = how.pool;
    this.#pieceBytes = how.pieceBytes;
    this.#digest = how.digest;
    this.#memory = new SharedArrayBuffer(2 * how.pieceBytes);
    this.#whole = how.pool.open('sha256', this.#memory);
  }

  /** Throws `clip-damaged` where the file is gone or has another length. */
  static async open(deposit: ArchiveDeposit, how: PieceReading): Promise<ClipPieces> {
    const { file, sizeBytes } = deposit.content;
    const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW).catch((error: unknown) => {
      throw damaged(deposit.clipId, `cannot be read (${(error as NodeJS.ErrnoException).code})`);
    });
    try {
      const { size } = await handle.stat();
      if (size !== sizeBytes) throw damaged(deposit.clipId, `has ${size} bytes, not ${sizeBytes}`);
      return new ClipPieces(handle, deposit, how);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  get positionBytes(): number {
    return this.#positionBytes;
  }

  /** Hashes what the archive has already, without handing it out. */
  async skipTo(positionBytes: number, signal: AbortSignal): Promise<void> {
    while (this.#positionBytes < positionBytes) {
      signal.throwIfAborted();
      const lengthBytes = Math.min(this.#pieceBytes, positionBytes - this.#positionBytes);
      await this.#fill(0, this.#positionBytes, lengthBytes);
      await this.#whole.update(0, lengthBytes);
      this.#positionBytes += lengthBytes;
    }
    if (this.#positionBytes === this.#content.sizeBytes) await this.#assertWhole();
  }

  /** The next piece; `null` after the last. Throws `clip-damaged` instead of the last where the whole is not the clip. */
  async next(): Promise<Piece | null> {
    const piece = await (this.#coming ?? this.#read());
    this.#coming = null;
    if (piece === null) return null;
    if (piece.positionBytes + piece.bytes.length < this.#content.sizeBytes) {
      this.#coming = this.#readSome();
      // Awaited by the next call or by close.
      this.#coming.catch(() => {});
    } else {
      await this.#assertWhole();
    }
    return piece;
  }

  async close(): Promise<void> {
    await this.#coming?.catch(() => {});
    this.#whole.abandon();
    await this.#handle.close();
  }

  #read(): Promise<Piece | null> {
    return this.#positionBytes === this.#content.sizeBytes ? Promise.resolve(null) : this.#readSome();
  }

  async #readSome(): Promise<Piece> {
    const positionBytes = this.#positionBytes;
    const lengthBytes = Math.min(this.#pieceBytes, this.#content.sizeBytes - positionBytes);
    const offsetBytes = this.#half * this.#pieceBytes;
    this.#half = 1 - this.#half;
    this.#positionBytes += lengthBytes;
    await this.#fill(offsetBytes, positionBytes, lengthBytes);
    const [digest] = await Promise.all([
      this.#digestOf(offsetBytes, lengthBytes),
      this.#whole.update(offsetBytes, lengthBytes),
    ]);
    return { positionBytes, bytes: new Uint8Array(this.#memory, offsetBytes, lengthBytes), digest };
  }

  async #digestOf(offsetBytes: number, lengthBytes: number): Promise<string | null> {
    if (this.#digest === null) return null;
    const job = this.#pool.open(this.#digest, this.#memory);
    try {
      await job.update(offsetBytes, lengthBytes);
      return (await job.finish())[this.#digest];
    } finally {
      job.abandon();
    }
  }

  async #fill(offsetBytes: number, positionBytes: number, lengthBytes: number): Promise<void> {
    const into = new Uint8Array(this.#memory, offsetBytes, lengthBytes);
    for (let filled = 0; filled < lengthBytes; ) {
      const { bytesRead } = await this.#handle
        .read(into, filled, lengthBytes - filled, positionBytes + filled)
        .catch((error: unknown) => {
          throw damaged(this.#clipId, `cannot be read (${(error as NodeJS.ErrnoException).code})`);
        });
      if (bytesRead === 0) throw damaged(this.#clipId, 'became shorter while it was read');
      filled += bytesRead;
    }
  }

  async #assertWhole(): Promise<void> {
    const { sha256 } = await this.#whole.finish();
    if (sha256 === this.#content.sha256) return;
    throw damaged(this.#clipId, `has SHA-256 ${sha256}, not ${this.#content.sha256}`);
  }
}

export interface PieceReading {
  pool: HashPool;
  pieceBytes: number;
  digest: PieceDigest | null;
}

function damaged(clipId: string, how: string): ArchiveRefusal {
  return new ArchiveRefusal('clip-damaged', `the stored media of clip ${clipId} ${how}`);
}
