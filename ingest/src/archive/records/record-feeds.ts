import type { IndexDatabase } from '../../index-store/index-database.ts';
import { Rest } from '../../rest.ts';
import { ArchiveRefusal } from '../archive-refusal.ts';
import { backOffMs } from '../back-off.ts';
import { FeedCursors, type FeedStatus } from './feed-cursors.ts';
import type { IndexRecords } from './index-records.ts';
import type { FeedCursor, RecordPlace } from './record-place.ts';

export interface RecordFeedsOptions {
  database: IndexDatabase;
  records: IndexRecords;
  /** Told of each try that failed. */
  onError(error: unknown, feed: string): void;
  /** Told where a place has no more what it had acknowledged. */
  onLoss(feed: string, loss: string): void;
  /** How long a place that is not given anything is believed to have what it had. */
  askAgainMs?: number;
}

/** Looks for new records at least this often, should nobody wake it. */
const longestRestMs = 5_000;

/**
 * Brings every index record to every place, each in sequence and by itself: a place that is away holds up no other.
 * How far each has got is durable; after a crash it is asked what it has, where it can be asked, and else given the last
 * records again under the same ids.
 */
export class RecordFeeds {
  readonly #options: Required<RecordFeedsOptions>;
  readonly #cursors: FeedCursors;
  readonly #feeds: Feed[] = [];

  constructor(options: RecordFeedsOptions) {
    this.#options = { askAgainMs: 300_000, ...options };
    this.#cursors = new FeedCursors(options.database);
    options.records.onAppended(() => this.wake());
  }

  /** Adds a place. Before `run`. */
  add(place: RecordPlace): void {
    this.#feeds.push(new Feed(place, this.#cursors, this.#options));
  }

  /** Looks for new records now. What failed waits all the same. */
  wake(): void {
    for (const feed of this.#feeds) feed.rest.wake();
  }

  /** Tries a feed that waits after a failure again at once. `false` where there is none of this name. */
  retryNow(name: string): boolean {
    const found = this.#feeds.filter(({ place }) => place.feed === name);
    for (const feed of found) feed.retryNow();
    return found.length > 0;
  }

  status(): Promise<FeedStatus[]> {
    return this.#cursors.statusOf(this.#feeds.map(({ place }) => place));
  }

  /** Feeds until the signal aborts, then closes the places. */
  async run(signal: AbortSignal): Promise<void> {
    try {
      await Promise.all(this.#feeds.map((feed) => feed.run(signal)));
    } finally {
      for (const { place } of this.#feeds) await place.close?.();
    }
  }
}

/** One place and what it has. */
class Feed {
  readonly place: RecordPlace;
  readonly rest = new Rest();
  readonly #backOff = new Rest();
  readonly #cursors: FeedCursors;
  readonly #options: Required<RecordFeedsOptions>;
  /** Until when the place is believed to stand where it stood; of a clock that does not run back. */
  #isSureUntilMs = 0;
  #attempts = 0;
  /** As it is kept; `null`: not read yet, or a try failed. */
  #cursor: FeedCursor | null = null;

  constructor(place: RecordPlace, cursors: FeedCursors, options: Required<RecordFeedsOptions>) {
    this.place = place;
    this.#cursors = cursors;
    this.#options = options;
    place.onDoubt?.(() => {
      this.#isSureUntilMs = 0;
      this.rest.wake();
    });
  }

  retryNow(): void {
    this.#backOff.wake();
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        if (!(await this.#step(signal))) await this.rest.until(longestRestMs, signal);
      } catch (error) {
        if (signal.aborted) return;
        this.#isSureUntilMs = 0;
        this.#cursor = null;
        await this.#wait(error, signal);
      }
    }
  }

  /** Resolves with whether there may be more to do. */
  async #step(signal: AbortSignal): Promise<boolean> {
    const { place } = this;
    if (place.isOpen !== undefined && !(await place.isOpen())) return false;
    const cursor = await this.#whereItStands(this.#cursor ?? (await this.#cursors.open(place)), signal);
    this.#cursor = cursor;
    const records = await this.#options.records.since(cursor.nextSequence, place.mostAtOnce);
    if (records.length === 0) return false;
    const reached = await place.deliver(records, cursor, signal);
    await this.#cursors.delivered(place.feed, reached);
    this.#cursor = reached;
    this.#attempts = 0;
    return true;
  }

  async #whereItStands(cursor: FeedCursor, signal: AbortSignal): Promise<FeedCursor> {
    const { place } = this;
    const { askAgainMs, onLoss } = this.#options;
    if (place.resume === undefined || performance.now() < this.#isSureUntilMs) return cursor;
    // What raises doubt while the place is being asked makes it be asked again.
    this.#isSureUntilMs = performance.now() + askAgainMs;
    const { loss, ...stands } = await place.resume(cursor, signal);
    if (stands.nextSequence !== cursor.nextSequence || stands.mark !== cursor.mark || loss !== null) {
      await this.#cursors.resumed(place.feed, stands, loss);
    }
    if (loss !== null) onLoss(place.feed, loss);
    return stands;
  }

  async #wait(error: unknown, signal: AbortSignal): Promise<void> {
    const { feed, retry } = this.place;
    const { onError } = this.#options;
    this.#attempts += 1;
    const askedMs = error instanceof ArchiveRefusal ? (error.retryAfterMs ?? 0) : 0;
    const waitMs = Math.max(askedMs, backOffMs(retry, this.#attempts));
    onError(error, feed);
    try {
      await this.#cursors.failed(feed, this.#attempts, waitMs, messageOf(error));
    } catch (failure) {
      // The index itself fails (disk full): what is told of the feed is behind, and nothing else.
      onError(failure, feed);
    }
    await this.#backOff.until(waitMs, signal);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
