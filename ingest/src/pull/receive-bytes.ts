import type { FileHandle } from 'node:fs/promises';
import type { HashJob, HashPool } from './hash-pool.ts';
import type { DigestChoice, Digests } from './hash-protocol.ts';
import { borrowRing, type Chunk, chunkBytes, type PageAlignedRing, returnRing } from './page-aligned-ring.ts';

export interface Receiving {
  /** `null`: the bytes are only hashed. */
  handle: FileHandle | null;
  /** Where in the file the bytes go. */
  positionBytes: number;
  pool: HashPool;
  /** `null`: nothing is hashed. */
  digest: DigestChoice | null;
}

/** What came: the first `sizeBytes` stand in the file, not yet durable. */
export interface Received {
  sizeBytes: number;
  /** Of exactly these bytes. */
  digests: Digests | null;
  /** What the source threw where it ended early. */
  brokenOff: unknown;
}

/**
 * Takes what a stranger sends into an open file, hashing it on the way outside of the main thread. A source that breaks off
 * is told, not thrown: what came before may be kept. Throws what the file system throws.
 */
export async function receiveBytes(
  source: AsyncIterable<Uint8Array>,
  { handle, positionBytes, pool, digest }: Receiving,
): Promise<Received> {
  const ring = borrowRing();
  const job = digest === null ? null : pool.open(digest, ring.memory);
  try {
    const receiver = new ChunkedReceiver(handle, ring, job, positionBytes);
    let brokenOff: unknown = null;
    try {
      for await (const piece of source) await receiver.take(piece);
    } catch (error) {
      brokenOff = error;
    }
    const endBytes = await receiver.finish();
    const digests = job === null ? null : await job.finish();
    returnRing(ring);
    return { sizeBytes: endBytes - positionBytes, digests, brokenOff };
  } finally {
    job?.abandon();
  }
}

/** Gathers pieces of any length into the buffers of a ring, and writes and hashes each buffer when it is full. */
class ChunkedReceiver {
  readonly #handle: FileHandle | null;
  readonly #ring: PageAlignedRing;
  readonly #job: HashJob | null;
  readonly #underWay: Promise<void>[] = [];
  #chunk: Chunk | null = null;
  #filledBytes = 0;
  #positionBytes: number;
  #failure: { error: unknown } | null = null;

  constructor(handle: FileHandle | null, ring: PageAlignedRing, job: HashJob | null, positionBytes: number) {
    this.#handle = handle;
    this.#ring = ring;
    this.#job = job;
    this.#positionBytes = positionBytes;
  }

  async take(piece: Uint8Array): Promise<void> {
    for (let taken = 0; taken < piece.length; ) {
      if (this.#failure !== null) throw this.#failure.error;
      this.#chunk ??= await this.#ring.acquire();
      const room = Math.min(piece.length - taken, chunkBytes - this.#filledBytes);
      this.#chunk.bytes.set(piece.subarray(taken, taken + room), this.#filledBytes);
      this.#filledBytes += room;
      taken += room;
      if (this.#filledBytes === chunkBytes) this.#flush();
    }
  }

  /** Waits for everything; resolves to where the bytes end. */
  async finish(): Promise<number> {
    this.#flush();
    await Promise.all(this.#underWay);
    if (this.#failure !== null) throw this.#failure.error;
    return this.#positionBytes;
  }

  #flush(): void {
    const chunk = this.#chunk;
    if (chunk === null) return;
    const lengthBytes = this.#filledBytes;
    const position = this.#positionBytes;
    this.#chunk = null;
    this.#filledBytes = 0;
    this.#positionBytes += lengthBytes;
    this.#underWay.push(this.#store(chunk, lengthBytes, position));
  }

  /** Never rejects: the first failure is kept and thrown to whoever takes or finishes. */
  async #store(chunk: Chunk, lengthBytes: number, position: number): Promise<void> {
    try {
      await Promise.all([
        this.#handle === null
          ? null
          : writeFully(this.#handle, chunk.bytes.subarray(0, lengthBytes), position),
        this.#job?.update(chunk.offsetBytes, lengthBytes),
      ]);
    } catch (error) {
      this.#failure ??= { error };
    }
    this.#ring.release(chunk);
  }
}

async function writeFully(handle: FileHandle, bytes: Uint8Array, positionBytes: number): Promise<void> {
  for (let written = 0; written < bytes.length; ) {
    const { bytesWritten } = await handle.write(
      bytes,
      written,
      bytes.length - written,
      positionBytes + written,
    );
    written += bytesWritten;
  }
}
