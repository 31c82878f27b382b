import { setTimeout as delay } from 'node:timers/promises';
import { Rest } from '../../rest.ts';
import { type ArchiveRefusal, isArchiveRefusal } from '../archive-refusal.ts';
import { type ArchiveTarget, type DepositLine, YieldLine } from '../archive-target.ts';
import { backOffMs } from '../back-off.ts';
import type { ClipDelivery } from './clip-delivery.ts';
import type { ForwardQueue } from './forward-queue.ts';
import type { ForwardingLine } from './forwarding-line.ts';
import type { ForwardingPolicy } from './forwarding-policy.ts';
import type { TargetState } from './forwarding-standing.ts';
import { type Heads, type LaneClip, Lanes } from './lanes.ts';
import type { Tier } from './line-share.ts';
import type { LineWindows } from './line-windows.ts';
import { type RefusalRule, refusalRules, type Trouble, troubleOf } from './refusal-rules.ts';
import { TargetWait } from './target-wait.ts';
import { Throughput } from './throughput.ts';

export interface TargetForwarderOptions {
  target: ArchiveTarget;
  queue: ForwardQueue;
  policy: ForwardingPolicy;
  line: ForwardingLine;
  windows: LineWindows;
  delivery: ClipDelivery;
  knownBytesPerSecond: number | null;
  /** Puts the target to the test where that is due, before anything goes there. */
  prove(signal: AbortSignal): Promise<void>;
  isPaused(): Promise<boolean>;
  /** While true, clips whose local copies may leave afterwards go first. */
  isRoomShort(): Promise<boolean>;
  onReceipted(clipId: string): void;
  onChange(): void;
  onError(error: unknown, clipId: string | null): void;
}

/** A clip on its way. */
export interface Sending {
  clipId: string;
  sizeBytes: number;
  heldBytes: number;
}

/** How often the queue is looked at when nobody wakes it. */
const idleLookMs = 5_000;
/** That a target works is kept no more often. */
const keepEveryMs = 60_000;
/** While room is short, no deadline within these hours is passed over for room. */
const pressedHours = 24;

/** Sends the clips of one target's queue: the same lanes filled again and again, until the signal aborts. */
export class TargetForwarder {
  readonly #options: TargetForwarderOptions;
  readonly #lanes: Lanes;
  readonly #wait: TargetWait;
  readonly #throughput: Throughput;
  readonly #sending = new Map<string, Sending>();
  readonly #tasks = new Set<Promise<void>>();
  /** By clip, the troubles after which it was asked again at once; the second time it waits. */
  readonly #askedAgain = new Map<string, Set<Trouble>>();
  /** How many clips the target had signed for when a clip failed there last. */
  readonly #signedAtFailure = new Map<string, number>();
  #signed = 0;
  /** What stands in the index is a trouble that may be over. */
  #isTroubled = true;
  #keptAtMs = 0;
  #isSwept = false;
  #isPaused = false;
  #isRoomShort = false;
  #heads: Heads = { important: [], bulk: [] };
  #isHeadsKnown = false;
  readonly #rest = new Rest();

  constructor(options: TargetForwarderOptions) {
    this.#options = options;
    const { policy, knownBytesPerSecond } = options;
    this.#lanes = new Lanes(policy.parallelDeposits, policy.line.importantShare);
    this.#wait = new TargetWait(policy);
    this.#throughput = new Throughput(knownBytesPerSecond);
  }

  get target(): ArchiveTarget {
    return this.#options.target;
  }

  get sending(): readonly Sending[] {
    return [...this.#sending.values()];
  }

  get bytesPerSecond(): number | null {
    return this.#throughput.bytesPerSecond;
  }

  /** Why nothing goes there now, and for how long; `null`: nothing is in the way. */
  get waiting(): { state: TargetState; since: string; remainingMs: number } | null {
    const { state, since, remainingMs } = this.#wait;
    return state === null ? null : { state, since, remainingMs };
  }

  /** Looks at the queue now. */
  wake(): void {
    this.#isHeadsKnown = false;
    this.#rest.wake();
  }

  /** A person says that it should work now. */
  tryNow(): void {
    this.#wait.over();
    this.wake();
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const restMs = await this.#look(signal).catch((error: unknown) => {
        // The index itself fails: wait as after any failure, and look again.
        this.#options.onError(error, null);
        return Math.max(this.#options.policy.retryBaseMs, 1);
      });
      await this.#rest.until(restMs, signal);
    }
    await Promise.all(this.#tasks);
  }

