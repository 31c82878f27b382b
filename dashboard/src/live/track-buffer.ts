import type { MediaPart } from './play-message.ts';

/** The part of SourceBuffer that is used here; a test brings its own. */
export interface SourceBufferLike {
  readonly updating: boolean;
  appendBuffer(bytes: ArrayBuffer): void;
  remove(fromSeconds: number, toSeconds: number): void;
  addEventListener(type: 'updateend', listener: () => void): void;
}

const mostWaitingBytes = 32 * 1024 * 1024;
/** Behind what is shown; what is older is let go, some of it at a time. */
const keptSeconds = 6;
const trimBeyondSeconds = 16;
/** Players round times to microseconds. */
const slackSeconds = 0.001;

/**
 * Hands the media of one track to the browser in the order in which it came, and takes back what was shown.
 *
 * A browser that takes something back takes all that is decoded with it, up to the next beginning (Media Source Extensions,
 * coded frame removal). So it is done from one beginning to another, and never to the one whose pictures are shown.
 */
export class TrackBuffer {
  readonly #shownSeconds: () => number;
  readonly #onFailure: (cause: unknown) => void;
  #buffer: SourceBufferLike | null = null;
  #waiting: MediaPart[] = [];
  #waitingBytes = 0;
  /** Times of the key frames that the browser holds. */
  #beginnings: number[] = [];
  #needsBeginning = false;

  constructor(shownSeconds: () => number, onFailure: (cause: unknown) => void) {
    this.#shownSeconds = shownSeconds;
    this.#onFailure = onFailure;
  }

  /** From here on the browser takes media. */
  open(buffer: SourceBufferLike): void {
    this.#buffer = buffer;
    buffer.addEventListener('updateend', () => this.#goOn());
    this.#goOn();
  }

  close(): void {
    this.#buffer = null;
    this.#waiting = [];
  }

  take(part: MediaPart): void {
    if (this.#needsBeginning && !part.isKeyFrame) return;
    this.#needsBeginning = false;
    this.#waiting.push(part);
    this.#waitingBytes += part.media.byteLength;
    if (this.#waitingBytes > mostWaitingBytes) this.#onFailure('overrun');
    else this.#goOn();
  }

  #goOn(): void {
    if (this.#buffer === null || this.#buffer.updating) return;
    try {
      if (this.#waiting.length > 0) this.#append(this.#buffer);
      else this.#trim(this.#buffer);
    } catch (cause) {
      this.#onFailure(cause);
    }
  }

  #append(buffer: SourceBufferLike): void {
    try {
      buffer.appendBuffer(joined(this.#waiting, this.#waitingBytes));
    } catch (cause) {
      if (!isFull(cause)) throw cause;
      return void this.#makeRoom(buffer, cause);
    }
    this.#beginnings.push(...this.#waiting.filter(isBeginning).map(({ mediaSeconds }) => mediaSeconds));
    this.#wait([]);
  }

  #trim(buffer: SourceBufferLike): void {
    const shownSeconds = this.#shownSeconds();
    const [oldest = shownSeconds] = this.#beginnings;
    if (shownSeconds - oldest >= trimBeyondSeconds) this.#letGo(buffer, shownSeconds - keptSeconds);
  }

  /** What was shown goes. Where that does not help all goes, and pictures are left out up to the newest key frame. */
  #makeRoom(buffer: SourceBufferLike, cause: unknown): void {
    if (this.#letGo(buffer, this.#shownSeconds())) return;
    const heads = this.#waiting.filter(({ isInitialisation }) => isInitialisation);
    const newest = this.#waiting.findLastIndex(isBeginning);
    const kept = [...heads, ...(newest < 0 ? [] : this.#waiting.slice(newest))];
    const isEmpty = this.#beginnings.length === 0;
    if (isEmpty && kept.length === this.#waiting.length) throw cause;
    this.#needsBeginning = newest < 0;
    this.#wait(kept);
    this.#beginnings = [];
    if (isEmpty) this.#goOn();
    else buffer.remove(0, Number.POSITIVE_INFINITY);
  }

  /** Takes back what lies before the last beginning up to a time; false where there is nothing. */
  #letGo(buffer: SourceBufferLike, upToSeconds: number): boolean {
    const index = this.#beginnings.findLastIndex((seconds) => seconds <= upToSeconds);
    const beginning = this.#beginnings[index];
    if (beginning === undefined || index === 0) return false;
    this.#beginnings = this.#beginnings.slice(index);
    buffer.remove(0, beginning - slackSeconds);
    return true;
  }

  #wait(parts: MediaPart[]): void {
    this.#waiting = parts;
    this.#waitingBytes = parts.reduce((sum, { media }) => sum + media.byteLength, 0);
  }
}

function isBeginning({ isKeyFrame, isInitialisation }: MediaPart): boolean {
  return isKeyFrame && !isInitialisation;
}

function isFull(cause: unknown): boolean {
  return cause instanceof DOMException && cause.name === 'QuotaExceededError';
}

function joined(parts: readonly MediaPart[], sizeBytes: number): ArrayBuffer {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only.media;
  const bytes = new Uint8Array(sizeBytes);
  let at = 0;
  for (const { media } of parts) {
    bytes.set(new Uint8Array(media), at);
    at += media.byteLength;
  }
  return bytes.buffer;
}
