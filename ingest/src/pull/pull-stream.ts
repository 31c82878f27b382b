import { type ClipReader, RecorderError } from '@docket/device-protocol';
import { DirectFileWriter } from './direct-file.ts';
import type { HashJob, HashPool } from './hash-pool.ts';
import { borrowRing, type Chunk, chunkBytes, type PageAlignedRing, returnRing } from './page-aligned-ring.ts';
import { sampleRanges } from './sample-ranges.ts';
import { withinStallTimeout } from './stall-guard.ts';

/** A file written from a clip: durable, and hashed from the bytes as they were read. */
export interface PulledFile {
  sizeBytes: number;
  /** Lower-case hex. */
  sha256: string;
  blake3: string;
  sampleBlake3: string;
}

export interface PullOptions extends ReadOptions {
  /** Called with the bytes taken since the last call. */
  onProgress(bytes: number): void;
}

export interface ReadOptions {
  /** What is pulled, for messages. */
  clipName: string;
  /** The longest wait for one piece from the recorder. */
  stallTimeoutMs: number;
  signal: AbortSignal;
  onProgress?(bytes: number): void;
}

/**
 * Reads a clip once and, from the same buffers, writes it to a new file and hashes it. Resolves after fsync of the
 * file (not of its folder). Throws RecorderError CLIP_CHANGED where the clip is not as long as it was at opening,
 * and whatever the reader or the file system throws.
 */
export async function pullStream(
  reader: ClipReader,
  destination: string,
  pool: HashPool,
  options: PullOptions,
): Promise<PulledFile> {
  const ring = borrowRing();
  const writer = await DirectFileWriter.create(destination);
  try {
    const job = pool.open('sha256+blake3', ring.memory);
    try {
      const samples = await pump(reader, ring, writer, job, options);
      const [digests, sampleBlake3] = await Promise.all([
        job.finish(),
        pool.digestSample(samples),
        writer.finish(reader.sizeBytes),
      ]);
      returnRing(ring);
      return { sizeBytes: reader.sizeBytes, ...digests, sampleBlake3 };
    } finally {
      job.abandon();
    }
  } finally {
    await writer.close();
  }
}

/** Moves every chunk from the reader to disk and hash; resolves with the sampled bytes once all are done. */
async function pump(
  reader: ClipReader,
  ring: PageAlignedRing,
  writer: DirectFileWriter,
  job: HashJob,
  options: PullOptions,
): Promise<Uint8Array> {
  const sampler = new Sampler(reader.sizeBytes);
  const underWay = new Set<Promise<void>>();
  const failure = new FirstFailure();
  try {
    for (let position = 0; position < reader.sizeBytes; ) {
      const chunk = await failure.orValue(ring.acquire());
      const lengthBytes = await readChunk(reader, chunk, position, options);
      sampler.see(chunk.bytes, position, lengthBytes);
      const work = [writer.write(chunk, lengthBytes, position), job.update(chunk.offsetBytes, lengthBytes)];
      const done = Promise.all(work).then(
        () => {
          underWay.delete(done);
          ring.release(chunk);
        },
        (error: unknown) => failure.set(error),
      );
      underWay.add(done);
      position += lengthBytes;
    }
  } finally {
    await Promise.all(underWay);
  }
  failure.throwIfSet();
  await reader.assertUnchanged();
  return sampler.bytes();
}

/** Fills a chunk up to the clip's end. */
export async function readChunk(
  reader: ClipReader,
  chunk: Chunk,
  position: number,
  options: ReadOptions,
): Promise<number> {
  const wantedBytes = Math.min(chunkBytes, reader.sizeBytes - position);
  let lengthBytes = 0;
  while (lengthBytes < wantedBytes) {
    const piece = chunk.bytes.subarray(lengthBytes, Math.min(lengthBytes + reader.pieceBytes, wantedBytes));
    const readBytes = await withinStallTimeout(
      reader.read(piece, position + lengthBytes, options.signal),
      options.stallTimeoutMs,
      options.clipName,
      options.signal,
    );
    lengthBytes += readBytes;
    options.onProgress?.(readBytes);
    if (readBytes < piece.length) break;
  }
  if (lengthBytes === wantedBytes) return lengthBytes;
  throw new RecorderError(
    'CLIP_CHANGED',
    `${options.clipName} ended at byte ${position + lengthBytes} of ${reader.sizeBytes}`,
    { clipName: options.clipName, positionBytes: position + lengthBytes },
  );
}

/** Remembers the first error of work that runs beside the reading, and stops the reading with it. */
class FirstFailure {
  #isSet = false;
  #error: unknown;
  readonly #stop: Promise<never>;
  #reject: (error: unknown) => void = () => {};

  constructor() {
    this.#stop = new Promise((_, reject) => {
      this.#reject = reject;
    });
    this.#stop.catch(() => {});
  }

  set(error: unknown): void {
    if (this.#isSet) return;
    this.#isSet = true;
    this.#error = error;
    this.#reject(error);
  }

  orValue<Value>(work: Promise<Value>): Promise<Value> {
    return Promise.race([work, this.#stop]);
  }

  throwIfSet(): void {
    if (this.#isSet) throw this.#error;
  }
}

/** Keeps the sampled stretches of a clip as its bytes go by in order. */
class Sampler {
  readonly #ranges;
  readonly #parts: Uint8Array[] = [];

  constructor(sizeBytes: number) {
    this.#ranges = sampleRanges(sizeBytes);
  }

  see(bytes: Uint8Array, position: number, lengthBytes: number): void {
    for (const { startBytes, endBytes } of this.#ranges) {
      const start = Math.max(startBytes, position);
      const end = Math.min(endBytes, position + lengthBytes);
      if (start < end) this.#parts.push(Uint8Array.from(bytes.subarray(start - position, end - position)));
    }
  }

  bytes(): Uint8Array {
    return Buffer.concat(this.#parts);
  }
}
