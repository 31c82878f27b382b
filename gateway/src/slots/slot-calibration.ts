import type { AttachmentEvent, AttachmentSource } from '@docket/device-protocol';
import type { Calibration } from '../contract/index.ts';
import type { SlotLabels } from './slot-labels.ts';

/** A calibration that nothing happens in for this long ends by itself: recorders must not wait for a forgotten one. */
const defaultIdleMs = 15 * 60_000;

interface Seen {
  slot: string;
  instance: string;
  present: boolean;
  at: string;
}

/**
 * The guided naming of slots: while it runs, whatever is plugged in shows its port, so that a person can say what the
 * place is called. Meanwhile nothing that is plugged in is docked: it will be pulled out again at once.
 */
export class SlotCalibration {
  readonly #labels: SlotLabels;
  readonly #idleMs: number;
  readonly #listeners = new Set<(calibration: Calibration) => void>();
  #run: { startedAt: string; startedBy: string; ended: Promise<void>; end(): void } | null = null;
  #seen: Seen | null = null;
  #idle: NodeJS.Timeout | undefined;

  constructor(labels: SlotLabels, idleMs = defaultIdleMs) {
    this.#labels = labels;
    this.#idleMs = idleMs;
    labels.onChange(() => this.#tell());
  }

  state(): Calibration {
    const seen = this.#seen;
    return {
      active: this.#run !== null,
      startedAt: this.#run?.startedAt ?? null,
      startedBy: this.#run?.startedBy ?? null,
      seen:
        seen === null
          ? null
          : { slot: seen.slot, present: seen.present, at: seen.at, ...this.#labels.describe(seen.slot) },
      places: this.#labels.list(),
    };
  }

  /** Begins; `false` where one runs already. */
  start(operator: string): boolean {
    if (this.#run !== null) return false;
    let end = () => {};
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    this.#seen = null;
    this.#run = { startedAt: new Date().toISOString(), startedBy: operator, ended, end };
    this.#tell();
    return true;
  }

  /** Ends; whatever still stands in a slot is then docked. */
  stop(): void {
    const run = this.#run;
    if (run === null) return;
    clearTimeout(this.#idle);
    this.#run = null;
    this.#seen = null;
    run.end();
    this.#tell();
  }

  /** Waits until no calibration runs, or the signal aborts. */
  async ended(signal: AbortSignal): Promise<void> {
    while (this.#run !== null && !signal.aborted) {
      const { ended } = this.#run;
      let onAbort = () => {};
      const aborted = new Promise<void>((resolve) => {
        onAbort = resolve;
      });
      signal.addEventListener('abort', onAbort, { once: true });
      await Promise.race([ended, aborted]);
      signal.removeEventListener('abort', onAbort);
    }
  }

  /** A source whose events are looked at on their way. */
  watching(source: AttachmentSource): AttachmentSource {
    const notice = (event: AttachmentEvent) => this.#notice(event);
    return {
      name: source.name,
      async *watch(signal, onLook) {
        for await (const event of source.watch(signal, onLook)) {
          notice(event);
          yield event;
        }
      },
    };
  }

  /** Calls `listener` at each change, until the returned function is called. */
  onChange(listener: (calibration: Calibration) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #notice(event: AttachmentEvent): void {
    if (this.#run === null) return;
    if (event.type === 'detached') {
      if (this.#seen?.slot !== event.portPath || this.#seen.instance !== event.instance) return;
      this.#seen = { ...this.#seen, present: false };
    } else {
      const { portPath, instance } = event.type === 'attached' ? event.attachment : event;
      this.#seen = { slot: portPath, instance, present: true, at: new Date().toISOString() };
    }
    this.#tell();
  }

  #tell(): void {
    clearTimeout(this.#idle);
    if (this.#run !== null) this.#idle = setTimeout(() => this.stop(), this.#idleMs);
    this.#idle?.unref();
    const state = this.state();
    for (const listener of this.#listeners) listener(state);
  }
}
