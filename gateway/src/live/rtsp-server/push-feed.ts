import type {
  FeedEnd,
  LiveDescription,
  LiveFeed,
  LiveFeedListener,
  LiveTransport,
} from '@docket/device-protocol/live';

/** What a recorder sends between RECORD and its end, as a feed. */
export class PushFeed implements LiveFeed {
  readonly way = 'push-rtsp';
  readonly transport: LiveTransport;
  readonly description: LiveDescription;
  readonly ended: Promise<FeedEnd>;
  readonly #hangUp: (end: FeedEnd) => Promise<void>;
  #listener: LiveFeedListener | null = null;
  #resolveEnded: (end: FeedEnd) => void = () => {};

  /** `hangUp` ends what it comes by, which calls `end`. */
  constructor(
    transport: LiveTransport,
    description: LiveDescription,
    hangUp: (end: FeedEnd) => Promise<void>,
  ) {
    this.transport = transport;
    this.description = description;
    this.#hangUp = hangUp;
    this.ended = new Promise((resolve) => {
      this.#resolveEnded = resolve;
    });
  }

  /** Null until someone takes it. */
  get listener(): LiveFeedListener | null {
    return this.#listener;
  }

  begin(listener: LiveFeedListener): void {
    this.#listener = listener;
  }

  /** Nothing comes any more, and nothing of it is open. The first end counts. */
  end(end: FeedEnd): void {
    this.#listener = null;
    this.#resolveEnded(end);
  }

  close(): Promise<void> {
    return this.#leave({ cause: 'closed', detail: 'ended here' });
  }

  /** Ends it because the recorder connected anew. */
  giveWay(): Promise<void> {
    return this.#leave({ cause: 'replaced', detail: 'the recorder connected anew' });
  }

  async #leave(end: FeedEnd): Promise<void> {
    await this.#hangUp(end);
    await this.ended;
  }
}
