import { HeldMedia, type TimedMedia } from './held-media.ts';
import { learn, type StreamContents } from './stream-contents.ts';

/** How far into a stream its other track may begin: RTMP does not say beforehand what a stream consists of. */
const openingMs = 1_500;

/** The beginning of a stream: finds out what it consists of, and keeps what came meanwhile. */
export class StreamOpening {
  contents: StreamContents = { video: null, audio: null };
  readonly held = new HeldMedia();
  #firstArrivalMs: number | null = null;
  #firstMediaMs: number | null = null;
  #isTimeUp = false;

  /** Something in it can be carried. */
  get isAnything(): boolean {
    return this.contents.video !== null || this.contents.audio !== null;
  }

  /** True once it is known what the stream consists of. */
  get isOver(): boolean {
    return this.isAnything && this.#isTimeUp;
  }

  take(timed: TimedMedia): void {
    const { media, arrival } = timed;
    this.contents = learn(this.contents, media);
    this.held.add(timed);
    this.#firstArrivalMs ??= arrival.atMs;
    let lastsMs = arrival.atMs - this.#firstArrivalMs;
    if (media.is === 'picture' || media.is === 'sound') {
      // Sent faster than it was recorded; of setups the time is often 0.
      this.#firstMediaMs ??= media.shownMs;
      lastsMs = Math.max(lastsMs, media.shownMs - this.#firstMediaMs);
    }
    const hasBoth = this.contents.video !== null && this.contents.audio !== null;
    this.#isTimeUp = hasBoth || lastsMs >= openingMs || this.held.isFull;
  }
}
