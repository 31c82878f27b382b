import sqlite3 from 'sqlite3';
import { IngestError } from '../errors.ts';

/** What may be bound. BigInt is left out on purpose: the driver stores it silently as NULL. */
export type SqlValue = string | number | boolean | Uint8Array | null;
export type SqlParameters = readonly SqlValue[];
export type SqlRow = Record<string, string | number | Buffer | null>;

/** One SQLite connection with promises and a cache of prepared statements. Callers keep statements in order. */
export class Connection {
  readonly #database: sqlite3.Database;
  readonly #statements = new Map<string, Promise<sqlite3.Statement>>();

  private constructor(database: sqlite3.Database) {
    this.#database = database;
  }

  /** Opens a database file. Throws IngestError INDEX_FAILED. */
  static open(path: string, mode: 'read-write' | 'read-only'): Promise<Connection> {
    const flags = mode === 'read-only' ? sqlite3.OPEN_READONLY : sqlite3.OPEN_READWRITE | sqlite3.OPEN_CREATE;
    return new Promise((resolve, reject) => {
      const database = new sqlite3.Database(path, flags, (error) => {
        if (error === null) resolve(new Connection(database));
        else reject(indexError(error, `open ${path}`));
      });
    });
  }

  /** Runs statements that bind nothing, e.g. PRAGMA and BEGIN. */
  execute(sql: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#database.exec(sql, (error) => (error === null ? resolve() : reject(indexError(error, sql))));
    });
  }

  /** Changes rows; resolves with how many. */
  async run(sql: string, parameters: SqlParameters = []): Promise<number> {
    const statement = await this.#prepare(sql);
    return new Promise((resolve, reject) => {
      statement.run(bind(parameters), function (this: sqlite3.RunResult, error: Error | null) {
        if (error === null) resolve(this.changes);
        else reject(indexError(error, sql));
      });
    });
  }

  async all(sql: string, parameters: SqlParameters = []): Promise<SqlRow[]> {
    const statement = await this.#prepare(sql);
    return new Promise((resolve, reject) => {
      statement.all<SqlRow>(bind(parameters), (error, rows) =>
        error === null ? resolve(rows) : reject(indexError(error, sql)),
      );
    });
  }

  async close(): Promise<void> {
    for (const prepared of this.#statements.values()) {
      const statement = await prepared.catch(() => null);
      if (statement !== null) await new Promise<void>((resolve) => statement.finalize(() => resolve()));
    }
    this.#statements.clear();
    await new Promise<void>((resolve, reject) => {
      this.#database.close((error) => (error === null ? resolve() : reject(indexError(error, 'close'))));
    });
  }

  /** Callers that ask at the same moment share one statement: one left behind would keep the file open. */
  #prepare(sql: string): Promise<sqlite3.Statement> {
    const cached = this.#statements.get(sql);
    if (cached !== undefined) return cached;
    const prepared = new Promise<sqlite3.Statement>((resolve, reject) => {
      const statement = this.#database.prepare(sql, (error: Error | null) => {
        if (error === null) return resolve(statement);
        this.#statements.delete(sql);
        reject(indexError(error, sql));
      });
    });
    this.#statements.set(sql, prepared);
    return prepared;
  }
}

function bind(parameters: SqlParameters): (string | number | Buffer | null)[] {
  return parameters.map((value) => {
    if (value === null || typeof value === 'string') return value;
    if (typeof value === 'boolean') return value ? 1 : 0;
    if (typeof value === 'number') {
      if (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value))) {
        throw new IngestError('INDEX_FAILED', `${value} cannot be stored exactly`);
      }
      return value;
    }
    if (value instanceof Uint8Array) return Buffer.from(value);
    throw new IngestError('INDEX_FAILED', `a ${typeof value} cannot be stored`);
  });
}

function indexError(cause: Error, sql: string): IngestError {
  const isFull = cause.message.startsWith('SQLITE_FULL');
  const statement = sql.trim().split('\n')[0] ?? '';
  return new IngestError(isFull ? 'STORE_FULL' : 'INDEX_FAILED', `index: ${cause.message} (${statement})`, {
    cause,
  });
}
