import { setTimeout as delay } from 'node:timers/promises';
import type { Disclosure, DisclosureEvent, DisclosureOutcome, DisclosureWay } from '@docket/ingest';
import type { Log } from '../log.ts';

/** How one way tells an event. Never throws for what the receiver or the network does. */
export type Tell = (
  event: DisclosureEvent,
  attempts: number,
  signal: AbortSignal,
) => Promise<DisclosureOutcome>;

export interface DisclosureSenderOptions {
  disclosure: Disclosure;
  ways: Partial<Record<DisclosureWay, Tell>>;
  /** The least pause on a way after an attempt that failed. */
  retryBaseMs: number;
  /** Time between two looks at the lists that are published. */
  refreshMs: number;
  log: Log;
}

/** Looks for what is due at least this often, should nobody wake it. */
const longestRestMs = 30_000;

/**
 * Tells the public what waits in the outbox, one event after another on each way, and keeps the published lists true. An
 * event that fails waits by itself; the way goes on with the next after a short pause, or after what the receiver asked.
 */
export class DisclosureSender {
  readonly #options: DisclosureSenderOptions;
  readonly #resting = new Set<() => void>();

  constructor(options: DisclosureSenderOptions) {
    this.#options = options;
    options.disclosure.outbox.onWaiting(() => {
      for (const wake of this.#resting) wake();
    });
  }

  /** Works until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    await this.#options.disclosure.outbox.catchUp();
    const ways = Object.entries(this.#options.ways) as [DisclosureWay, Tell][];
    await Promise.all([
      this.#keepListsTrue(signal),
      ...ways.map(([way, tell]) => this.#tellAll(way, tell, signal)),
    ]);
  }

  async #tellAll(way: DisclosureWay, tell: Tell, signal: AbortSignal): Promise<void> {
    const { outbox } = this.#options.disclosure;
    while (!signal.aborted) {
      const due = await outbox.nextDue(way, new Date());
      if (due === null) {
        await this.#rest(await outbox.nextAttemptAt(way), signal);
        continue;
      }
      const outcome = await tell(due.event, due.attempts, signal);
      // What was under way when we were told to stop counts as not tried: it is sent again under the same id.
      if (signal.aborted && outcome.result !== 'delivered') return;
      await outbox.settle(way, due.event, outcome);
      this.#note(way, due.event, outcome);
      if (outcome.result === 'again') await pause(this.#pauseMs(outcome), signal);
    }
  }

  #pauseMs({ status, afterMs }: Extract<DisclosureOutcome, { result: 'again' }>): number {
    const isAskedToWait = status === 429 || status === 503;
    return isAskedToWait ? afterMs : Math.min(afterMs, this.#options.retryBaseMs);
  }

  #note(way: DisclosureWay, { eventId, kind, act }: DisclosureEvent, outcome: DisclosureOutcome): void {
    const { log } = this.#options;
    const line = { way, eventId, kind, act, ...outcome };
    if (outcome.result === 'delivered') log.info(line, 'disclosed');
    else if (outcome.result === 'dead') log.error(line, 'disclosure refused');
    else log.warn(line, 'disclosure failed; it is tried again');
  }

  async #keepListsTrue(signal: AbortSignal): Promise<void> {
    const { disclosure, refreshMs, log } = this.#options;
    while (!signal.aborted) {
      for (const refusal of await disclosure.refresh()) log.error(refusal, 'a list cannot be disclosed');
      await pause(refreshMs, signal);
    }
  }

  /** Rests until something is due, or somebody says that something may be. */
  async #rest(until: Date | null, signal: AbortSignal): Promise<void> {
    const restMs = until === null ? longestRestMs : Math.min(until.getTime() - Date.now(), longestRestMs);
    if (restMs <= 0 || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const end = () => {
        clearTimeout(timer);
        this.#resting.delete(end);
        signal.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, restMs);
      this.#resting.add(end);
      signal.addEventListener('abort', end, { once: true });
    });
  }
}

async function pause(durationMs: number, signal: AbortSignal): Promise<void> {
  await delay(durationMs, undefined, { signal }).catch(() => {
    // The signal ended the pause, and is looked at next.
  });
}
