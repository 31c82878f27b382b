import type { LiveAlarms, LiveReason } from '@docket/ingest';
import type { Log } from '../log.ts';

/** Alarms of what is turned away; they end when the recorder's stream flows. */
export const refusalKinds = ['too-many-streams', 'credentials-refused'] as const;
const strangersEveryMs = 1_000;
type RefusalKind = (typeof refusalKinds)[number];

/** Raises an alarm where a stream is turned away, or turns us away, and ends it once the recorder's stream flows. */
export class RefusalAlarms {
  readonly #alarms: Pick<LiveAlarms, 'raise' | 'end'>;
  readonly #log: Log;
  /** Open alarms of each recorder, by their ids. */
  readonly #open = new Map<string, Map<RefusalKind, Promise<string | null>>>();
  #last: Promise<unknown> = Promise.resolve();
  #isTellingStranger = false;
  #toldStrangerAtMs = Number.NEGATIVE_INFINITY;

  constructor(alarms: Pick<LiveAlarms, 'raise' | 'end'>, log: Log) {
    this.#alarms = alarms;
    this.#log = log;
  }

  refused(recorderId: string, kind: RefusalKind, reason: LiveReason): void {
    const open = this.#open.get(recorderId) ?? new Map();
    if (open.has(kind)) return;
    open.set(
      kind,
      this.#next(() => this.#alarms.raise({ kind, recorderId, reason })),
    );
    this.#open.set(recorderId, open);
  }

  /** The recorder's stream flows. */
  flows(recorderId: string): void {
    const open = this.#open.get(recorderId);
    if (open === undefined) return;
    this.#open.delete(recorderId);
    for (const raised of open.values()) {
      void this.#next(async () => {
        const alarmId = await raised;
        if (alarmId !== null) await this.#alarms.end(alarmId);
      });
    }
  }

  /** Somebody who may not wanted to send. Whoever tries without end costs the index no more than one look a second. */
  stranger(reason: LiveReason): void {
    if (this.#isTellingStranger || performance.now() - this.#toldStrangerAtMs < strangersEveryMs) return;
    this.#isTellingStranger = true;
    void this.#next(() => this.#alarms.raise({ kind: 'unregistered-push', reason })).then(() => {
      this.#isTellingStranger = false;
      this.#toldStrangerAtMs = performance.now();
    });
  }

  /** Resolves once all that was told is written. */
  async settle(): Promise<void> {
    await this.#last;
  }

  /** One act after the other; one that fails is told in the log, and gives `null`. */
  #next<Result>(act: () => Promise<Result>): Promise<Result | null> {
    const done = this.#last.then(act).catch((error: unknown) => {
      this.#log.error({ err: error }, 'live alarm could not be written');
      return null;
    });
    this.#last = done;
    return done;
  }
}
