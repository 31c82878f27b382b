import { EventEmitter, setMaxListeners } from 'node:events';
import type { CustodyLog } from '../../custody/custody-log.ts';
import type { IndexDatabase } from '../../index-store/index-database.ts';
import type { PersonGround } from '../../retention/holds.ts';
import { isArchiveRefusal } from '../archive-refusal.ts';
import type { ArchiveTarget } from '../archive-target.ts';
import type { ProbeReport } from '../probe-report.ts';
import type { Probes } from '../probes.ts';
import type { TargetSettings } from '../target-settings.ts';
import type { ClipDelivery } from './clip-delivery.ts';
import { ForwardQueue } from './forward-queue.ts';
import { ForwardReckoning } from './forward-reckoning.ts';
import { ForwardingActs } from './forwarding-acts.ts';
import { ForwardingLine } from './forwarding-line.ts';
import type { ForwardingPolicy } from './forwarding-policy.ts';
import type { ArchiveStanding, PredictedMisses } from './forwarding-standing.ts';
import { LineWindows } from './line-windows.ts';
import { listQueue, type QueueEntry, type QueuePosition, type QueueQuestion } from './queue-listing.ts';
import { readStanding } from './read-standing.ts';
import { refusalRules } from './refusal-rules.ts';
import { TargetForwarder } from './target-forwarder.ts';

export interface ForwarderOptions {
  database: IndexDatabase;
  custody: CustodyLog;
  targets: readonly ArchiveTarget[];
  settings: readonly TargetSettings[];
  policy: ForwardingPolicy;
  delivery: ClipDelivery;
  probes: Probes;
  /** True while the store is above its water mark. */
  isRoomShort(): Promise<boolean>;
  onError(error: unknown, clipId: string | null): void;
}

const probeAgainMs = 3_600_000;

/** What the archive queue looks like now. */
export interface ArchiveQueue {
  waitingClips: number;
  waitingBytes: number;
  lastReceiptAt: string | null;
  lastError: string | null;
}

/** Sends sealed clips to every archive target until each has its receipt; `docs/archive.md`, "The queue". */
export class Forwarder {
  /** Keeps the order of the line true to the facts. */
  readonly reckoning: ForwardReckoning;
  readonly #options: ForwarderOptions;
  readonly #acts: ForwardingActs;
  readonly #windows: LineWindows;
  readonly #line: ForwardingLine;
  readonly #forwarders: readonly TargetForwarder[];
  readonly #receipted = new EventEmitter<{ receipted: [string] }>();
  readonly #listeners = new Set<() => void>();
  /** When it is looked at again whether a target is to be probed. */
  readonly #probeAgainAtMs = new Map<string, number>();
  /** The bytes each target took lately in a second, as kept at the last stop. */
  readonly #known: ReadonlyMap<string, number>;

