import type { Arrival } from '@docket/device-protocol/live';
import type { FlvMedia } from './flv-media.ts';

/** What a tag of the stream held, and when it came. */
export interface TimedMedia {
  media: FlvMedia;
  arrival: Arrival;
}

const most = { tags: 2_048, bytes: 16 * 1024 * 1024 };

/** What waits for somebody to take it, within bounds. */
export class HeldMedia {
  #held: TimedMedia[] = [];
  #bytes = 0;

  get isFull(): boolean {
    return this.#held.length >= most.tags || this.#bytes >= most.bytes;
  }

  /** Where it was full already, all that was held is let go of: nobody wanted it. */
  add(timed: TimedMedia): void {
    if (this.isFull) this.release();
    this.#held.push(timed);
    this.#bytes += bytesOf(timed.media);
  }

  /** What was held, once. */
  release(): TimedMedia[] {
    const held = this.#held;
    this.#held = [];
    this.#bytes = 0;
    return held;
  }
}

function bytesOf(media: FlvMedia): number {
  if (media.is === 'picture') return media.units.reduce((sum, unit) => sum + unit.length, 0);
  return media.is === 'sound' ? media.frame.length : 0;
}
