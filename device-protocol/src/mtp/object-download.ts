import { RecorderError } from '../errors.ts';
import { responses } from './codes.ts';
import type { Container } from './container.ts';
import type { Waiting } from './receive-answer.ts';
import { recorderFault } from './recorder-fault.ts';
import { ResponseError } from './response-error.ts';

/** A GetObject under way: its data is taken from the wire only as it is read. */
export class ObjectDownload {
  readonly #answer: AsyncGenerator<Uint8Array, Container>;
  readonly #waiting: Waiting;
  readonly #breakOff: (error: unknown) => Promise<void>;
  #part: Uint8Array = new Uint8Array(0);
  #state: 'running' | 'finished' | 'cancelled' = 'running';
  #positionBytes = 0;

  constructor(
    answer: AsyncGenerator<Uint8Array, Container>,
    waiting: Waiting,
    breakOff: (error: unknown) => Promise<void>,
  ) {
    this.#answer = answer;
    this.#waiting = waiting;
    this.#breakOff = breakOff;
  }

  /** Bytes taken so far. */
  get positionBytes(): number {
    return this.#positionBytes;
  }

  get isCancelled(): boolean {
    return this.#state === 'cancelled';
  }

  /**
   * Fills `into` with what comes next; fewer bytes only at the end. Throws ResponseError, RecorderError and the reason
   * of an aborted signal, after which the download is cancelled.
   */
  async read(into: Uint8Array, signal: AbortSignal): Promise<number> {
    if (this.isCancelled) throw new RecorderError('CLIP_READ_FAILED', 'the download was broken off');
    let filledBytes = 0;
    try {
      signal.throwIfAborted();
      this.#waiting.signal = signal;
      while (filledBytes < into.length && (await this.#hasPart())) {
        const part = this.#part.subarray(0, into.length - filledBytes);
        into.set(part, filledBytes);
        filledBytes += part.length;
        this.#part = this.#part.subarray(part.length);
      }
    } catch (error) {
      const isRefusal = error instanceof ResponseError;
      if (isRefusal) this.#state = 'finished';
      else await this.cancel(error);
      throw recorderFault(error);
    }
    this.#positionBytes += filledBytes;
    return filledBytes;
  }

  async #hasPart(): Promise<boolean> {
    while (this.#part.length === 0 && this.#state === 'running') {
      const step = await this.#answer.next();
      if (step.done !== true) {
        this.#part = step.value;
      } else {
        this.#state = 'finished';
        const { code } = step.value;
        if (code !== responses.ok) throw new ResponseError(this.#waiting.operation.name, code);
      }
    }
    return this.#part.length > 0;
  }

  async cancel(error: unknown = null): Promise<void> {
    const wasRunning = this.#state === 'running';
    this.#state = 'cancelled';
    this.#part = new Uint8Array(0);
    if (wasRunning) await this.#breakOff(error);
  }
}
