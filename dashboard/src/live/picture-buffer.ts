import type { PlayHello } from '@docket/gateway/contract';
import type { MediaPart } from './play-message.ts';
import { TrackBuffer } from './track-buffer.ts';

/** Puts the tracks of a stream into a video element until closed. */
export class PictureBuffer {
  readonly #video: HTMLVideoElement;
  readonly #source = new MediaSource();
  readonly #url: string;
  readonly #onFailure: (cause: unknown) => void;
  readonly #tracks: ReadonlyMap<number, TrackBuffer>;
  #hasFailed = false;
  #isClosed = false;

  /** `onFailure`: nothing more can be played by this one. */
  constructor(video: HTMLVideoElement, { tracks }: PlayHello, onFailure: (cause: unknown) => void) {
    this.#video = video;
    this.#onFailure = onFailure;
    this.#tracks = new Map(
      tracks.map(({ track }) => [track, new TrackBuffer(() => video.currentTime, this.#fail)]),
    );
    this.#url = URL.createObjectURL(this.#source);
    this.#source.addEventListener('sourceopen', () => this.#open(tracks), { once: true });
    video.addEventListener('error', this.#fail);
    video.src = this.#url;
  }

  take(part: MediaPart): void {
    if (!this.#hasFailed) this.#tracks.get(part.track)?.take(part);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const track of this.#tracks.values()) track.close();
    this.#video.removeEventListener('error', this.#fail);
    this.#video.removeAttribute('src');
    this.#video.load();
    URL.revokeObjectURL(this.#url);
  }

  #open(tracks: PlayHello['tracks']): void {
    if (this.#isClosed) return;
    try {
      // All of them before the first byte: a browser takes no further track after that.
      const buffers = tracks.map(({ mimeType }) => this.#source.addSourceBuffer(mimeType));
      for (const [index, { track }] of tracks.entries()) {
        const buffer = buffers[index];
        if (buffer !== undefined) this.#tracks.get(track)?.open(buffer);
      }
    } catch (cause) {
      this.#fail(cause);
    }
  }

  readonly #fail = (cause: unknown) => {
    if (this.#hasFailed || this.#isClosed) return;
    this.#hasFailed = true;
    this.#onFailure(this.#video.error ?? cause);
  };
}
