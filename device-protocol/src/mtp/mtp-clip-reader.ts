import { RecorderError } from '../errors.ts';
import type { ClipReader, ListedClip } from '../recorder.ts';
import type { ObjectDownload } from './object-download.ts';
import { operations } from './operations.ts';
import { clipFault } from './recorder-fault.ts';
import { ResponseError } from './response-error.ts';
import type { MtpSession } from './session.ts';

/** How bytes of an object are fetched from a position, from best to last resort. */
export type ReadMethod = 'partial' | 'partial-64' | 'whole';

export interface ClipSource {
  clip: ListedClip;
  handle: number;
  /** Which of the methods the recorder has. */
  methods: ReadonlySet<ReadMethod>;
  /** False where the recorder tells sizes in 32 bits only, and may have left out the upper half. */
  isSizeCertain: boolean;
  /** Throws RecorderError where the card of this clip was taken out. */
  assertStoreThere(): void;
  /** Throws RecorderError CLIP_CHANGED, CLIP_MISSING where the object is no longer the one that was listed. */
  assertAsListed(signal: AbortSignal): Promise<void>;
}

/** Offsets of GetPartialObject have 32 bits (MTP 1.1 §D.2.27). */
const partialReach = 2 ** 32;
/** A second over full-speed USB, a fraction of one over anything newer. */
const requestBytes = 1024 * 1024;
/** Answers shorter than this are no use of a wire; a few are borne, a clip made of them would never end. */
const smallAnswerBytes = 512;
const maxSmallAnswers = 16;
const skipBytes = 256 * 1024;

/** Reads one clip by partial reads, or from a running download where the recorder has none. */
export class MtpClipReader implements ClipReader {
  readonly sizeBytes: number;
  readonly pieceBytes = requestBytes;
  readonly #session: MtpSession;
  readonly #source: ClipSource;
  #generation: number;
  #download: ObjectDownload | null = null;
  #smallAnswers = 0;

  constructor(session: MtpSession, source: ClipSource) {
    this.#session = session;
    this.#source = source;
    this.#generation = session.generation;
    this.sizeBytes = source.clip.sizeBytes;
  }

  async read(into: Uint8Array, positionBytes: number, signal: AbortSignal): Promise<number> {
    const wantedBytes = Math.max(0, Math.min(into.length, this.sizeBytes - positionBytes));
    let filledBytes = 0;
    while (filledBytes < wantedBytes) {
      signal.throwIfAborted();
      this.#source.assertStoreThere();
      await this.#assertSameSession(signal);
      const piece = into.subarray(filledBytes, Math.min(filledBytes + requestBytes, wantedBytes));
      filledBytes += await this.#readPiece(piece, positionBytes + filledBytes, signal);
    }
    return filledBytes;
  }

  /** Another session may have given the handle to another object. */
  async #assertSameSession(signal: AbortSignal): Promise<void> {
    if (this.#generation === this.#session.generation) return;
    const generation = this.#session.generation;
    await this.#source.assertAsListed(signal);
    this.#generation = generation;
  }

