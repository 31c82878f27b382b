import { isRecorderLost, type Recorder } from '@docket/device-protocol';
import { IngestError } from '../errors.ts';
import type { RecorderConcern, RecorderSummary } from './docking-record.ts';

/** A docked recorder with nothing under way, lent to one act of an operator. */
export interface IdleRecorder {
  readonly recorder: Recorder;
  readonly dockingId: string;
  readonly slot: string;
  /** Aborts when the recorder is detached or the gateway stops. */
  readonly signal: AbortSignal;
  /** Who the recorder says it is, as last read. */
  summary(): RecorderSummary;
  /** Shows that the recorder calls itself otherwise now. */
  onRenamed(summary: RecorderSummary, concerns: readonly RecorderConcern[]): void;
}

export type OperatorAct<Result> = (docked: IdleRecorder) => Promise<Result>;

interface WaitingAct {
  perform(docked: IdleRecorder): Promise<void>;
  giveUp(): void;
}

/**
 * The acts that operators ask of a docked recorder. The docking alone owns its recorder, so that an act is handed to it
 * and done when nothing else is: after all clips are taken, and never while one is being erased.
 */
export class OperatorActs {
  readonly #idle = new Map<string, ActQueue>();

  /** True while a recorder stands in the slot with all its clips taken. */
  isIdle(slot: string): boolean {
    return this.#idle.has(slot);
  }

  /**
   * Has the docking in the slot do `act`, and resolves with what it gave. Throws IngestError SLOT_NOT_IDLE where no
   * recorder stands idle there or it leaves first, and whatever the act throws.
   */
  perform<Result>(slot: string, act: OperatorAct<Result>): Promise<Result> {
    const queue = this.#idle.get(slot);
    if (queue === undefined) return Promise.reject(notIdle(slot));
    return new Promise<Result>((resolve, reject) => {
      queue.add({
        perform: async (docked) => {
          try {
            resolve(await act(docked));
          } catch (error) {
            reject(error);
            if (isRecorderLost(error)) throw error;
          }
        },
        giveUp: () => reject(notIdle(slot)),
      });
    });
  }

  /** Opens the slot for acts; the docking calls `close` before it lets go of the recorder. */
  open(slot: string): ActQueue {
    const queue = new ActQueue(() => {
      if (this.#idle.get(slot) === queue) this.#idle.delete(slot);
    });
    this.#idle.set(slot, queue);
    return queue;
  }
}

/** What waits for one docked recorder. */
export class ActQueue {
  readonly #waiting: WaitingAct[] = [];
  readonly #onClose: () => void;
  #onAdded: () => void = () => {};

  constructor(onClose: () => void) {
    this.#onClose = onClose;
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** Calls `listener` at each act that comes to wait. */
  onAdded(listener: () => void): void {
    this.#onAdded = listener;
  }

  add(act: WaitingAct): void {
    this.#waiting.push(act);
    this.#onAdded();
  }

  /** Does what waits, one act after the other. Throws only where an act found the recorder lost. */
  async performWaiting(docked: IdleRecorder): Promise<void> {
    for (let act = this.#waiting.shift(); act !== undefined; act = this.#waiting.shift()) {
      if (docked.signal.aborted) act.giveUp();
      else await act.perform(docked);
    }
  }

  close(): void {
    this.#onClose();
    for (const act of this.#waiting.splice(0)) act.giveUp();
  }
}

function notIdle(slot: string): IngestError {
  return new IngestError('SLOT_NOT_IDLE', `no recorder stands idle in slot ${slot}`);
}
