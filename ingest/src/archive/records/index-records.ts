import { EventEmitter } from 'node:events';
import { canonicalJson, type JsonValue } from '../../custody/canonical-json.ts';
import { IngestError } from '../../errors.ts';
import type { SqlRow } from '../../index-store/connection.ts';
import type { IndexDatabase, Transaction } from '../../index-store/index-database.ts';
import { Rest } from '../../rest.ts';
import { readerIn } from '../../retention/retention-facts.ts';
import { sha256Hex } from '../../store/sealed-record.ts';
import { composeRecord, type RecordContent } from './compose-record.ts';
import type { IndexRecordBody } from './index-record-schema.ts';

/** One record of the chain. `body` is canonical JSON of version 1 of the schema, and `sha256` its hash. */
export interface IndexRecord {
  /** Counts from 0 in each dock. */
  sequence: number;
  clipId: string;
  at: string;
  sha256: string;
  previousSha256: string;
  body: string;
}

export interface IndexRecordsOptions {
  database: IndexDatabase;
  dockName: string;
  organisation: string | null;
  /** Told of a clip whose record cannot be made; it is tried again later. */
  onError(error: unknown, clipId: string | null): void;
  /** A change waits for others for so long after the last of them, */
  quietMs?: number;
  /** and no longer than this after the first. */
  longestQuietMs?: number;
}

/** What the first record of a dock names as the one before it. */
export const noRecordBefore = '0'.repeat(64);

/** Looks for changed clips at least this often, should nobody wake it. */
const longestRestMs = 2_000;
const afterFailureMs = 60_000;
const batchSize = 50;

/**
 * The index records of a dock: what is known of each clip, made when it is sealed and again when what it says has changed,
 * in one chain. Changes are marked by triggers in the transactions that make them (migration 0017); those of a short while
 * make one record.
 */
export class IndexRecords {
  readonly #options: Required<IndexRecordsOptions>;
  readonly #appended = new EventEmitter<{ appended: [IndexRecord] }>();
  readonly #rest = new Rest();
  /** When a clip whose record could not be made is tried again. */
  readonly #failedUntil = new Map<string, number>();

  constructor(options: IndexRecordsOptions) {
    this.#options = { quietMs: 2_000, longestQuietMs: 30_000, ...options };
    this.#appended.setMaxListeners(0);
  }

