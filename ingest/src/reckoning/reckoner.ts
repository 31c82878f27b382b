import type { IndexDatabase } from '../index-store/index-database.ts';
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
  onError(error: unknown, kind: ReckonedKind, ids: readonly string[]): void;
}

/** What is reckoned first: links before the coverage they make, coverage before what is told of the case. */
const kinds: readonly ReckonedKind[] = ['docking', 'clip', 'activity', 'case'];
const batchSize = 200;
/** Looks for due things at least this often, should nobody wake it. */
const longestRestMs = 30_000;

/**
 * Works through what is due. A mark is taken off only when all reckonings of its kind are done, and only where nothing
 * marked it again meanwhile; a crash leaves it, and it is reckoned again.
 */
export class Reckoner {
  readonly #options: ReckonerOptions;
  #wake: () => void = () => {};
  #isWoken = false;

  constructor(options: ReckonerOptions) {
    this.#options = options;
  }

  /** Looks for due things now. */
  wake(): void {
    this.#isWoken = true;
    this.#wake();
  }

  /** Works until the signal aborts. Never throws for what a reckoning throws: that is told, and tried again later. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#isWoken = false;
      await this.settle(signal);
      await this.#rest(signal);
    }
  }

  /** Works through all that is due now and by its own doing. Leaves what failed. */
  async settle(signal: AbortSignal): Promise<void> {
    await this.#markByClock();
    const failed = new Set<string>();
    for (;;) {
      const batch = await this.#nextBatch(failed);
      if (batch === null || signal.aborted) return;
      const { kind, due } = batch;
      const ids = due.map(({ id }) => id);
      try {
        for (const reckoning of this.#options.reckonings) {
          if (reckoning.kind === kind) await reckoning.reckon(ids, signal);
        }
        if (signal.aborted) return;
        await this.#done(kind, due);
      } catch (error) {
        if (signal.aborted) return;
        for (const id of ids) failed.add(`${kind} ${id}`);
        this.#options.onError(error, kind, ids);
      }
    }
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

  async #nextBatch(failed: ReadonlySet<string>): Promise<{ kind: ReckonedKind; due: Due[] } | null> {
    for (const kind of kinds) {
      const rows = await this.#options.database.read(
        'SELECT id, marked FROM reckoning_due WHERE kind = ? LIMIT ?',
        [kind, batchSize + failed.size],
      );
      const due = rows
        .map((row) => ({ id: String(row.id), marked: Number(row.marked) }))
        .filter(({ id }) => !failed.has(`${kind} ${id}`))
        .slice(0, batchSize);
      if (due.length > 0) return { kind, due };
    }
    return null;
  }

  async #done(kind: ReckonedKind, due: readonly Due[]): Promise<void> {
    await this.#options.database.write(async (transaction) => {
      for (const { id, marked } of due) {
        await transaction.run('DELETE FROM reckoning_due WHERE kind = ? AND id = ? AND marked = ?', [
          kind,
          id,
          marked,
        ]);
      }
    });
  }

  async #rest(signal: AbortSignal): Promise<void> {
    if (this.#isWoken || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, longestRestMs);
      const end = () => {
        clearTimeout(timer);
        resolve();
      };
      this.#wake = end;
      signal.addEventListener('abort', end, { once: true });
    });
    this.#wake = () => {};
  }
}

interface Due {
  id: string;
  marked: number;
}
