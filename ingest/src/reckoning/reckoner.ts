import type { IndexDatabase } from '../index-store/index-database.ts';
import { Rest } from '../rest.ts';
import type { ReckonedKind } from './due.ts';

/**
 * Reckons anew what rests on changed facts. `reckon` may be called again for the same ids with nothing changed, and then
 * changes nothing; what it finds to be due by its own changes it marks with `markDue`.
 */
export interface Reckoning {
  readonly kind: ReckonedKind;
  reckon(ids: readonly string[], signal: AbortSignal): Promise<void>;
  /** Marks what has become due by nothing but the time that passed; asked whenever the reckoner looks for due things. */
  markByClock?(): Promise<void>;
}

export interface ReckonerOptions {
  database: IndexDatabase;
  /** In the order in which they run within a kind. */
  reckonings: readonly Reckoning[];
  /** Told of the ids that fail by themselves, once for each try. */
  onError(error: unknown, kind: ReckonedKind, ids: readonly string[]): void;
  /** Milliseconds of any clock that does not run back. */
  now?: () => number;
}

/** What is reckoned first: links before the coverage they make, coverage before what is told of the case. */
const kinds: readonly ReckonedKind[] = ['docking', 'clip', 'live-session', 'activity', 'case'];
const batchSize = 200;
/** Looks for due things at least this often, should nobody wake it. */
const longestRestMs = 30_000;
/** What failed is left alone for a minute, then two, four, and an hour at most. */
const firstPauseMs = 60_000;
const longestPauseMs = 3_600_000;

interface Due {
  id: string;
  marked: number;
}

interface Failure {
  /** Marks it had then: one that is marked again is tried again at once. */
  marked: number;
  tries: number;
  notBeforeMs: number;
}

/**
 * Works through what is due. A mark is taken off only when all reckonings of its kind are done, and only where nothing
 * marked it again meanwhile; a crash leaves it, and it is reckoned again. A batch that fails is halved until what fails by
 * itself is found: everything else goes through.
 */
export class Reckoner {
  readonly #options: ReckonerOptions;
  readonly #now: () => number;
  /** What failed, by kind and id. */
  readonly #failures = new Map<string, Failure>();
  readonly #rest = new Rest();

  constructor(options: ReckonerOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
  }

  /** Looks for due things now. */
  wake(): void {
    this.#rest.wake();
  }

  /** Works until the signal aborts. Never throws for what a reckoning throws: that is told, and tried again later. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.settle(signal);
      await this.#rest.until(longestRestMs, signal);
    }
  }

  /** Works through all that is due now and by its own doing. Leaves what failed, for a time. */
  async settle(signal: AbortSignal): Promise<void> {
    await this.#markByClock();
    while (!signal.aborted) {
      const batch = await this.#nextBatch();
      if (batch === null) return;
      await this.#reckon(batch.kind, batch.due, signal);
    }
  }

  async #reckon(kind: ReckonedKind, due: readonly Due[], signal: AbortSignal): Promise<void> {
    const ids = due.map(({ id }) => id);
    try {
      for (const reckoning of this.#options.reckonings) {
        if (reckoning.kind === kind) await reckoning.reckon(ids, signal);
      }
      if (!signal.aborted) await this.#done(kind, due);
    } catch (error) {
      if (signal.aborted) return;
      if (due.length === 1) return this.#failed(error, kind, due);
      const half = Math.ceil(due.length / 2);
      await this.#reckon(kind, due.slice(0, half), signal);
      await this.#reckon(kind, due.slice(half), signal);
    }
  }

  #failed(error: unknown, kind: ReckonedKind, due: readonly Due[]): void {
    for (const { id, marked } of due) {
      const tries = (this.#failures.get(keyOf(kind, id))?.tries ?? 0) + 1;
      const pauseMs = Math.min(firstPauseMs * 2 ** (tries - 1), longestPauseMs);
      this.#failures.set(keyOf(kind, id), { marked, tries, notBeforeMs: this.#now() + pauseMs });
    }
    this.#options.onError(
      error,
      kind,
      due.map(({ id }) => id),
    );
  }

  async #markByClock(): Promise<void> {
    for (const reckoning of this.#options.reckonings) {
      try {
        await reckoning.markByClock?.();
      } catch (error) {
        this.#options.onError(error, reckoning.kind, []);
      }
    }
  }

  async #nextBatch(): Promise<{ kind: ReckonedKind; due: Due[] } | null> {
    for (const kind of kinds) {
      const rows = await this.#options.database.read(
        'SELECT id, marked FROM reckoning_due WHERE kind = ? ORDER BY id LIMIT ?',
        [kind, batchSize + this.#failures.size],
      );
      const due = rows
        .map((row) => ({ id: String(row.id), marked: Number(row.marked) }))
        .filter((one) => this.#isTried(kind, one))
        .slice(0, batchSize);
      if (due.length > 0) return { kind, due };
    }
    return null;
  }

  #isTried(kind: ReckonedKind, { id, marked }: Due): boolean {
    const failure = this.#failures.get(keyOf(kind, id));
    return failure === undefined || failure.marked !== marked || failure.notBeforeMs <= this.#now();
  }

  async #done(kind: ReckonedKind, due: readonly Due[]): Promise<void> {
    await this.#options.database.write(async (transaction) => {
      await transaction.run(
        `DELETE FROM reckoning_due WHERE kind = ?1 AND (id, marked) IN
         (SELECT value ->> 'id', value ->> 'marked' FROM json_each(?2))`,
        [kind, JSON.stringify(due)],
      );
    });
    for (const { id } of due) this.#failures.delete(keyOf(kind, id));
  }
}

function keyOf(kind: ReckonedKind, id: string): string {
  return `${kind} ${id}`;
}
