import { Connection, type SqlParameters, type SqlRow } from './connection.ts';
import { migrate } from './migrate.ts';

/** The statements of one write, all kept or none. */
export interface Transaction {
  run(sql: string, parameters?: SqlParameters): Promise<number>;
  all(sql: string, parameters?: SqlParameters): Promise<SqlRow[]>;
  /** Called once the transaction is durable; for state kept in memory beside the index. */
  onCommit(effect: () => void): void;
}

/**
 * The index: SQLite in WAL with `synchronous=FULL`. One writer behind a mutex, so that no statement of one caller
 * can fall into the transaction of another; one connection of its own for reads, so that a long query holds up
 * no write.
 */
export class IndexDatabase {
  readonly #writer: Connection;
  readonly #reader: Connection;
  #queue: Promise<unknown> = Promise.resolve();

  private constructor(writer: Connection, reader: Connection) {
    this.#writer = writer;
    this.#reader = reader;
  }

  /** Opens or creates the index and brings its schema up to date. Throws IngestError INDEX_FAILED. */
  static async open(path: string): Promise<IndexDatabase> {
    const writer = await Connection.open(path, 'read-write');
    try {
      await writer.execute('PRAGMA journal_mode=WAL');
      await writer.execute('PRAGMA synchronous=FULL');
      await writer.execute('PRAGMA foreign_keys=ON');
      await writer.execute('PRAGMA busy_timeout=5000');
      await migrate(writer);
      const reader = await Connection.open(path, 'read-only');
      await reader.execute('PRAGMA busy_timeout=5000');
      return new IndexDatabase(writer, reader);
    } catch (error) {
      await writer.close();
      throw error;
    }
  }

  /** Runs a query on the committed state. */
  read(sql: string, parameters: SqlParameters = []): Promise<SqlRow[]> {
    return this.#reader.all(sql, parameters);
  }

  /** Runs `work` as one durable transaction; nothing of it stays when it throws. */
  write<Result>(work: (transaction: Transaction) => Promise<Result>): Promise<Result> {
    const result = this.#queue.then(() => this.#transact(work));
    this.#queue = result.catch(() => {});
    return result;
  }

  async #transact<Result>(work: (transaction: Transaction) => Promise<Result>): Promise<Result> {
    const effects: (() => void)[] = [];
    await this.#writer.run('BEGIN IMMEDIATE');
    let result: Result;
    try {
      result = await work({
        run: (sql, parameters) => this.#writer.run(sql, parameters),
        all: (sql, parameters) => this.#writer.all(sql, parameters),
        onCommit: (effect) => effects.push(effect),
      });
      await this.#writer.run('COMMIT');
    } catch (error) {
      await this.#writer.run('ROLLBACK').catch(() => {
        // SQLite has already rolled back by itself (disk full, I/O error); the first error is the one to tell.
      });
      throw error;
    }
    for (const effect of effects) effect();
    return result;
  }

  /** Waits for writes under way, then closes both connections. */
  async close(): Promise<void> {
    await this.#queue;
    await this.#reader.close();
    await this.#writer.close();
  }
}