  /** Does what can be done now; resolves with how long there is nothing to do, unless somebody wakes it. */
  async #look(signal: AbortSignal): Promise<number> {
    this.#isHeadsKnown = false;
    this.#isPaused = await this.#options.isPaused();
    if (this.#isPaused || signal.aborted) return idleLookMs;
    if (this.#wait.state !== null) return this.#waitOn(signal);
    if (!(await this.#makeReady(signal))) return this.#wait.remainingMs;
    this.#isRoomShort = await this.#options.isRoomShort();
    await this.#fillLanes(signal);
    const nextTryMs = await this.#options.queue.nextTryMs();
    return Math.min(idleLookMs, Math.max(0, (nextTryMs ?? Number.POSITIVE_INFINITY) - Date.now()) + 1);
  }

  /** Gives up uploads nobody owns, before the first deposit, and puts the target to the test whenever that is due. */
  async #makeReady(signal: AbortSignal): Promise<boolean> {
    const { target, queue, prove, onError } = this.#options;
    try {
      if (!this.#isSwept) await target.sweep(await queue.sessions(), signal);
      this.#isSwept = true;
      await prove(signal);
      return true;
    } catch (error) {
      if (signal.aborted) return false;
      onError(error, null);
      const rule = refusalRules[troubleOf(error)];
      this.#wait.refused({ ...rule, shows: rule.shows ?? 'failing' }, refusalOf(error));
      await this.#keepTrouble(error);
      return false;
    }
  }

  /** Asks a target that is waited for whether it answers, when it is time to. */
  async #waitOn(signal: AbortSignal): Promise<number> {
    if (this.#wait.reachInMs === 0) {
      try {
        await this.#options.target.reach(signal);
        this.#wait.reached();
      } catch {
        if (!signal.aborted) this.#wait.notReached();
      }
      this.#options.onChange();
    }
    return Math.min(this.#wait.remainingMs, this.#wait.reachInMs ?? Number.POSITIVE_INFINITY);
  }

  async #fillLanes(signal: AbortSignal): Promise<void> {
    for (;;) {
      const next = this.#lanes.next(await this.#currentHeads());
      if (next === null) return;
      this.#lanes.begin(next, next.tier);
      this.#isHeadsKnown = false;
      const task = this.#send(next, next.tier, signal).finally(() => {
        this.#lanes.end(next.clipId);
        this.#tasks.delete(task);
        this.wake();
      });
      this.#tasks.add(task);
    }
  }

