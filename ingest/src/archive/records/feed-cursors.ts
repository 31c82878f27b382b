import type { IndexDatabase } from '../../index-store/index-database.ts';
import type { FeedCursor, RecordPlace } from './record-place.ts';

/** How a feed stands, for people. */
export interface FeedStatus {
  feed: string;
  destination: string;
  nextSequence: number;
  /** Records it has not yet. */
  waiting: number;
  /** Failures since the last record went through. */
  attempts: number;
  notBefore: string | null;
  lastDeliveredAt: string | null;
  lastError: string | null;
  lastErrorAt: string | null;
  /** The last time the place had lost what it had acknowledged, and what; it was sent again. */
  lastLoss: string | null;
  lastLossAt: string | null;
}

const longestErrorText = 500;

/** How far each feed has got, made durable before it goes on. */
export class FeedCursors {
  readonly #database: IndexDatabase;

  constructor(database: IndexDatabase) {
    this.#database = database;
  }

  /** Where a feed goes on. One that leads elsewhere than before begins with the first record. */
  async open({ feed, destination }: RecordPlace): Promise<FeedCursor> {
    await this.#database.write((transaction) =>
      transaction.run(
        `INSERT INTO record_feed (feed, destination) VALUES (?, ?)
         ON CONFLICT (feed) DO UPDATE SET destination = excluded.destination, next_sequence = 0, mark = NULL,
           attempts = 0, not_before = NULL, last_error = NULL, last_error_at = NULL
         WHERE record_feed.destination <> excluded.destination`,
        [feed, destination],
      ),
    );
    const [row] = await this.#database.read('SELECT next_sequence, mark FROM record_feed WHERE feed = ?', [
      feed,
    ]);
    return {
      nextSequence: Number(row?.next_sequence),
      mark: typeof row?.mark === 'string' ? row.mark : null,
    };
  }

  async delivered(feed: string, { nextSequence, mark }: FeedCursor): Promise<void> {
    await this.#database.write((transaction) =>
      transaction.run(
        `UPDATE record_feed SET next_sequence = ?, mark = ?, attempts = 0, not_before = NULL, last_error = NULL,
           last_error_at = NULL, last_delivered_at = ? WHERE feed = ?`,
        [nextSequence, mark, new Date().toISOString(), feed],
      ),
    );
  }

  /** The place says that the feed stands elsewhere; `loss`: it has no more what it had. */
  async resumed(feed: string, { nextSequence, mark }: FeedCursor, loss: string | null): Promise<void> {
    await this.#database.write((transaction) =>
      transaction.run(
        `UPDATE record_feed SET next_sequence = ?1, mark = ?2, last_loss = coalesce(?3, last_loss),
           last_loss_at = CASE WHEN ?3 IS NULL THEN last_loss_at ELSE ?4 END WHERE feed = ?5`,
        [nextSequence, mark, loss, new Date().toISOString(), feed],
      ),
    );
  }

  async failed(feed: string, attempts: number, waitMs: number, error: string): Promise<void> {
    const now = Date.now();
    await this.#database.write((transaction) =>
      transaction.run(
        'UPDATE record_feed SET attempts = ?, not_before = ?, last_error = ?, last_error_at = ? WHERE feed = ?',
        [
          attempts,
          new Date(now + waitMs).toISOString(),
          error.slice(0, longestErrorText),
          new Date(now).toISOString(),
          feed,
        ],
      ),
    );
  }

  async statusOf(places: readonly RecordPlace[]): Promise<FeedStatus[]> {
    const rows = await this.#database.read(
      `SELECT record_feed.*, value AS name, (SELECT coalesce(max(sequence) + 1, 0) FROM index_record) AS made
       FROM json_each(?) LEFT JOIN record_feed ON feed = value ORDER BY name`,
      [JSON.stringify(places.map(({ feed }) => feed))],
    );
    const destinations = new Map(places.map(({ feed, destination }) => [feed, destination]));
    const textOf = (value: unknown) => (typeof value === 'string' ? value : null);
    return rows.map((row) => ({
      feed: String(row.name),
      destination: destinations.get(String(row.name)) ?? '',
      nextSequence: Number(row.next_sequence ?? 0),
      waiting: Number(row.made) - Number(row.next_sequence ?? 0),
      attempts: Number(row.attempts ?? 0),
      notBefore: textOf(row.not_before),
      lastDeliveredAt: textOf(row.last_delivered_at),
      lastError: textOf(row.last_error),
      lastErrorAt: textOf(row.last_error_at),
      lastLoss: textOf(row.last_loss),
      lastLossAt: textOf(row.last_loss_at),
    }));
  }
}
