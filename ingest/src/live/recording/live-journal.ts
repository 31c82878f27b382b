import { setTimeout as delay } from 'node:timers/promises';
import type { IndexDatabase, Transaction } from '../../index-store/index-database.ts';

const retryMs = 1000;
/** Far more than any session can have to say before the disk is mended or the gateway stopped. */
const mostNotes = 10_000;

/**
 * What a live session has to tell the index, written one after the other. Where the index cannot be written it is tried
 * again until it can, so that no gap goes unsaid because of the very disk that made it.
 */
export class LiveJournal {
  readonly #database: IndexDatabase;
  readonly #onFailure: (error: unknown) => void;
  readonly #giveUp = new AbortController();
  #tail: Promise<void> = Promise.resolve();
  #waiting = 0;

  constructor(database: IndexDatabase, onFailure: (error: unknown) => void) {
    this.#database = database;
    this.#onFailure = onFailure;
  }

  /** Resolves once it is durable, or has been given up. */
  note(work: (transaction: Transaction) => Promise<void>): Promise<void> {
    if (this.#waiting >= mostNotes) return this.#tail;
    this.#waiting += 1;
    this.#tail = this.#tail.then(() => this.#write(work));
    return this.#tail;
  }

  /** Resolves once everything noted is durable; after `withinMs` what cannot be written is given up. */
  async close(withinMs: number): Promise<void> {
    const timer = setTimeout(() => this.#giveUp.abort(), withinMs);
    await this.#tail;
    clearTimeout(timer);
  }

  async #write(work: (transaction: Transaction) => Promise<void>): Promise<void> {
    for (;;) {
      try {
        await this.#database.write(work);
        break;
      } catch (error) {
        this.#onFailure(error);
        if (this.#giveUp.signal.aborted) break;
        await delay(retryMs, undefined, { signal: this.#giveUp.signal, ref: false }).catch(() => {});
      }
    }
    this.#waiting -= 1;
  }
}
