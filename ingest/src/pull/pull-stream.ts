import { type ClipReader, isRecorderError, RecorderError } from '@docket/device-protocol';
import { DirectFileWriter, openForReadBack } from './direct-file.ts';
import type { HashJob, HashPool } from './hash-pool.ts';
import type { DigestChoice } from './hash-protocol.ts';
import { borrowRing, type Chunk, chunkBytes, type PageAlignedRing, returnRing } from './page-aligned-ring.ts';
import { hashFile } from './read-back.ts';
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

/** The first part of a clip, as it was read from the recorder and stands in the file. */
export interface ClipPrefix {
  sizeBytes: number;
  /** Lower-case hex, of the prefix alone. */
  sha256: string;
  blake3: string;
}

export interface PullOptions extends ReadOptions {
  /** Called with the bytes taken since the last call. */
  onProgress(bytes: number): void;
  /** What stands in the file already, and was found to be the same in the file and on the recorder. */
  prefix?: Pick<ClipPrefix, 'sizeBytes'> | null;
  /** Awaited before each piece is read; the copy ends with what it throws. */
  beforePiece?(sizeBytes: number): Promise<void>;
  /** By default both. */
  digests?: DigestChoice;
  /** Called where the reading ended early but its beginning stands durable in the file. */
  onInterrupted?(prefix: ClipPrefix): Promise<void>;
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
 * Reads a clip once and, from the same buffers, writes it to a new file and hashes it; with a prefix, it goes on where
 * that ends. Resolves after fsync of the file (not of its folder). Throws RecorderError CLIP_CHANGED where the clip is
 * not as long as it was at opening, and whatever the reader or the file system throws.
 */
export async function pullStream(
  reader: ClipReader,
  destination: string,
  pool: HashPool,
  options: PullOptions,
): Promise<PulledFile> {
  const { prefix = null } = options;
  const ring = borrowRing();
  const writer = await (prefix === null
    ? DirectFileWriter.create(destination)
    : DirectFileWriter.reopen(destination));
  try {
    const job = pool.open(options.digests ?? 'sha256+blake3', ring.memory);
    const reached: Reached = { bytes: 0, isSound: false, isHeldBack: false };
    try {
      const sampler = new Sampler(reader.sizeBytes);
      if (prefix !== null) await hashPrefix(destination, prefix.sizeBytes, { ring, job, sampler, options });
      reached.bytes = prefix?.sizeBytes ?? 0;
      await pump(reader, { ring, writer, job, sampler, reached, options });
      const [digests, sampleBlake3] = await Promise.all([
        job.finish(),
        pool.digestSample(sampler.bytes()),
        writer.finish(reader.sizeBytes),
      ]);
      returnRing(ring);
      return { sizeBytes: reader.sizeBytes, ...digests, sampleBlake3 };
    } catch (error) {
      await keepBeginning(error, reached, { job, writer, options });
      // Nothing reads into it any more; after any other failure something may.
      if (reached.isHeldBack && reached.isSound) returnRing(ring);
      throw error;
    } finally {
      job.abandon();
    }
  } finally {
    await writer.close();
  }
}

/** How far a copy came: all bytes before `bytes` are written and hashed, if it is sound. */
interface Reached {
  bytes: number;
  isSound: boolean;
  /** It ended between two pieces, before the next was asked for. */
  isHeldBack: boolean;
}

interface Hashing {
  ring: PageAlignedRing;
  job: HashJob;
  sampler: Sampler;
  options: PullOptions;
}

/** Feeds the hash with what stands in the file. */
async function hashPrefix(
  path: string,
  sizeBytes: number,
  { ring, job, sampler, options }: Hashing,
): Promise<void> {
  const { handle } = await openForReadBack(path);
  try {
    const hashedBytes = await hashFile(handle, sizeBytes, {
      ring,
      job,
      signal: options.signal,
      onPiece(bytes, positionBytes) {
        sampler.see(bytes, positionBytes, bytes.length);
        options.onProgress(bytes.length);
      },
    });
    if (hashedBytes < sizeBytes)
      throw new RangeError(`${path} is shorter than the ${sizeBytes} bytes it had`);
  } finally {
    await handle.close();
  }
}

/** Where the recorder went away, what it gave so far is made durable and told. */
async function keepBeginning(
  error: unknown,
  reached: Reached,
  { job, writer, options }: { job: HashJob; writer: DirectFileWriter; options: PullOptions },
): Promise<void> {
  const isWorthIt = reached.isSound && reached.bytes >= chunkBytes && endedEarly(error, options.signal);
  if (!isWorthIt || options.onInterrupted === undefined) return;
  try {
    const digests = await job.finish();
    await writer.finish(reached.bytes);
    await options.onInterrupted({ sizeBytes: reached.bytes, ...digests });
  } catch {
    // Nothing is lost by beginning anew; why the reading ended is what counts.
  }
}

function endedEarly(error: unknown, signal: AbortSignal): boolean {
  if (signal.aborted) return true;
  return isRecorderError(error) && error.code !== 'CLIP_CHANGED' && error.code !== 'CLIP_MISSING';
}

/** Moves every chunk from the reader to disk and hash. */
async function pump(
  reader: ClipReader,
  { ring, writer, job, sampler, reached, options }: Hashing & { writer: DirectFileWriter; reached: Reached },
): Promise<void> {
  const underWay = new Set<Promise<void>>();
  const failure = new FirstFailure();
  try {
    while (reached.bytes < reader.sizeBytes) {
      const position = reached.bytes;
      await holdBack(Math.min(chunkBytes, reader.sizeBytes - position), reached, options);
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
      reached.bytes += lengthBytes;
    }
  } finally {
    await Promise.all(underWay);
    reached.isSound = !failure.isSet;
  }
  failure.throwIfSet();
  await reader.assertUnchanged();
}

async function holdBack(sizeBytes: number, reached: Reached, { beforePiece }: PullOptions): Promise<void> {
  try {
    await beforePiece?.(sizeBytes);
  } catch (error) {
    reached.isHeldBack = true;
    throw error;
  }
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

  get isSet(): boolean {
    return this.#isSet;
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