  async #readPiece(into: Uint8Array, positionBytes: number, signal: AbortSignal): Promise<number> {
    const { clip } = this.#source;
    try {
      const method = this.#methodAt(positionBytes, positionBytes + into.length);
      const readBytes =
        method === 'whole'
          ? await this.#readFromDownload(into, positionBytes, signal)
          : await this.#readPartial(method, into, positionBytes, signal);
      if (readBytes === 0)
        throw this.#violation(positionBytes, `it ended before its ${this.sizeBytes} bytes`);
      if (readBytes < smallAnswerBytes && readBytes < into.length && ++this.#smallAnswers > maxSmallAnswers) {
        throw this.#violation(positionBytes, `it comes in pieces of ${readBytes} bytes`);
      }
      return readBytes;
    } catch (error) {
      throw clipFault(error, 'CLIP_READ_FAILED', clip.name, positionBytes);
    }
  }

  #methodAt(positionBytes: number, endBytes: number): ReadMethod {
    const { methods } = this.#source;
    if (methods.has('partial') && endBytes <= partialReach) {
      // What lies out of reach can only be had by going through all before it: better once, from the begin on.
      const needsWhole = this.sizeBytes > partialReach && !methods.has('partial-64');
      return needsWhole && this.#isAtDownload(positionBytes) ? 'whole' : 'partial';
    }
    return methods.has('partial-64') ? 'partial-64' : 'whole';
  }

  #isAtDownload(positionBytes: number): boolean {
    const download = this.#download;
    const hasDownload = download !== null && !download.isCancelled;
    return positionBytes === (hasDownload ? download.positionBytes : 0);
  }

  async #readPartial(
    method: 'partial' | 'partial-64',
    into: Uint8Array,
    positionBytes: number,
    signal: AbortSignal,
  ): Promise<number> {
    const object = this.#source.handle;
    let filledBytes = 0;
    const receive = (): ((part: Uint8Array) => void) => {
      filledBytes = 0;
      return (part) => {
        if (part.length > into.length - filledBytes)
          throw this.#violation(positionBytes, 'more than was asked for');
        into.set(part, filledBytes);
        filledBytes += part.length;
      };
    };
    const options = { signal, receive, expectedBytes: into.length };
    const offset = positionBytes % partialReach;
    const [sentBytes] =
      method === 'partial'
        ? await this.#session.request(
            operations.getPartialObject,
            { object, offset, length: into.length },
            options,
          )
        : await this.#session.request(
            operations.getPartialObject64,
            {
              object,
              offset,
              offsetUpper: Math.floor(positionBytes / partialReach),
              length: into.length,
            },
            options,
          );
    // Some recorders leave the parameter out, or give the length that was asked.
    if (sentBytes !== undefined && sentBytes < filledBytes) {
      throw this.#violation(positionBytes, `${filledBytes} bytes came, the recorder says ${sentBytes}`);
    }
    return filledBytes;
  }

  async #readFromDownload(into: Uint8Array, positionBytes: number, signal: AbortSignal): Promise<number> {
    const download = await this.#downloadAt(positionBytes, signal);
    return this.#session.readDownload(download, into, signal);
  }

  /** A download that stands at a position: the running one, or a new one whose first bytes are dropped. */
  async #downloadAt(positionBytes: number, signal: AbortSignal): Promise<ObjectDownload> {
    let download = this.#download;
    if (download === null || download.isCancelled || download.positionBytes > positionBytes) {
      download = await this.#session.download(this.#source.handle, signal);
      this.#download = download;
    }
    const dropped = new Uint8Array(Math.min(skipBytes, positionBytes - download.positionBytes));
    while (download.positionBytes < positionBytes) {
      const part = dropped.subarray(0, Math.min(dropped.length, positionBytes - download.positionBytes));
      if ((await this.#session.readDownload(download, part, signal)) === 0) {
        throw this.#violation(download.positionBytes, `it ended before its ${this.sizeBytes} bytes`);
      }
    }
    return download;
  }

  async #readBehindEnd(signal: AbortSignal): Promise<number> {
    const into = new Uint8Array(1);
    const method = this.#methodAt(this.sizeBytes, this.sizeBytes + 1);
    if (method !== 'whole') return this.#readPartial(method, into, this.sizeBytes, signal);
    const isThere = this.#download !== null && this.#isAtDownload(this.sizeBytes);
    return isThere && this.#download !== null ? this.#session.readDownload(this.#download, into, signal) : 0;
  }

  #violation(positionBytes: number, what: string): RecorderError {
    const clipName = this.#source.clip.name;
    return new RecorderError('PROTOCOL_VIOLATION', `${clipName} at ${positionBytes}: ${what}`, {
      clipName,
      positionBytes,
    });
  }

  async assertUnchanged(): Promise<void> {
    const { signal } = new AbortController();
    // First, while a download still stands at the end of the clip: any other question would break it off.
    if (!this.#source.isSizeCertain) await this.#assertNothingFollows(signal);
    await this.#source.assertAsListed(signal);
  }

  /** A clip whose size lost its upper half would pass for whole: then a byte stands behind its end. */
  async #assertNothingFollows(signal: AbortSignal): Promise<void> {
    const readBytes = await this.#readBehindEnd(signal).catch(noByte);
    if (readBytes === 0) return;
    const { clip } = this.#source;
    throw new RecorderError(
      'CLIP_CHANGED',
      `${clip.name} goes on past the ${this.sizeBytes} bytes it was told to have`,
      {
        clipName: clip.name,
        positionBytes: this.sizeBytes,
      },
    );
  }

  async close(): Promise<void> {
    const download = this.#download;
    this.#download = null;
    // What is left of it is of no use to anyone; a recorder that is gone has nothing to cancel.
    if (download !== null) await this.#session.endDownload(download).catch(() => undefined);
  }
}

/** Reading at the very end is refused by some recorders, and answered with nothing by others. */
function noByte(error: unknown): number {
  if (error instanceof ResponseError) return 0;
  throw error;
}
