import { LineShare, type Tier } from './line-share.ts';
import type { LineWindows } from './line-windows.ts';
import { TokenBucket } from './token-bucket.ts';

export interface ForwardingLineOptions {
  windows: LineWindows;
  importantShare: number;
  /** The most each target may be sent in a second, by name; none: no limit of its own. */
  limits: ReadonlyMap<string, number>;
  /** Monotonic milliseconds. */
  now?: () => number;
  /** The wall clock, by which windows open. */
  wallNow?: () => number;
}

interface Waiting {
  target: string;
  tier: Tier;
  sizeBytes: number;
  go(): void;
}

/** A window may open or close while pieces wait. */
const longestWaitMs = 1_000;

/**
 * The line that all targets share. Each piece waits for room on it and under the limit of its own target; one target that is
 * at its limit holds up no other. Important pieces go first until they have had their share, then each in turn.
 */
export class ForwardingLine {
  readonly #options: ForwardingLineOptions;
  readonly #wallNow: () => number;
  readonly #shared: TokenBucket;
  readonly #own = new Map<string, { bucket: TokenBucket; bytesPerSecond: number }>();
  readonly #share: LineShare;
  readonly #waiting: Waiting[] = [];
  #timer: NodeJS.Timeout | null = null;

  constructor(options: ForwardingLineOptions) {
    this.#options = options;
    this.#wallNow = options.wallNow ?? Date.now;
    this.#shared = new TokenBucket(options.now);
    this.#share = new LineShare(options.importantShare);
    for (const [target, bytesPerSecond] of options.limits) {
      this.#own.set(target, { bucket: new TokenBucket(options.now), bytesPerSecond });
    }
  }

  /** The most a target may be sent in a second now; `null`: no limit. */
  limitOf(target: string): number | null {
    const limits = [this.#bytesPerSecond, this.#own.get(target)?.bytesPerSecond ?? null];
    return limits.reduce(
      (least, one) => (least === null || (one !== null && one < least) ? one : least),
      null,
    );
  }

  /** Resolves when a piece may go. Rejects when the signal aborts. */
  async take(target: string, tier: Tier, sizeBytes: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    await new Promise<void>((resolve, reject) => {
      const leave = () => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        if (this.#waiting.length === 0) this.#letGo();
        reject(signal.reason);
      };
      const waiting: Waiting = {
        target,
        tier,
        sizeBytes,
        go: () => {
          signal.removeEventListener('abort', leave);
          resolve();
        },
      };
      signal.addEventListener('abort', leave, { once: true });
      this.#waiting.push(waiting);
      this.#letGo();
    });
  }

  get #bytesPerSecond(): number | null {
    return this.#options.windows.at(this.#wallNow()).bytesPerSecond;
  }

  #letGo(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    for (;;) {
      if (this.#waiting.length === 0) return;
      const waitMs = this.#shared.waitMs(this.#bytesPerSecond);
      const next = waitMs > 0 ? null : this.#next();
      if (next === null) {
        this.#lookAgainAfter(waitMs);
        return;
      }
      this.#waiting.splice(this.#waiting.indexOf(next), 1);
      this.#shared.spend(next.sizeBytes);
      this.#own.get(next.target)?.bucket.spend(next.sizeBytes);
      next.go();
    }
  }

  /** The piece whose turn it is among those whose targets are not at their limit. */
  #next(): Waiting | null {
    const ready = this.#waiting.filter(({ target }) => this.#ownWaitMs(target) === 0);
    const important = ready.find(({ tier }) => tier === 'important');
    const next = important !== undefined && this.#share.isOwed ? important : ready[0];
    if (next === undefined) return null;
    if (important === undefined) this.#share.forget();
    else this.#share.count(next.tier, next.sizeBytes);
    return next;
  }

  #ownWaitMs(target: string): number {
    const own = this.#own.get(target);
    return own === undefined ? 0 : own.bucket.waitMs(own.bytesPerSecond);
  }

  #lookAgainAfter(sharedMs: number): void {
    const ownMs = Math.min(...this.#waiting.map(({ target }) => this.#ownWaitMs(target)));
    const waitMs = Math.min(Math.max(sharedMs, ownMs, 1), longestWaitMs);
    this.#timer = setTimeout(() => this.#letGo(), waitMs);
  }
}
