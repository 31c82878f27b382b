import type { Readable } from 'node:stream';
import { type FeedEnd, hostClockMs } from '@docket/device-protocol/live';
import type { FlvMedia } from './flv-media.ts';
import { FlvMediaReader } from './flv-media-reader.ts';
import { FlvReader, type FlvTag } from './flv-reader.ts';
import { HeldMedia, type TimedMedia } from './held-media.ts';
import { RtmpFeed } from './rtmp-feed.ts';
import { SilenceWatch } from './silence-watch.ts';
import { isDescribedBy, learn, type StreamContents } from './stream-contents.ts';
import { StreamOpening } from './stream-opening.ts';

/** The connection that brings the stream. */
export interface StreamConnection {
  readonly ended: Promise<FeedEnd>;
  end(cause: FeedEnd['cause'], detail: string): void;
  lose(detail: string): void;
}

export interface RtmpStreamOptions {
  /** The stream as the media server gives it out. */
  flv: Readable;
  connection: StreamConnection;
  /** A stream without picture and sound for this long has ended. */
  silenceMs: number;
  /** Told once each: a codec that is not carried, or a tag that cannot be read. */
  onOddity(oddity: string): void;
}

/** How long the last of a stream may take to come out of the media server. */
const drainMs = 1_000;
/** Feeds that nobody took yet: a stream that changes faster than it is taken is cut. */
const mostWaiting = 2;
const mostOddities = 16;

/**
 * What one connection brings, as feeds one after another: where a track begins that was not there before, or is coded in
 * another way from now on, the feed ends and another one with the new description follows at once.
 */
export class RtmpStream {
  /** Resolves once all of it was read and its connection is closed; never rejects. */
  readonly ended: Promise<FeedEnd>;
  readonly #options: RtmpStreamOptions;
  readonly #media = new FlvMediaReader();
  readonly #silence: SilenceWatch;
  readonly #oddities = new Set<string>();
  readonly #otherCodecs = new Set<string>();
  readonly #waiting: RtmpFeed[] = [];
  #onNews: () => void = () => {};
  #opening: StreamOpening | null = new StreamOpening();
  #contents: StreamContents = { video: null, audio: null };
  #feed: RtmpFeed | null = null;
  #isOver = false;

  constructor(options: RtmpStreamOptions) {
    this.#options = options;
    const { flv, connection, silenceMs } = options;
    this.#silence = new SilenceWatch(silenceMs, () => this.#fallSilent());
    const reader = new FlvReader((tag) => this.#take(tag));
    flv.on('data', (chunk: Buffer) => {
      try {
        reader.push(chunk);
      } catch (error) {
        flv.destroy();
        connection.end('protocol', error instanceof Error ? error.message : 'the stream cannot be read');
      }
    });
    flv.on('error', () => {});
    const drained = new Promise<void>((resolve) => flv.once('close', () => resolve()));
    flv.once('close', () => connection.lose('the media server went away'));
    const cutOff = connection.ended.then(() => setTimeout(() => flv.destroy(), drainMs));
    // Not before the last of what came has been passed on.
    this.ended = Promise.all([connection.ended, cutOff, drained]).then(([end, timer]) => {
      clearTimeout(timer);
      this.#finish(end);
      return end;
    });
  }

  /** The next feed of it; `null` once there is none any more. */
  async next(): Promise<RtmpFeed | null> {
    for (;;) {
      const feed = this.#waiting.shift() ?? null;
      if (feed !== null || this.#isOver) return feed;
      await new Promise<void>((resolve) => {
        this.#onNews = resolve;
      });
    }
  }

  #take(tag: FlvTag): void {
    const media = this.#media.read(tag);
    if (media.is === 'nothing') return;
    if (media.is === 'picture' || media.is === 'sound') this.#silence.hear();
    this.#noteOddity(media);
    const timed = { media, arrival: { atMs: hostClockMs(), sentNotBeforeMs: null } };
    if (this.#opening !== null) this.#open(this.#opening, timed);
    else this.#goOn(timed);
  }

  #open(opening: StreamOpening, timed: TimedMedia): void {
    opening.take(timed);
    if (!opening.isOver) return;
    this.#opening = null;
    this.#begin(opening.contents, opening.held);
  }

  #fallSilent(): void {
    const { connection } = this.#options;
    if (this.#otherCodecs.size === 0 || this.#feed !== null)
      connection.end('silent', 'nothing came any more');
    else {
      const names = [...this.#otherCodecs].join(', ');
      connection.end('refused', `nothing in it can be carried (${names})`);
    }
  }

  #goOn(timed: TimedMedia): void {
    const contents = learn(this.#contents, timed.media);
    if (isDescribedBy(contents, this.#contents)) {
      this.#contents = contents;
      this.#feed?.take(timed);
      return;
    }
    if (this.#waiting.length >= mostWaiting) {
      this.#options.connection.end('protocol', 'it becomes another stream too often');
      return;
    }
    const held = new HeldMedia();
    held.add(timed);
    this.#feed?.finish({ cause: 'replaced', detail: 'its tracks are others now' });
    this.#begin(contents, held);
  }

  #begin(contents: StreamContents, held: HeldMedia): void {
    this.#contents = contents;
    this.#feed = new RtmpFeed({
      contents,
      refused: [...this.#otherCodecs],
      held,
      hangUp: async () => {
        this.#options.connection.end('closed', 'no longer wanted');
        await this.ended;
      },
    });
    this.#waiting.push(this.#feed);
    this.#onNews();
  }

  #finish(end: FeedEnd): void {
    this.#silence.stop();
    // It was over before it was clear whether more belongs to it: what came is all of it.
    if (this.#opening?.isAnything === true) this.#begin(this.#opening.contents, this.#opening.held);
    this.#opening = null;
    this.#feed?.finish(end);
    this.#isOver = true;
    this.#onNews();
  }

  #noteOddity(media: FlvMedia): void {
    if (media.is !== 'other-codec' && media.is !== 'unreadable') return;
    const oddity = media.is === 'unreadable' ? media.why : `${media.name} is not carried`;
    if (this.#oddities.has(oddity) || this.#oddities.size >= mostOddities) return;
    this.#oddities.add(oddity);
    if (media.is === 'other-codec') this.#otherCodecs.add(media.name);
    this.#options.onOddity(oddity);
  }
}
