import { setTimeout as wait } from 'node:timers/promises';
import { type LiveReason, storeReason } from '@docket/ingest';
import type { LineStanding } from './live-supervisor.ts';

/** Kinds of alarms that the watch raises, and ends. */
export const watchedKinds = ['not-recording', 'stream-lost', 'store-failed'] as const;

/** What is wrong with a recorder that should be recorded. `stream-lost`: it was recorded before. */
export interface LiveFault {
  kind: (typeof watchedKinds)[number];
  recorderId: string;
  operationId: string | null;
  sessionId: string | null;
  reason: LiveReason;
}

export interface LiveWatchOptions {
  standings(): readonly LineStanding[];
  /** A recording that has not grown for this long is none. */
  graceMs: number;
  raise(fault: LiveFault): Promise<string>;
  end(alarmId: string): Promise<void>;
  onError(error: unknown): void;
  intervalMs?: number;
  /** A clock that nobody sets, in milliseconds. */
  now?: () => number;
}

/**
 * Compares what should be recording with what is, again and again, and raises an alarm within seconds where they differ; the
 * alarm ends when they agree. It asks the recording whether another part became durable, not the stream whether it is
 * connected: a recorder can be there and send nothing. How long ago that was it counts by itself: when a part became durable
 * is told by the dock's clock, which may be set.
 */
export class LiveWatch {
  readonly #options: LiveWatchOptions;
  readonly #now: () => number;
  /** Of each recorder that is expected: its last part, and since when no other came. */
  readonly #quiet = new Map<string, { lastPartMs: number | null; sinceMs: number }>();
  /** Open alarms by kind and recorder. */
  readonly #open = new Map<string, string>();

  constructor(options: LiveWatchOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.look().catch((error: unknown) => this.#options.onError(error));
      await wait(this.#options.intervalMs ?? 1_000, undefined, { signal }).catch(() => {});
    }
  }

  /** One comparison. */
  async look(): Promise<void> {
    const nowMs = this.#now();
    const standings = this.#options.standings();
    const expected = standings.filter(({ isExpected }) => isExpected);
    const names = new Set(expected.map(({ recorderId }) => recorderId));
    for (const recorderId of this.#quiet.keys()) if (!names.has(recorderId)) this.#quiet.delete(recorderId);
    for (const { recorderId, lastPartMs } of expected) {
      const known = this.#quiet.get(recorderId);
      if (known === undefined || (lastPartMs !== null && lastPartMs !== known.lastPartMs))
        this.#quiet.set(recorderId, { lastPartMs, sinceMs: nowMs });
    }
    const faults = standings.flatMap((standing) => this.#faultOf(standing, nowMs) ?? []);
    for (const fault of faults) await this.#raise(fault);
    const standing = new Set(faults.map(keyOf));
    for (const [key, alarmId] of this.#open) {
      if (standing.has(key)) continue;
      await this.#options.end(alarmId);
      this.#open.delete(key);
    }
  }

  async #raise(fault: LiveFault): Promise<void> {
    const key = keyOf(fault);
    if (!this.#open.has(key)) this.#open.set(key, await this.#options.raise(fault));
  }

  #faultOf(standing: LineStanding, nowMs: number): LiveFault | null {
    const { recorderId, operationId, sessionId, failure, lastPartMs } = standing;
    const found = { recorderId, operationId, sessionId };
    if (failure !== null) return { ...found, kind: 'store-failed', reason: storeReason(failure) };
    const quiet = this.#quiet.get(recorderId);
    if (quiet === undefined || nowMs - quiet.sinceMs <= this.#options.graceMs) return null;
    const wasRecorded = lastPartMs !== null && standing.stream === null;
    return { ...found, kind: wasRecorded ? 'stream-lost' : 'not-recording', reason: reasonOf(standing) };
  }
}

function keyOf({ kind, recorderId }: LiveFault): string {
  return `${kind} ${recorderId}`;
}

function reasonOf({ isRegistered, stream, trouble }: LineStanding): LiveReason {
  if (!isRegistered) return { kind: 'not-registered' };
  if (stream !== null) return { kind: 'nothing-recorded' };
  return trouble === null ? { kind: 'nothing-sent' } : { kind: 'not-reached', words: trouble };
}