  /**
   * The record that says what is known of a clip now; made where there is none yet, or where what it says has changed.
   * Throws IngestError CLIP_UNKNOWN for a clip that is not sealed.
   */
  async recordOf(clipId: string): Promise<IndexRecord> {
    const record = await this.#options.database.write((transaction) =>
      this.#bringUpToDate(transaction, clipId),
    );
    if (record === null) throw new IngestError('CLIP_UNKNOWN', `clip ${clipId} is not sealed`, { clipId });
    return record;
  }

  /** Records from a sequence on, in order. */
  async since(sequence: number, limit: number): Promise<IndexRecord[]> {
    const rows = await this.#options.database.read(
      'SELECT * FROM index_record WHERE sequence >= ? ORDER BY sequence LIMIT ?',
      [sequence, limit],
    );
    return rows.map(recordOf);
  }

  /** The newest record; `null` before the first. */
  async head(): Promise<IndexRecord | null> {
    const [row] = await this.#options.database.read(
      'SELECT * FROM index_record ORDER BY sequence DESC LIMIT 1',
    );
    return row === undefined ? null : recordOf(row);
  }

  /** Calls `listener` with each record once it is durable, until the returned function is called. */
  onAppended(listener: (record: IndexRecord) => void): () => void {
    this.#appended.on('appended', listener);
    return () => this.#appended.off('appended', listener);
  }

  /** Looks for changed clips now. */
  wake(): void {
    this.#rest.wake();
  }

  /** Keeps the records true until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const made = await this.#makeDue(this.#options, signal);
      if (made < batchSize) await this.#rest.until(longestRestMs, signal);
    }
  }

  /** Makes the record of every clip that changed, without waiting for more. */
  async settle(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && (await this.#makeDue({ quietMs: 0, longestQuietMs: 0 }, signal)) > 0);
  }

  async #makeDue(
    { quietMs, longestQuietMs }: { quietMs: number; longestQuietMs: number },
    signal: AbortSignal,
  ): Promise<number> {
    const nowMs = Date.now();
    for (const [clipId, untilMs] of this.#failedUntil) if (untilMs <= nowMs) this.#failedUntil.delete(clipId);
    const time = (ms: number) => new Date(ms).toISOString();
    // A change from after now was made before the clock was set back.
    const rows = await this.#options.database.read(
      `SELECT clip_id FROM index_record_due WHERE (changed_at <= ?1 OR since <= ?2 OR changed_at > ?3)
         AND clip_id NOT IN (SELECT value FROM json_each(?4)) ORDER BY clip_id LIMIT ?5`,
      [
        time(nowMs - quietMs),
        time(nowMs - longestQuietMs),
        time(nowMs),
        JSON.stringify([...this.#failedUntil.keys()]),
        batchSize,
      ],
    );
    for (const row of rows) {
      if (signal.aborted) break;
      await this.#makeOne(String(row.clip_id));
    }
    return rows.length;
  }

  async #makeOne(clipId: string): Promise<void> {
    try {
      await this.#options.database.write((transaction) => this.#bringUpToDate(transaction, clipId));
    } catch (error) {
      this.#failedUntil.set(clipId, Date.now() + afterFailureMs);
      this.#options.onError(error, clipId);
    }
  }

  /** The record of a clip, made anew where it says something else now; `null` where the clip has none. */
  async #bringUpToDate(transaction: Transaction, clipId: string): Promise<IndexRecord | null> {
    const last = await lastOf(transaction, clipId);
    const changed = await transaction.run('DELETE FROM index_record_due WHERE clip_id = ?', [clipId]);
    if (last !== null && changed === 0) return last;
    const { dockName, organisation } = this.#options;
    const content = await composeRecord(readerIn(transaction), clipId, { dock: dockName, organisation });
    if (content === null) return null;
    if (last !== null && saysTheSame(last, content)) return last;
    return this.#append(transaction, content, last);
  }

  async #append(
    transaction: Transaction,
    content: RecordContent,
    last: IndexRecord | null,
  ): Promise<IndexRecord> {
    const [before] = await transaction.all(
      'SELECT sequence, sha256 FROM index_record ORDER BY sequence DESC LIMIT 1',
    );
    const body: IndexRecordBody = {
      ...content,
      sequence: before === undefined ? 0 : Number(before.sequence) + 1,
      previousSha256: before === undefined ? noRecordBefore : String(before.sha256),
      at: new Date().toISOString(),
      revises: last === null ? null : last.sequence,
    };
    const text = canonicalJson(body as JsonValue);
    const { sequence, previousSha256, at } = body;
    const record = {
      sequence,
      clipId: content.clip.id,
      at,
      sha256: sha256Hex(text),
      previousSha256,
      body: text,
    };
    await transaction.run(
      `INSERT INTO index_record (sequence, clip_id, at, previous_sha256, sha256, body) VALUES (?, ?, ?, ?, ?, ?)`,
      [sequence, record.clipId, at, previousSha256, record.sha256, text],
    );
    transaction.onCommit(() => this.#appended.emit('appended', record));
    return record;
  }
}

async function lastOf(transaction: Transaction, clipId: string): Promise<IndexRecord | null> {
  const [row] = await transaction.all(
    'SELECT * FROM index_record WHERE clip_id = ? ORDER BY sequence DESC LIMIT 1',
    [clipId],
  );
  return row === undefined ? null : recordOf(row);
}

function saysTheSame({ body }: IndexRecord, content: RecordContent): boolean {
  const { sequence, previousSha256, at, revises, ...said } = JSON.parse(body) as IndexRecordBody;
  return canonicalJson(said as JsonValue) === canonicalJson(content as JsonValue);
}

function recordOf(row: SqlRow): IndexRecord {
  return {
    sequence: Number(row.sequence),
    clipId: String(row.clip_id),
    at: String(row.at),
    sha256: String(row.sha256),
    previousSha256: String(row.previous_sha256),
    body: String(row.body),
  };
}
