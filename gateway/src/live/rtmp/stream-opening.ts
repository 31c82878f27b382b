import type { Arrival } from '@docket/device-protocol/live';
import type { AudioSetup, FlvMedia, VideoSetup } from './flv-media.ts';

/** What a tag of the stream held, and when it came. */
export interface TimedMedia {
  media: FlvMedia;
  arrival: Arrival;
}

/** How far into a stream its other track may begin: RTMP does not say beforehand what a stream consists of. */
const openingMs = 1_500;
const mostHeld = 2_048;
const mostHeldBytes = 16 * 1024 * 1024;

/** The beginning of a stream: finds out what it consists of, and keeps what came meanwhile. */
export class StreamOpening {
  video: VideoSetup | null = null;
  audio: AudioSetup | null = null;
  /** Codecs in it that cannot be carried. */
  readonly refused = new Set<string>();
  #held: TimedMedia[] = [];
  #heldBytes = 0;
  #firstMs: number | null = null;
  #isOver = false;

  /** True once it is known what the stream consists of. */
  get isKnown(): boolean {
    return this.#isOver;
  }

  /** Takes the next of it. What has been held too long is let go of: nobody wanted it. */
  take(timed: TimedMedia, timeMs: number): void {
    const { media } = timed;
    if (media.is === 'video-setup') this.video ??= media.setup;
    if (media.is === 'audio-setup') this.audio ??= media.setup;
    if (media.is === 'sound') this.audio ??= media.setup;
    if (media.is === 'other-codec') this.refused.add(media.name);
    this.#hold(timed);
    this.#firstMs ??= timeMs;
    const hasBoth = this.video !== null && this.audio !== null;
    if (hasBoth || timeMs - this.#firstMs >= openingMs) this.#isOver = true;
  }

  /** What was held, once. */
  release(): TimedMedia[] {
    const held = this.#held;
    this.#held = [];
    this.#heldBytes = 0;
    return held;
  }

  #hold(timed: TimedMedia): void {
    this.#heldBytes += bytesOf(timed.media);
    this.#held.push(timed);
    if (this.#held.length <= mostHeld && this.#heldBytes <= mostHeldBytes) return;
    if (this.#isOver) this.release();
    this.#isOver = true;
  }
}

function bytesOf(media: FlvMedia): number {
  if (media.is === 'picture') return media.units.reduce((sum, unit) => sum + unit.length, 0);
  return media.is === 'sound' ? media.frame.length : 0;
}
