import type { PlayHello } from '@docket/gateway/contract';
import type { MediaPart } from './play-message.ts';

const mostWaitingBytes = 32 * 1024 * 1024;
/** Behind what is shown; what is older is let go. */
const keptSeconds = 6;
const trimBeyondSeconds = 16;

interface Track {
  buffer: SourceBuffer;
  waiting: ArrayBuffer[];
  waitingBytes: number;
}

/** Hands media to a video element in the order in which it came, and keeps no more than is needed. */
export class PictureBuffer {
  readonly #video: HTMLVideoElement;
  readonly #source = new MediaSource();
  readonly #url: string;
  readonly #onFailure: (cause: unknown) => void;
  readonly #tracks = new Map<number, Track>();
  readonly #early: MediaPart[] = [];
  #isClosed = false;

  /** `onFailure`: nothing more can be played by this one. */
  constructor(video: HTMLVideoElement, { tracks }: PlayHello, onFailure: (cause: unknown) => void) {
    this.#video = video;
    this.#onFailure = onFailure;
    this.#url = URL.createObjectURL(this.#source);
    this.#source.addEventListener('sourceopen', () => this.#open(tracks), { once: true });
    video.addEventListener('error', this.#fail);
    video.src = this.#url;
  }

  take(part: MediaPart): void {
    if (this.#isClosed) return;
    const track = this.#tracks.get(part.track);
    if (track === undefined) {
      if (this.#source.readyState !== 'open') this.#early.push(part);
      return;
    }
    track.waiting.push(part.media);
    track.waitingBytes += part.media.byteLength;
    if (track.waitingBytes > mostWaitingBytes) return void this.#fail('overrun');
    this.#append(track);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#video.removeEventListener('error', this.#fail);
    this.#video.removeAttribute('src');
    this.#video.load();
    URL.revokeObjectURL(this.#url);
  }

  #open(tracks: PlayHello['tracks']): void {
    if (this.#isClosed) return;
    try {
      for (const { track, mimeType } of tracks) {
        const buffer = this.#source.addSourceBuffer(mimeType);
        const own: Track = { buffer, waiting: [], waitingBytes: 0 };
        buffer.addEventListener('updateend', () => this.#append(own));
        this.#tracks.set(track, own);
      }
    } catch (cause) {
      return void this.#fail(cause);
    }
    for (const part of this.#early.splice(0)) this.take(part);
  }

  #append(track: Track): void {
    if (this.#isClosed || track.buffer.updating || this.#source.readyState !== 'open') return;
    try {
      if (track.waiting.length === 0) return void this.#trim(track.buffer);
      const bytes = joined(track.waiting.splice(0), track.waitingBytes);
      track.waitingBytes = 0;
      track.buffer.appendBuffer(bytes);
    } catch (cause) {
      this.#fail(cause);
    }
  }

  #trim(buffer: SourceBuffer): void {
    const shown = this.#video.currentTime;
    if (buffer.buffered.length === 0 || shown - buffer.buffered.start(0) < trimBeyondSeconds) return;
    buffer.remove(0, shown - keptSeconds);
  }

  readonly #fail = (cause: unknown) => {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#onFailure(this.#video.error ?? cause);
  };
}

function joined(parts: readonly ArrayBuffer[], sizeBytes: number): ArrayBuffer {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  const bytes = new Uint8Array(sizeBytes);
  let at = 0;
  for (const part of parts) {
    bytes.set(new Uint8Array(part), at);
    at += part.byteLength;
  }
  return bytes.buffer;
}
