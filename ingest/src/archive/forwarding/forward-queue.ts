import type { CustodyLog } from '../../custody/custody-log.ts';
import type { IndexDatabase } from '../../index-store/index-database.ts';
import type { ArchiveRefusalCode } from '../archive-refusal.ts';
import type { LaneClip } from './lanes.ts';
import type { Tier } from './line-share.ts';

export interface ForwardQueueOptions {
  database: IndexDatabase;
  custody: CustodyLog;
  target: string;
  /** No clip waits longer than so after a failure, whatever its row says: the clock may have been set back. */
  retryMaxMs: number;
}

/** A clip taken from the line. */
export interface QueuedClip {
  session: string | null;
  attempts: number;
  faults: number;
  queuedAt: string;
}

export interface Failure {
  refusal: ArchiveRefusalCode | null;
  message: string;
  isFaultOfClip: boolean;
  forgetsSession: boolean;
  /** `dead`: it waits for a person. */
  outcome: { waitMs: number } | 'dead';
}

/** What may be in the way of a clip that waits for its next try: its own wait, as far as it is believed. */
const mayGo = '(not_before IS NULL OR not_before <= ?2 OR not_before > ?3)';
/** Asked of each target for each free lane and after each change: the index of the line answers it, whatever waits. */
export const headOfLine = `SELECT clip_id, size_bytes, due_at FROM forward
  WHERE target = ?1 AND state = 'queued' AND is_bulk = ?4 AND ${mayGo} AND clip_id NOT IN (SELECT value FROM json_each(?5))
  ORDER BY due_hour, rank, age, clip_id LIMIT ?6`;
/** While room is short, so many from the head of the line are looked through for what would free some. */
const pressedLook = 500;

/** The queue of one target: the line of its clips, and what becomes of each. */
export class ForwardQueue {
  readonly #database: IndexDatabase;
  readonly #custody: CustodyLog;
  readonly #target: string;
  readonly #retryMaxMs: number;

  constructor({ database, custody, target, retryMaxMs }: ForwardQueueOptions) {
    this.#database = database;
    this.#custody = custody;
    this.#target = target;
    this.#retryMaxMs = retryMaxMs;
  }