  private constructor(options: ForwarderOptions, known: ReadonlyMap<string, number>) {
    const { database, custody, policy, settings, targets } = options;
    this.#options = options;
    this.#known = known;
    this.#acts = new ForwardingActs(database, custody);
    this.#receipted.setMaxListeners(0);
    this.#windows = new LineWindows(policy.line);
    this.#line = new ForwardingLine({
      windows: this.#windows,
      importantShare: policy.line.importantShare,
      limits: new Map(
        settings.flatMap(({ name, bytesPerSecond }) =>
          bytesPerSecond === null ? [] : [[name, bytesPerSecond]],
        ),
      ),
    });
    this.reckoning = new ForwardReckoning(database, policy, () => this.#changed());
    this.#forwarders = targets.map((target) => this.#forwarderOf(target));
  }

  static async open(options: ForwarderOptions): Promise<Forwarder> {
    const rows = await options.database.read(
      'SELECT target, bytes_per_second FROM archive_target WHERE bytes_per_second IS NOT NULL',
    );
    const known = new Map(rows.map((row) => [String(row.target), Number(row.bytes_per_second)]));
    return new Forwarder(options, known);
  }

  /** Calls `listener` with each clip that gets a receipt, until the returned function is called. */
  onReceipted(listener: (clipId: string) => void): () => void {
    this.#receipted.on('receipted', listener);
    return () => this.#receipted.off('receipted', listener);
  }

  /** Calls `listener` when `standing` may have changed, until the returned function is called. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Looks at the queue now. */
  wake(): void {
    for (const forwarder of this.#forwarders) forwarder.wake();
  }

  /** Forwards until the signal aborts; clips under way stop, and go on after the next start where the archive has them. */
  async run(signal: AbortSignal): Promise<void> {
    const ending = AbortSignal.any([signal]);
    // Each piece that waits listens.
    setMaxListeners(0, ending);
    await Promise.all([
      this.#reckonAll(ending),
      ...this.#forwarders.map((forwarder) => forwarder.run(ending)),
    ]);
  }

  /** Clips that came into the queue another way than by being sealed, or under other hours, get their place too. */
  async #reckonAll(signal: AbortSignal): Promise<void> {
    try {
      await this.reckoning.reckonAll(signal);
    } catch (error) {
      this.#options.onError(error, null);
    }
  }

  /** How every target stands. Cheap enough to be asked every few seconds. */
  standing(): Promise<ArchiveStanding> {
    const { database, policy, probes, settings } = this.#options;
    return readStanding({
      database,
      policy,
      probes,
      settings,
      windows: this.#windows,
      line: this.#line,
      forwarders: this.#forwarders,
    });
  }

  /** Which clips will miss their deadline, by target. */
  async misses(): Promise<Map<string, PredictedMisses | null>> {
    const { targets } = await this.standing();
    return new Map(targets.map(({ target, misses }) => [target, misses]));
  }

  /** What waits, in the order in which it goes. */
  listQueue(question: QueueQuestion): Promise<{ entries: QueueEntry[]; next: QueuePosition | null }> {
    return listQueue(this.#options.database, question);
  }

  /** Stops a target until it is resumed. Throws ARCHIVE_TARGET_UNKNOWN. */
  async pause(target: string, ground: PersonGround): Promise<void> {
    await this.#acts.pause(target, ground);
    this.#changed();
  }

  /** Throws ARCHIVE_TARGET_UNKNOWN. */
  async resume(target: string, ground: PersonGround): Promise<void> {
    await this.#acts.resume(target, ground);
    this.#tryNow(target);
  }

  /** Tries one clip again now, a dead letter too. Throws FORWARD_UNKNOWN. */
  async retry(clipId: string, target: string, ground: PersonGround): Promise<void> {
    await this.#acts.retry(clipId, target, ground);
    this.#tryNow(target);
  }

  /** Tries everything that failed at a target again now; resolves with how many clips. Throws ARCHIVE_TARGET_UNKNOWN. */
  async retryAll(target: string, ground: PersonGround): Promise<number> {
    const clips = await this.#acts.retryAll(target, ground);
    this.#tryNow(target);
    return clips;
  }

  /** Has clips archived next, whatever their tier; resolves with how many of them still waited. */
  async demand(clipIds: readonly string[], ground: PersonGround): Promise<number> {
    const clips = await this.#acts.demand(clipIds, ground);
    this.#changed();
    return clips;
  }

  /** Puts a target to the test; see `Probes`. Throws ARCHIVE_TARGET_UNKNOWN, and ArchiveRefusal. */
  async probe(target: string, signal: AbortSignal, person?: string): Promise<ProbeReport> {
    const report = await this.#options.probes.probe(target, signal, person);
    this.#changed();
    return report;
  }

  /** What waits at all targets together. */
  async queue(): Promise<ArchiveQueue> {
    const { targets, lastReceiptAt } = await this.standing();
    const amounts = targets.flatMap(({ waiting }) => [waiting.important, waiting.bulk]);
    const errors = targets.flatMap(({ target, lastError }) =>
      lastError === null ? [] : [targets.length > 1 ? `${target}: ${lastError.message}` : lastError.message],
    );
    return {
      waitingClips: amounts.reduce((sum, { clips }) => sum + clips, 0),
      waitingBytes: amounts.reduce((sum, { bytes }) => sum + bytes, 0),
      lastReceiptAt,
      lastError: errors.length === 0 ? null : errors.join('; '),
    };
  }

  #forwarderOf(target: ArchiveTarget): TargetForwarder {
    const { database, custody, policy, delivery, isRoomShort, onError } = this.#options;
    const { name } = target;
    return new TargetForwarder({
      target,
      queue: new ForwardQueue({ database, custody, target: name, retryMaxMs: policy.retryMaxMs }),
      policy,
      line: this.#line,
      windows: this.#windows,
      delivery,
      isRoomShort,
      knownBytesPerSecond: this.#known.get(name) ?? null,
      prove: (signal) => this.#prove(name, signal),
      isPaused: async () => {
        const rows = await database.read(
          'SELECT 1 FROM archive_target WHERE target = ? AND paused_by IS NOT NULL',
          [name],
        );
        return rows.length > 0;
      },
      onReceipted: (clipId) => {
        this.#receipted.emit('receipted', clipId);
        this.#tell();
      },
      onChange: () => this.#tell(),
      onError,
    });
  }

  /** A probe that is due comes before the first clip, so that receipts can tell of it; one that fails holds up nothing. */
  async #prove(target: string, signal: AbortSignal): Promise<void> {
    const settings = this.#options.settings.find(({ name }) => name === target);
    if (settings === undefined || performance.now() < (this.#probeAgainAtMs.get(target) ?? 0)) return;
    const dueInMs = await this.#options.probes.dueInMs(settings);
    if (dueInMs > 0) {
      // Not asked of the index again with each clip.
      this.#probeAgainAtMs.set(target, performance.now() + Math.min(dueInMs, probeAgainMs));
      return;
    }
    try {
      await this.probe(target, signal);
    } catch (error) {
      if (signal.aborted) throw error;
      if (isArchiveRefusal(error) && refusalRules[error.code].waits === 'target') throw error;
      this.#probeAgainAtMs.set(target, performance.now() + probeAgainMs);
      this.#options.onError(error, null);
    }
  }

  #tryNow(target: string): void {
    this.#forwarders.find((one) => one.target.name === target)?.tryNow();
    this.#tell();
  }

  #changed(): void {
    this.wake();
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
