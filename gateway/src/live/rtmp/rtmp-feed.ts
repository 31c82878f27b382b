import type { Readable } from 'node:stream';
import {
  type Arrival,
  type FeedEnd,
  hostClockMs,
  type LiveDescription,
  type LiveFeed,
  type LiveFeedListener,
  parseDescription,
} from '@docket/device-protocol/live';
import { type FlvMedia, FlvMediaReader } from './flv-media.ts';
import { FlvReader, type FlvTag } from './flv-reader.ts';
import { RtpTracks } from './rtp-tracks.ts';
import { describeStream } from './stream-description.ts';
import { StreamOpening } from './stream-opening.ts';

/** How long the last of a stream may take to come out of the media server. */
const drainMs = 1_000;

/** The connection that brings the stream. */
export interface FeedConnection {
  readonly ended: Promise<FeedEnd>;
  end(cause: FeedEnd['cause'], detail: string): void;
  lose(detail: string): void;
}

/**
 * An RTMP stream as RTP packets of our own making. They carry the recorder's media time. RTMP tells no wall clock: there
 * are no sender reports, and none are made up.
 */
export class RtmpFeed implements LiveFeed {
  readonly way = 'push-rtmp';
  readonly transport = 'tcp';
  readonly ended: Promise<FeedEnd>;
  readonly #connection: FeedConnection;
  readonly #media = new FlvMediaReader();
  readonly #opening = new StreamOpening();
  #tracks: RtpTracks | null = null;
  #description: LiveDescription | null = null;
  #listener: LiveFeedListener | null = null;
  #onKnown: () => void = () => {};

  /**
   * Resolves once it is known what the stream consists of; what comes until `begin` is kept, within bounds. Resolves
   * with how it ended where it ended before, or holds nothing that can be carried.
   */
  static async open(flv: Readable, connection: FeedConnection): Promise<RtmpFeed | FeedEnd> {
    const feed = new RtmpFeed(flv, connection);
    const isKnown = new Promise<null>((resolve) => {
      feed.#onKnown = () => resolve(null);
    });
    return (await Promise.race([isKnown, feed.ended])) ?? feed;
  }

  private constructor(flv: Readable, connection: FeedConnection) {
    this.#connection = connection;
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
    // Not before the last of what came has been passed on.
    this.ended = Promise.all([connection.ended, drained]).then(([end]) => end);
    void connection.ended.then(() => setTimeout(() => flv.destroy(), drainMs).unref());
  }

  get description(): LiveDescription {
    if (this.#description === null) throw new Error('it is not yet known what the stream consists of');
    return this.#description;
  }

  begin(listener: LiveFeedListener): void {
    // What came before is handed over behind the caller's back: it has yet to say who watches.
    queueMicrotask(() => {
      this.#listener = listener;
      for (const { media, arrival } of this.#opening.release()) this.#pass(media, arrival);
    });
  }

  async close(): Promise<void> {
    this.#connection.end('closed', 'no longer wanted');
    await this.ended;
  }

  #take(tag: FlvTag): void {
    const media = this.#media.read(tag);
    if (media.is === 'nothing') return;
    const arrival = { atMs: hostClockMs(), sentNotBeforeMs: null };
    if (this.#listener !== null) this.#pass(media, arrival);
    else this.#opening.take({ media, arrival }, tag.timeMs);
    if (this.#description === null && this.#opening.isKnown) this.#describe();
  }

  /** It is known now what the stream consists of. */
  #describe(): void {
    const { video, audio, refused } = this.#opening;
    if (video === null && audio === null) {
      const names = [...refused].join(', ');
      this.#connection.end('refused', `nothing in it can be carried (${names === '' ? 'empty' : names})`);
      return;
    }
    this.#description = {
      ...parseDescription(describeStream(video, audio)),
      refused: [...refused],
    };
    this.#tracks = new RtpTracks(this.#description.tracks, video, audio);
    this.#onKnown();
  }

  #pass(media: FlvMedia, arrival: Arrival): void {
    const listener = this.#listener;
    if (listener === null) return;
    if (media.is === 'audio-setup' && this.#tracks?.isOther(media.setup) === true) {
      // The description that was given no longer holds; the recorder comes again with the new one.
      this.#connection.end('protocol', 'the sound changed its kind');
      return;
    }
    this.#tracks?.take(media, (track, packet) => listener.packet(track, packet, arrival));
  }
}
