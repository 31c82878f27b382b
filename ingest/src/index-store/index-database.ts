import { Connection, type SqlParameters, type SqlRow } from './connection.ts';
import { indexMigrations, migrate } from './migrate.ts';

/** The committed state of an index, for queries. */
export interface IndexReader {
  read(sql: string, parameters?: SqlParameters): Promise<SqlRow[]>;
}

/** The statements of one write, all kept or none. */
export interface Transaction {
  run(sql: string, parameters?: SqlParameters): Promise<number>;
  all(sql: string, parameters?: SqlParameters): Promise<SqlRow[]>;
  /** Called once the transaction is durable; for state kept in memory beside the index. */
  onCommit(effect: () => void): void;
  /** Called when nothing of the transaction stays. */
  onRollback(effect: () => void): void;
}

/** One write waiting for its turn. */
interface QueuedWrite {
  work(transaction: Transaction): Promise<unknown>;
  resolve(result: unknown): void;
  reject(error: unknown): void;
}

/** A write that has run, inside a transaction not yet committed. */
interface FinishedWrite {
  commit(): void;
  rollBack(): void;
}

/** Writes that share one commit; more wait for the next. */
const maxWritesPerCommit = 64;

/**
 * The index: SQLite in WAL with `synchronous=FULL`. One writer, so that no statement of one caller can fall into the
 * transaction of another; one connection of its own for reads, so that a long query holds up no write.
 */
export class IndexDatabase implements IndexReader {
  readonly #writer: Connection;
  readonly #reader: Connection;
  readonly #waiting: QueuedWrite[] = [];
  #draining: Promise<void> | null = null;

  private constructor(writer: Connection, reader: Connection) {
    this.#writer = writer;
    this.#reader = reader;
  }

  /**
   * Opens or creates the index and brings its schema up to date; another database of this house brings migrations of its
   * own. Throws IngestError INDEX_FAILED.
   */
  static async open(path: string, migrations: readonly string[] = indexMigrations): Promise<IndexDatabase> {
    const writer = await Connection.open(path, 'read-write');
    try {
      await writer.execute('PRAGMA journal_mode=WAL');
      await writer.execute('PRAGMA synchronous=FULL');
      await writer.execute('PRAGMA foreign_keys=ON');
      await writer.execute('PRAGMA busy_timeout=5000');
      await migrate(writer, migrations);
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

  /**
   * Runs `work` as one durable transaction; nothing of it stays when it throws. Writes that wait for each other share
   * one commit, and so one fsync; each still stands or falls by itself.
   */
  write<Result>(work: (transaction: Transaction) => Promise<Result>): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      this.#waiting.push({ work, resolve: (result) => resolve(result as Result), reject });
      this.#draining ??= this.#drain();
    });
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      await this.#commitTogether(this.#waiting.splice(0, maxWritesPerCommit));
    }
    this.#draining = null;
  }

  /** Never throws: what goes wrong is told to the callers of the writes. */
  async #commitTogether(writes: readonly QueuedWrite[]): Promise<void> {
    const finished: FinishedWrite[] = [];
    try {
      await this.#writer.run('BEGIN IMMEDIATE');
      for (const write of writes) {
        const done = await this.#runInSavepoint(write);
        if (done !== null) finished.push(done);
      }
      await this.#writer.run('COMMIT');
    } catch (error) {
      await this.#writer.run('ROLLBACK').catch(() => {
        // SQLite has already rolled back by itself (disk full, I/O error); the first error is the one to tell.
      });
      for (const done of finished.reverse()) done.rollBack();
      for (const write of writes) write.reject(error);
      return;
    }
    for (const done of finished) done.commit();
  }

  /** Runs one write; `null` where it threw and was undone by itself. Throws where the whole transaction is lost. */
  async #runInSavepoint(write: QueuedWrite): Promise<FinishedWrite | null> {
    const commitEffects: (() => void)[] = [];
    const rollbackEffects: (() => void)[] = [];
    const rollBack = () => {
      for (const effect of rollbackEffects.reverse()) effect();
    };
    await this.#writer.run('SAVEPOINT one_write');
    let result: unknown;
    try {
      result = await write.work({
        run: (sql, parameters) => this.#writer.run(sql, parameters),
        all: (sql, parameters) => this.#writer.all(sql, parameters),
        onCommit: (effect) => commitEffects.push(effect),
        onRollback: (effect) => rollbackEffects.push(effect),
      });
      await this.#writer.run('RELEASE one_write');
    } catch (error) {
      rollBack();
      write.reject(error);
      await this.#writer.run('ROLLBACK TO one_write');
      await this.#writer.run('RELEASE one_write');
      return null;
    }
    const commit = () => {
      for (const effect of commitEffects) effect();
      write.resolve(result);
    };
    return { commit, rollBack };
  }

  /** Waits for writes under way, then closes both connections. */
  async close(): Promise<void> {
    await this.#draining;
    await this.#reader.close();
    await this.#writer.close();
  }
}
