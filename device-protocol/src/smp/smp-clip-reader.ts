import { RecorderError } from '../errors.ts';
import type { ClipReader, ListedClip } from '../recorder.ts';
import { closeFile, download, fileStatus } from './messages/fs.ts';
import { clipFault } from './recorder-fault.ts';
import type { SmpSession } from './session.ts';

/** Pieces shorter than this are no use of a line; a few are borne, a clip made of them would never end. */
const smallPieceBytes = 32;
const maxSmallPieces = 16;

/** A piece of the clip as one answer brought it. */
interface Piece {
  positionBytes: number;
  bytes: Uint8Array;
}

export interface ClipSource {
  clip: ListedClip;
  /** Name in file management. */
  fileName: string;
  sizeBytes: number;
  /** Requests that may wait at once. */
  window: number;
  /** Whether the recorder's own entry of the clip still is the one that was opened. */
  isEntryUnchanged(signal?: AbortSignal): Promise<boolean>;
}

/** Reads one clip by file downloads, several at once where the recorder has buffers for them. */
export class SmpClipReader implements ClipReader {
  readonly sizeBytes: number;
  readonly pieceBytes: number;
  readonly #session: SmpSession;
  readonly #source: ClipSource;
  /** The last piece received: what of it lay past one buffer begins the next. */
  #latest: Piece = { positionBytes: 0, bytes: new Uint8Array(0) };
  /** How long a piece is on this recorder; `null` until it has sent one. */
  #strideBytes: number | null = null;
  #smallPieces = 0;

  constructor(session: SmpSession, source: ClipSource) {
    this.#session = session;
    this.#source = source;
    this.pieceBytes = session.pieceBytes;
    this.sizeBytes = source.sizeBytes;
  }

  async read(into: Uint8Array, positionBytes: number, signal: AbortSignal): Promise<number> {
    signal.throwIfAborted();
    const end = Math.min(positionBytes + into.length, this.sizeBytes);
    let position = positionBytes;
    const place = (piece: Piece): void => {
      const from = position - piece.positionBytes;
      if (from < 0 || from >= piece.bytes.length || position >= end) return;
      const part = piece.bytes.subarray(from, from + (end - position));
      into.set(part, position - positionBytes);
      position += part.length;
    };
    place(this.#latest);
    while (position < end) await this.#readRun(position, end, place, signal);
    return Math.max(0, position - positionBytes);
  }

  /** Reads on with requests in flight until `end`, or until a piece comes in another length than foreseen. */
  async #readRun(
    start: number,
    end: number,
    place: (piece: Piece) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const run = new AbortController();
    const forward = (): void => run.abort(signal.reason);
    signal.addEventListener('abort', forward, { once: true });
    const inFlight: Promise<Piece>[] = [];
    const strideBytes = this.#strideBytes;
    let next = start;
    const askMore = (): void => {
      const window = strideBytes === null ? 1 : this.#source.window;
      while (next < end && inFlight.length < window) {
        const piece = this.#fetch(next, run.signal);
        piece.catch(() => undefined);
        inFlight.push(piece);
        next = strideBytes === null ? end : next + strideBytes;
      }
    };
    try {
      for (askMore(); inFlight.length > 0; askMore()) {
        const piece = await (inFlight.shift() as Promise<Piece>);
        this.#latest = piece;
        place(piece);
        const isLast = piece.positionBytes + piece.bytes.length === this.sizeBytes;
        if (!isLast) this.#learn(piece);
        if (!isLast && piece.bytes.length !== strideBytes) return;
      }
    } finally {
      signal.removeEventListener('abort', forward);
      run.abort();
      await Promise.allSettled(inFlight);
    }
  }

  #learn({ positionBytes, bytes }: Piece): void {
    this.#strideBytes = bytes.length;
    if (bytes.length < smallPieceBytes) this.#smallPieces++;
    if (this.#smallPieces > maxSmallPieces) {
      throw this.#violation(positionBytes, `it comes in pieces of ${bytes.length} bytes`);
    }
  }

  async #fetch(positionBytes: number, signal: AbortSignal): Promise<Piece> {
    const { clip, fileName } = this.#source;
    try {
      const answer = await this.#session.request(
        download,
        { off: positionBytes, name: fileName },
        { signal },
      );
      if (answer.off !== positionBytes) {
        throw this.#violation(positionBytes, `it answered for position ${answer.off}`);
      }
      if (answer.len !== undefined && answer.len !== this.sizeBytes) {
        throw new RecorderError(
          'CLIP_CHANGED',
          `${clip.name} has ${answer.len} bytes, ${this.sizeBytes} when opened`,
          {
            clipName: clip.name,
          },
        );
      }
      if (answer.data.length === 0) {
        throw this.#violation(positionBytes, `it ended before its ${this.sizeBytes} bytes`);
      }
      if (answer.data.length > this.sizeBytes - positionBytes) {
        throw this.#violation(positionBytes, `it went on past its ${this.sizeBytes} bytes`);
      }
      return { positionBytes, bytes: answer.data };
    } catch (error) {
      throw clipFault(error, 'CLIP_READ_FAILED', clip.name, positionBytes);
    }
  }

  #violation(positionBytes: number, what: string): RecorderError {
    const clipName = this.#source.clip.name;
    return new RecorderError('PROTOCOL_VIOLATION', `${clipName} at ${positionBytes}: ${what}`, {
      clipName,
      positionBytes,
    });
  }

  async assertUnchanged(): Promise<void> {
    const { clip, fileName } = this.#source;
    try {
      const status = await this.#session.request(fileStatus, { name: fileName });
      if (status.len === this.sizeBytes && (await this.#source.isEntryUnchanged())) return;
    } catch (error) {
      throw clipFault(error, 'CLIP_CHANGED', clip.name);
    }
    throw new RecorderError('CLIP_CHANGED', `${clip.name} changed while it was read`, {
      clipName: clip.name,
    });
  }

  async close(): Promise<void> {
    this.#latest = { positionBytes: 0, bytes: new Uint8Array(0) };
    // A courtesy to firmware with few file handles: it closes idle files by itself, so a failure changes nothing.
    await this.#session.request(closeFile, {}, { attempts: 1 }).catch(() => undefined);
  }
}
