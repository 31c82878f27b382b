import { setTimeout as delay } from 'node:timers/promises';
import type { Attachment, AttachmentEvent, AttachmentSource, RecorderDriver } from '@docket/device-protocol';
import type { DockingIssue } from '@docket/ingest';
import type { Log } from '../log.ts';

export interface SlotSupervisorOptions {
  sources: readonly AttachmentSource[];
  driverFor(attachment: Attachment): RecorderDriver;
  /** Runs one docking to its end; resolves with what went wrong, or `null`. */
  runDocking(
    driver: RecorderDriver,
    attachment: Attachment,
    signal: AbortSignal,
  ): Promise<DockingIssue | null>;
  /** A device that is no recorder, or none that can be docked, stands in a slot until it is detached. */
  onRefused(refusal: Refusal): void;
  onDetached(slot: string): void;
  log: Log;
  /** Pauses before a docking that failed is tried again while its recorder still stands there. */
  retry?: { firstMs: number; longestMs: number };
}

export type Refusal = Extract<AttachmentEvent, { type: 'refused' }>;

const defaultRetry = { firstMs: 5_000, longestMs: 60_000 };

/** A docking under way in a slot. */
interface Occupied {
  instance: string;
  detach: AbortController;
  done: Promise<void>;
}

/** One docking at a time for each slot: begun when a recorder is attached, ended when it is detached. */
export class SlotSupervisor {
  readonly #options: SlotSupervisorOptions;
  readonly #retry: { firstMs: number; longestMs: number };
  readonly #occupied = new Map<string, Occupied>();
  /** Devices that are shown but not docked, by slot. */
  readonly #refused = new Map<string, string>();
  readonly #turns = new Map<string, Promise<void>>();
  /** When each source last had a look, by the monotonic clock; only sources that tell. */
  readonly #lookedAt = new Map<AttachmentSource, number>();

  constructor(options: SlotSupervisorOptions) {
    this.#options = options;
    this.#retry = options.retry ?? defaultRetry;
  }

  /** Watches every source until the signal aborts, then waits for the dockings to end. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all(this.#options.sources.map((source) => this.#watch(source, signal)));
    await Promise.all(this.#turns.values());
    await Promise.all([...this.#occupied.values()].map(({ done }) => done));
  }

  /** Whether every source that tells of its looks has looked within this time. */
  isWatching(withinMs: number): boolean {
    const since = performance.now() - withinMs;
    return [...this.#lookedAt.values()].every((lookedAt) => lookedAt >= since);
  }

  /** A source that fails is begun again: one broken way in must not close the others. */
  async #watch(source: AttachmentSource, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        const onLook = () => this.#lookedAt.set(source, performance.now());
        for await (const event of source.watch(signal, onLook)) this.#queue(event, signal);
      } catch (error) {
        if (signal.aborted) return;
        this.#options.log.error({ err: error, source: source.name }, 'watching for recorders failed');
      }
      await delay(this.#retry.firstMs, undefined, { signal }).catch(() => {});
    }
  }

  /** Events of one slot take turns; a slot that hangs holds up no other. */
  #queue(event: AttachmentEvent, signal: AbortSignal): void {
    const slot = event.type === 'attached' ? event.attachment.portPath : event.portPath;
    // Said at once, although its turn may come later: whatever the docking waits for can end on it.
    if (event.type === 'detached') this.#abort(slot, event.instance);
    const turn = (this.#turns.get(slot) ?? Promise.resolve()).then(() => this.#handle(event, signal));
    this.#turns.set(slot, turn);
  }

  #abort(slot: string, instance: string): void {
    const occupied = this.#occupied.get(slot);
    if (occupied?.instance === instance) occupied.detach.abort();
  }

  async #handle(event: AttachmentEvent, signal: AbortSignal): Promise<void> {
    if (event.type === 'detached') return this.#detach(event.portPath, event.instance);
    if (event.type === 'refused') return this.#refuse(event);
    const { attachment } = event;
    const before = this.#occupied.get(attachment.portPath);
    if (before !== undefined) await this.#detach(attachment.portPath, before.instance);
    const detach = new AbortController();
    const done = this.#dock(attachment, AbortSignal.any([signal, detach.signal]));
    this.#occupied.set(attachment.portPath, { instance: attachment.instance, detach, done });
    this.#options.log.info({ slot: attachment.portPath, instance: attachment.instance }, 'recorder attached');
  }

  async #refuse(refusal: Refusal): Promise<void> {
    const { portPath: slot, instance, reason, device } = refusal;
    const before = this.#occupied.get(slot);
    if (before !== undefined) await this.#detach(slot, before.instance);
    this.#refused.set(slot, instance);
    this.#options.log.warn({ slot, instance, reason, device }, 'device not docked');
    this.#options.onRefused(refusal);
  }

  async #detach(slot: string, instance: string): Promise<void> {
    if (this.#refused.get(slot) === instance) {
      this.#refused.delete(slot);
      this.#options.onDetached(slot);
    }
    const occupied = this.#occupied.get(slot);
    if (occupied === undefined || occupied.instance !== instance) return;
    occupied.detach.abort();
    await occupied.done;
    this.#occupied.delete(slot);
    this.#options.log.info({ slot, instance }, 'recorder detached');
    this.#options.onDetached(slot);
  }

  /** Docks until the recorder leaves; a docking that failed is tried again after a pause. Never throws. */
  async #dock(attachment: Attachment, signal: AbortSignal): Promise<void> {
    const { runDocking, driverFor, log } = this.#options;
    const { firstMs, longestMs } = this.#retry;
    const slot = attachment.portPath;
    for (let waitMs = firstMs; !signal.aborted; waitMs = Math.min(2 * waitMs, longestMs)) {
      try {
        const issue = await runDocking(driverFor(attachment), attachment, signal);
        if (signal.aborted) return;
        log.warn({ slot, issue, retryMs: waitMs }, 'docking ended early');
      } catch (error) {
        log.error({ err: error, slot, retryMs: waitMs }, 'docking failed');
      }
      await delay(waitMs, undefined, { signal }).catch(() => {});
    }
  }
}
