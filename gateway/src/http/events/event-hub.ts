import { type IndexDatabase, readClip, readLiveAlarm, readOperation, readRegistered } from '@docket/ingest';
import type { GatewayEvent } from '../../contract/index.ts';
import type { Log } from '../../log.ts';
import { clipAnswer } from '../clip-answer.ts';
import { alarmAnswer } from '../live-answer.ts';
import { operationAnswer } from '../operation-answer.ts';
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

  /** Tells of an on-site operation as it now stands. */
  operationChanged(operationId: string): void {
    if (this.#listeners.size === 0) return;
    this.#read(operationId, async () => {
      const operation = await readOperation(this.#database, operationId);
      if (operation === null) return;
      this.publish({ type: 'operation', operation: await operationAnswer(this.#database, operation) });
    });
  }

  /** Tells of an alarm as it now stands. */
  alarmChanged(alarmId: string): void {
    if (this.#listeners.size === 0) return;
    this.#read(alarmId, async () => {
      const alarm = await readLiveAlarm(this.#database, alarmId);
      if (alarm !== null) this.publish({ type: 'alarm', alarm: alarmAnswer(alarm) });
    });
  }

  /** Calls `listener` on each event until the returned function is called. */
  subscribe(listener: (event: GatewayEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #read(id: string, read: () => Promise<void>): void {
    read().catch((error: unknown) =>
      this.#log.warn({ err: error, id }, 'what changed could not be read for its event'),
    );
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
