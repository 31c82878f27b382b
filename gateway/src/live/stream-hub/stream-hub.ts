import type { LiveFeed } from '@docket/device-protocol/live';
import type { LiveStream, LiveStreams } from '../live-stream.ts';
import { CarriedStream } from './carried-stream.ts';

export interface StreamHubOptions {
  /** A sink threw, and gets nothing more. */
  onSinkFailure?(recorderId: string, error: unknown): void;
}

/** Every stream that comes in now. Each is taken once and handed to all who watch; it goes when its feed ends. */
export class StreamHub implements LiveStreams {
  readonly #options: StreamHubOptions;
  readonly #streams = new Map<string, CarriedStream>();
  readonly #listeners = new Set<(recorderId: string) => void>();

  constructor(options: StreamHubOptions = {}) {
    this.#options = options;
  }

  /**
   * Lets a feed flow and shows it to all who watch, until it ends. A stream of the same recorder that is still there
   * ends for its viewers; its feed is its owner's to close.
   */
  carry(recorderId: string, sessionId: string, feed: LiveFeed): LiveStream {
    const { onSinkFailure } = this.#options;
    const before = this.#streams.get(recorderId);
    const stream = new CarriedStream({
      recorderId,
      sessionId,
      feed,
      onSinkFailure: (error) => onSinkFailure?.(recorderId, error),
    });
    this.#streams.set(recorderId, stream);
    before?.end();
    void feed.ended.then(() => this.#gone(stream));
    stream.begin();
    this.#tell(recorderId);
    return stream;
  }

  get(recorderId: string): LiveStream | null {
    return this.#streams.get(recorderId) ?? null;
  }

  list(): readonly LiveStream[] {
    return [...this.#streams.values()];
  }

  onChange(listener: (recorderId: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #gone(stream: CarriedStream): void {
    stream.end();
    if (this.#streams.get(stream.recorderId) !== stream) return;
    this.#streams.delete(stream.recorderId);
    this.#tell(stream.recorderId);
  }

  #tell(recorderId: string): void {
    for (const listener of [...this.#listeners]) listener(recorderId);
  }
}
