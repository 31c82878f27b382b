import { type IndexDatabase, readClip, readRegistered } from '@docket/ingest';
import type { GatewayEvent } from '../../contract/index.ts';
import type { Log } from '../../log.ts';
import { clipAnswer } from '../clip-answer.ts';
import { recorderAnswer } from '../recorder-answer.ts';

/** Hands events from the gateway to whoever listens. Keeps nothing: a new listener reads the resources first. */
export class EventHub {
  readonly #database: IndexDatabase;
  readonly #log: Log;
  readonly #listeners = new Set<(event: GatewayEvent) => void>();
  /** Clips being read; `true` where the clip changed again meanwhile. */
  readonly #reading = new Map<string, boolean>();

  constructor(database: IndexDatabase, log: Log) {
    this.#database = database;
    this.#log = log;
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  publish(event: GatewayEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  /** Tells of a clip as the index now has it. Many changes in a row cost one read or two. */
  clipChanged(clipId: string): void {
    if (this.#listeners.size === 0) return;
    const isBeingRead = this.#reading.has(clipId);
    this.#reading.set(clipId, isBeingRead);
    if (!isBeingRead) {
      this.#tellOf(clipId).catch((error: unknown) => {
        this.#reading.delete(clipId);
        this.#log.warn({ err: error, clipId }, 'a changed clip could not be read for its event');
      });
    }
  }

  /** Tells of a recorder as the register now has it. */
  recorderChanged(recorderId: string): void {
    if (this.#listeners.size === 0) return;
    readRegistered(this.#database, recorderId).then(
      (record) => record !== null && this.publish({ type: 'recorder', recorder: recorderAnswer(record) }),
      (error: unknown) => this.#log.warn({ err: error, recorderId }, 'a changed recorder could not be read'),
    );
  }

  /** Calls `listener` on each event until the returned function is called. */
  subscribe(listener: (event: GatewayEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async #tellOf(clipId: string): Promise<void> {
    do {
      this.#reading.set(clipId, false);
      const record = await readClip(this.#database, clipId);
      if (record !== null) this.publish({ type: 'clip', clip: clipAnswer(record) });
    } while (this.#reading.get(clipId) === true);
    this.#reading.delete(clipId);
  }
}