  /** The first clips of a tier that may go now, but for some. */
  async heads(tier: Tier, limit: number, but: readonly string[]): Promise<LaneClip[]> {
    const rows = await this.#database.read(headOfLine, [
      ...this.#asked(),
      tier === 'bulk' ? 1 : 0,
      JSON.stringify(but),
      limit,
    ]);
    return rows.map(laneClipOf);
  }

  /**
   * The same while the store is short of room: among the first of the line, clips that no other target waits for go before the
   * others of deadlines after `untilDueAt`, for their local copies may leave next.
   */
  async headsThatFree(
    tier: Tier,
    limit: number,
    but: readonly string[],
    untilDueAt: string,
  ): Promise<LaneClip[]> {
    const rows = await this.#database.read(
      `SELECT clip_id, size_bytes, due_at FROM (
         SELECT clip_id, size_bytes, due_at, due_hour, rank, age, due_hour > substr(?7, 1, 13) AS is_later FROM forward
         WHERE target = ?1 AND state = 'queued' AND is_bulk = ?4 AND ${mayGo} AND clip_id NOT IN (SELECT value FROM json_each(?5))
         ORDER BY due_hour, rank, age, clip_id LIMIT ${pressedLook}) AS line
       ORDER BY is_later, is_later AND EXISTS (SELECT 1 FROM forward AS other
         WHERE other.clip_id = line.clip_id AND other.target <> ?1), due_hour, rank, age, clip_id LIMIT ?6`,
      [...this.#asked(), tier === 'bulk' ? 1 : 0, JSON.stringify(but), limit, untilDueAt],
    );
    return rows.map(laneClipOf);
  }

  /** When the next clip that waits may be tried, Unix milliseconds; `null`: none waits. */
  async nextTryMs(): Promise<number | null> {
    const [row] = await this.#database.read(
      "SELECT min(not_before) AS at FROM forward WHERE target = ? AND state = 'queued' AND not_before > ?",
      [this.#target, new Date().toISOString()],
    );
    return typeof row?.at === 'string' ? Date.parse(row.at) : null;
  }

  /** `null`: it left the line meanwhile. */
  async read(clipId: string): Promise<QueuedClip | null> {
    const [row] = await this.#database.read(
      "SELECT session, attempts, faults, queued_at FROM forward WHERE clip_id = ? AND target = ? AND state = 'queued'",
      [clipId, this.#target],
    );
    if (row === undefined) return null;
    return {
      session: typeof row.session === 'string' ? row.session : null,
      attempts: Number(row.attempts),
      faults: Number(row.faults),
      queuedAt: String(row.queued_at),
    };
  }

  /** Uploads that this dock has under way there. */
  async sessions(): Promise<Set<string>> {
    const rows = await this.#database.read(
      'SELECT session FROM forward WHERE target = ? AND session IS NOT NULL',
      [this.#target],
    );
    return new Set(rows.map((row) => String(row.session)));
  }

  /** Durable when it resolves. */
  async keepSession(clipId: string, session: string | null): Promise<void> {
    await this.#database.write((transaction) =>
      transaction.run('UPDATE forward SET session = ? WHERE clip_id = ? AND target = ?', [
        session,
        clipId,
        this.#target,
      ]),
    );
  }

  async keepHeld(clipId: string, heldBytes: number): Promise<void> {
    await this.#database.write((transaction) =>
      transaction.run('UPDATE forward SET held_bytes = ? WHERE clip_id = ? AND target = ?', [
        heldBytes,
        clipId,
        this.#target,
      ]),
    );
  }

  /** Keeps what went wrong with a clip, and lets it wait, or lays it aside as a dead letter. */
  async failed(clipId: string, failure: Failure): Promise<void> {
    const { refusal, message, outcome } = failure;
    const now = Date.now();
    await this.#database.write(async (transaction) => {
      await transaction.run(
        `UPDATE forward SET state = ?, attempts = attempts + 1, faults = faults + ?, not_before = ?,
           session = CASE WHEN ? THEN NULL ELSE session END, last_refusal = ?, last_error = ?, last_error_at = ?
         WHERE clip_id = ? AND target = ?`,
        [
          outcome === 'dead' ? 'dead' : 'queued',
          failure.isFaultOfClip,
          outcome === 'dead' ? null : new Date(now + outcome.waitMs).toISOString(),
          failure.forgetsSession || outcome === 'dead',
          refusal,
          message,
          new Date(now).toISOString(),
          clipId,
          this.#target,
        ],
      );
      if (outcome !== 'dead') return;
      await this.#custody.append(transaction, {
        action: 'forwarding-given-up',
        clipId,
        details: { target: this.#target, refusal, reason: message },
      });
    });
  }

  /** The target took a clip: it works, this fast. */
  async keepSuccess(bytesPerSecond: number | null): Promise<void> {
    await this.#database.write((transaction) =>
      transaction.run(
        `UPDATE archive_target SET last_reached_at = ?, last_refusal = NULL, last_error = NULL, last_error_at = NULL,
           bytes_per_second = coalesce(?, bytes_per_second) WHERE target = ?`,
        [new Date().toISOString(), bytesPerSecond, this.#target],
      ),
    );
  }

  /** What went wrong there last. */
  async keepTrouble(refusal: ArchiveRefusalCode | null, message: string): Promise<void> {
    await this.#database.write((transaction) =>
      transaction.run(
        'UPDATE archive_target SET last_refusal = ?, last_error = ?, last_error_at = ? WHERE target = ?',
        [refusal, message, new Date().toISOString(), this.#target],
      ),
    );
  }

  #asked(): [target: string, now: string, believed: string] {
    const now = Date.now();
    return [this.#target, new Date(now).toISOString(), new Date(now + this.#retryMaxMs).toISOString()];
  }
}

function laneClipOf(row: { [column: string]: unknown }): LaneClip {
  return {
    clipId: String(row.clip_id),
    sizeBytes: Number(row.size_bytes),
    dueAt: typeof row.due_at === 'string' ? row.due_at : null,
  };
}
