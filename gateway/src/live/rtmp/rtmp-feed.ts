import {
  type FeedEnd,
  type LiveDescription,
  type LiveFeed,
  type LiveFeedListener,
  parseDescription,
} from '@docket/device-protocol/live';
import type { HeldMedia, TimedMedia } from './held-media.ts';
import { RtpTracks } from './rtp-tracks.ts';
import type { StreamContents } from './stream-contents.ts';
import { describeStream } from './stream-description.ts';

export interface RtmpFeedOptions {
  contents: StreamContents;
  /** Codecs in it that are not carried. */
  refused: readonly string[];
  /** What came of it already. */
  held: HeldMedia;
  /** Ends the connection it comes by; resolves once that is closed. */
  hangUp(): Promise<void>;
}

/**
 * An RTMP stream, as long as it consists of the same, as RTP packets of our own making. They carry the recorder's media
 * time. RTMP tells no wall clock: there are no sender reports, and none are made up. What comes until `begin` is kept,
 * within bounds, also where the stream ends before.
 */
export class RtmpFeed implements LiveFeed {
  readonly way = 'push-rtmp';
  readonly transport = 'tcp';
  readonly description: LiveDescription;
  readonly ended: Promise<FeedEnd>;
  readonly #held: HeldMedia;
  readonly #tracks: RtpTracks;
  readonly #hangUp: () => Promise<void>;
  #listener: LiveFeedListener | null = null;
  #end: FeedEnd | null = null;
  #resolveEnded: (end: FeedEnd) => void = () => {};

  constructor({ contents, refused, held, hangUp }: RtmpFeedOptions) {
    const described = parseDescription(describeStream(contents.video, contents.audio));
    this.description = { ...described, refused };
    this.#tracks = new RtpTracks(described.tracks, contents.video);
    this.#held = held;
    this.#hangUp = hangUp;
    this.ended = new Promise((resolve) => {
      this.#resolveEnded = resolve;
    });
  }

  begin(listener: LiveFeedListener): void {
    // What came before is handed over behind the caller's back: it has yet to say who watches.
    queueMicrotask(() => {
      this.#listener = listener;
      for (const timed of this.#held.release()) this.#pass(timed, listener);
      if (this.#end !== null) this.#resolveEnded(this.#end);
    });
  }

  async close(): Promise<void> {
    if (this.#end === null) await this.#hangUp();
    // Where nobody began it, nobody will.
    this.#resolveEnded(this.#end ?? { cause: 'closed', detail: 'no longer wanted' });
    await this.ended;
  }

  take(timed: TimedMedia): void {
    if (this.#end !== null) return;
    if (this.#listener === null) this.#held.add(timed);
    else this.#pass(timed, this.#listener);
  }

  /** Nothing more comes of it. */
  finish(end: FeedEnd): void {
    this.#end ??= end;
    if (this.#listener !== null) this.#resolveEnded(this.#end);
  }

  #pass({ media, arrival }: TimedMedia, listener: LiveFeedListener): void {
    this.#tracks.take(media, (track, packet) => listener.packet(track, packet, arrival));
  }
}
