import type { Log } from './log.ts';

export interface WaitingWorkOptions<Item> {
  /** The next thing to be done; `null` while nothing waits. */
  next(): Promise<Item | null>;
  /** Does it. Throws only for faults that are not the item's: it is tried again after a pause. */
  handle(item: Item, signal: AbortSignal): Promise<void>;
  /** What is logged where it throws. */
  faultMessage: string;
  log: Log;
}

const pauseAfterFaultMs = 30_000;

/** Works through what waits, one thing at a time, and rests until it is woken. */
export class WaitingWork<Item> {
  readonly #options: WaitingWorkOptions<Item>;
  readonly #stopping = new AbortController();
  #wake: () => void = () => {};
  #isWoken = false;
  #work: Promise<void> = Promise.resolve();

  constructor(options: WaitingWorkOptions<Item>) {
    this.#options = options;
  }

  /** Begins to work, until stopped or until the signal aborts. */
  start(signal: AbortSignal): void {
    signal.throwIfAborted();
    signal.addEventListener('abort', () => this.#stopping.abort(), { once: true });
    this.#work = this.#run();
  }

  /** Looks for things that wait now. */
  wake(): void {
    this.#isWoken = true;
    this.#wake();
  }

  /** Aborts what runs, and resolves once it is gone. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#work;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      this.#isWoken = false;
      try {
        const item = await this.#options.next();
        if (item === null) await this.#rest(null);
        else await this.#options.handle(item, signal);
      } catch (error) {
        if (signal.aborted) return;
        this.#options.log.warn({ err: error }, this.#options.faultMessage);
        await this.#rest(pauseAfterFaultMs);
      }
    }
  }

  /** Until woken, stopped, or `longestMs` are over. */
  async #rest(longestMs: number | null): Promise<void> {
    const { signal } = this.#stopping;
    if (this.#isWoken || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const end = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', end);
        resolve();
      };
      const timer = longestMs === null ? undefined : setTimeout(end, longestMs);
      this.#wake = end;
      signal.addEventListener('abort', end, { once: true });
    });
  }
}