  /** What may go next; read again only when something may have changed. */
  async #currentHeads(): Promise<Heads> {
    if (this.#isHeadsKnown) return this.#heads;
    this.#isHeadsKnown = true;
    const [important, bulk] = await Promise.all([this.#headsOf('important'), this.#headsOf('bulk')]);
    this.#heads = { important, bulk };
    return this.#heads;
  }

  #headsOf(tier: Tier): Promise<LaneClip[]> {
    const { queue, policy } = this.#options;
    if (tier === 'bulk' && !this.mayBulkGo(Date.now())) return Promise.resolve([]);
    const { clipIds } = this.#lanes;
    if (!this.#isRoomShort) return queue.heads(tier, policy.parallelDeposits, clipIds);
    const untilDueAt = new Date(Date.now() + pressedHours * 3_600_000).toISOString();
    return queue.headsThatFree(tier, policy.parallelDeposits, clipIds, untilDueAt);
  }

  mayBulkGo(nowMs: number): boolean {
    const { policy, windows } = this.#options;
    return policy.bulk === 'at-once' || (policy.bulk === 'in-window' && windows.at(nowMs).isOpen);
  }

  /** Never throws. */
  async #send(clip: LaneClip, tier: Tier, signal: AbortSignal): Promise<void> {
    const { target, queue, delivery } = this.#options;
    const { clipId } = clip;
    this.#throughput.begin();
    const sending: Sending = { clipId, sizeBytes: clip.sizeBytes, heldBytes: 0 };
    this.#sending.set(clipId, sending);
    this.#options.onChange();
    try {
      const queued = await queue.read(clipId);
      if (queued === null) return;
      const line = this.#lineOf(sending, tier, queued.session, signal);
      await delivery.deliver(target, clipId, queued.queuedAt, line, signal);
      await this.#signedFor(clipId);
    } catch (error) {
      if (!signal.aborted) await this.#failed(clipId, error, signal);
      await queue.keepHeld(clipId, sending.heldBytes).catch(() => {
        // Only shown; the next try asks the target.
      });
    } finally {
      this.#throughput.end();
      this.#sending.delete(clipId);
    }
  }

  #lineOf(sending: Sending, tier: Tier, session: string | null, signal: AbortSignal): DepositLine {
    const { clipId } = sending;
    const { target, queue, line } = this.#options;
    let kept = session;
    return {
      get session() {
        return kept;
      },
      keepSession: async (token) => {
        await queue.keepSession(clipId, token);
        kept = token;
      },
      take: async (sizeBytes) => {
        if (this.#isPaused) throw new YieldLine();
        const heads = await this.#currentHeads();
        if (this.#lanes.mustYield(clipId, heads)) throw new YieldLine();
        if (tier === 'bulk' && !this.mayBulkGo(Date.now())) throw new YieldLine();
        const before = performance.now();
        await line.take(target.name, tier, sizeBytes, signal);
        this.#throughput.sent(sizeBytes, performance.now() - before);
        this.#lanes.sent(clipId, sizeBytes, heads);
      },
      progress: (heldBytes) => {
        sending.heldBytes = heldBytes;
      },
    };
  }

  async #signedFor(clipId: string): Promise<void> {
    const { queue, onReceipted, onError } = this.#options;
    this.#signed += 1;
    this.#forget(clipId);
    this.#wait.succeeded();
    onReceipted(clipId);
    const isNews = this.#isTroubled || performance.now() - this.#keptAtMs > keepEveryMs;
    if (!isNews) return;
    this.#isTroubled = false;
    this.#keptAtMs = performance.now();
    await queue.keepSuccess(this.bytesPerSecond).catch((error: unknown) => onError(error, null));
  }

  async #failed(clipId: string, error: unknown, signal: AbortSignal): Promise<void> {
    if (error instanceof YieldLine) return;
    const { onError, policy } = this.#options;
    onError(error, clipId);
    const trouble = troubleOf(error);
    const rule = refusalRules[trouble];
    try {
      if (rule.waits === 'target') this.#wait.refused(rule, refusalOf(error));
      else await this.#clipFailed(clipId, rule, error);
      await this.#keepTrouble(error);
    } catch (failure) {
      // The index itself fails (disk full): wait as after any failure, and look again.
      onError(failure, clipId);
      await delay(policy.retryBaseMs, undefined, { signal }).catch(() => {});
    }
  }

  async #clipFailed(clipId: string, rule: RefusalRule, error: unknown): Promise<void> {
    const { queue, policy } = this.#options;
    const queued = await queue.read(clipId);
    if (queued === null) return;
    const isFaultOfClip = this.#isFaultOfClip(clipId, rule);
    const faults = queued.faults + (isFaultOfClip ? 1 : 0);
    const isDead = rule.waits === 'dead' || faults >= policy.mostAttempts;
    const trouble = troubleOf(error);
    const isAtOnce = rule.waits === 'at-once' && this.#isFirst(clipId, trouble);
    const waitMs = isAtOnce ? 0 : backOffMs(policy, queued.attempts + 1, rule.firstWaitFactor);
    this.#signedAtFailure.set(clipId, this.#signed);
    if (!isAtOnce && rule.speaksAgainstTarget) this.#wait.clipFailed();
    await queue.failed(clipId, {
      refusal: trouble === 'fault' ? null : trouble,
      message: messageOf(error),
      isFaultOfClip,
      forgetsSession: rule.forgetsSession,
      outcome: isDead ? 'dead' : { waitMs },
    });
    if (!isDead) return;
    this.#forget(clipId);
    await this.#options.delivery.forget(clipId, this.target.name);
  }

  #isFirst(clipId: string, trouble: Trouble): boolean {
    const before = this.#askedAgain.get(clipId) ?? new Set();
    const isFirst = !before.has(trouble);
    this.#askedAgain.set(clipId, before.add(trouble));
    return isFirst;
  }

  #forget(clipId: string): void {
    this.#askedAgain.delete(clipId);
    this.#signedAtFailure.delete(clipId);
  }

  #isFaultOfClip(clipId: string, { isFaultOfClip }: RefusalRule): boolean {
    if (isFaultOfClip !== 'if-others-go') return isFaultOfClip === 'yes';
    const before = this.#signedAtFailure.get(clipId);
    return before !== undefined && before < this.#signed;
  }

  async #keepTrouble(error: unknown): Promise<void> {
    const trouble = troubleOf(error);
    this.#isTroubled = true;
    await this.#options.queue.keepTrouble(trouble === 'fault' ? null : trouble, messageOf(error));
    this.#options.onChange();
  }
}

function refusalOf(error: unknown): ArchiveRefusal | null {
  return isArchiveRefusal(error) ? error : null;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
