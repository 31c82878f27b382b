import type { ArchiveRefusal } from '../archive-refusal.ts';
import { type BackOff, backOffMs } from '../back-off.ts';
import type { TargetState } from './forwarding-standing.ts';
import type { RefusalRule } from './refusal-rules.ts';

/** Clips that failed in a row, each by itself, after which the target is taken to be failing. */
const failingAfter = 5;
/** `reach` is asked this often at first, and never more seldom than `longestReachMs`. */
const longestReachMs = 60_000;

/**
 * Whether a target is left alone for now, and when it is asked whether it answers again. Monotonic milliseconds. A wait ends
 * when its time is over or, where `reach` is asked, when a target that did not answer does.
 */
export class TargetWait {
  readonly #backOff: BackOff;
  readonly #now: () => number;
  #state: TargetState | null = null;
  #since = '';
  #untilMs = 0;
  #failuresInARow = 0;
  #clipFailuresInARow = 0;
  #reach: { atMs: number; failures: number } | null = null;

  constructor(backOff: BackOff, now: () => number = () => performance.now()) {
    this.#backOff = backOff;
    this.#now = now;
  }

  /** How the target shows while it waits; `null`: it does not. */
  get state(): TargetState | null {
    return this.#isAway || this.#now() < this.#untilMs ? this.#state : null;
  }

  /** Since when it has been in that state, by the wall clock, RFC 3339. */
  get since(): string {
    return this.#since;
  }

  /** Milliseconds until it is over, or until `reach` is due; 0: there is nothing to wait for. */
  get remainingMs(): number {
    return Math.max(0, this.#untilMs - this.#now());
  }

  get reachInMs(): number | null {
    if (this.state === null || this.#reach === null) return null;
    return Math.max(0, this.#reach.atMs - this.#now());
  }

  /** A refusal for which the whole target waits. Another one of the same wait does not make it longer. */
  refused({ shows, firstWaitFactor, isReachAsked }: RefusalRule, refusal: ArchiveRefusal | null): void {
    if (this.state !== null) return;
    this.#failuresInARow += 1;
    const { retryMaxMs } = this.#backOff;
    const asked = Math.min(refusal?.retryAfterMs ?? 0, retryMaxMs);
    this.#wait(shows, asked + backOffMs(this.#backOff, this.#failuresInARow, firstWaitFactor));
    this.#reach = isReachAsked ? { atMs: this.#now() + this.#reachPauseMs(0), failures: 0 } : null;
  }

  /** A clip failed, and waits by itself. */
  clipFailed(): void {
    this.#clipFailuresInARow += 1;
    if (this.#clipFailuresInARow < failingAfter || this.state !== null) return;
    this.#failuresInARow += 1;
    this.#wait('failing', backOffMs(this.#backOff, this.#failuresInARow));
    this.#reach = null;
  }

  /** The target signed for a clip. */
  succeeded(): void {
    this.#failuresInARow = 0;
    this.#clipFailuresInARow = 0;
    this.over();
  }

  reached(): void {
    if (this.#reach === null) return;
    if (this.#reach.failures === 0) {
      // It answers, and yet it refused: the wait stands.
      this.#reach = null;
      return;
    }
    this.#failuresInARow = 0;
    this.over();
  }

  notReached(): void {
    if (this.#reach === null) return;
    const failures = this.#reach.failures + 1;
    this.#reach = { atMs: this.#now() + this.#reachPauseMs(failures), failures };
    this.#untilMs = Math.max(this.#untilMs, this.#reach.atMs);
  }

  over(): void {
    this.#untilMs = 0;
    this.#state = null;
    this.#reach = null;
  }

  /** It was asked and did not answer: the wait is over when it does, and not when its own time is. */
  get #isAway(): boolean {
    return this.#reach !== null && this.#reach.failures > 0;
  }

  #wait(state: TargetState | null, ms: number): void {
    // Waits of the same kind one after the other are one story.
    if (this.#state !== state) this.#since = new Date().toISOString();
    this.#state = state;
    this.#untilMs = this.#now() + ms;
  }

  #reachPauseMs(failures: number): number {
    const { retryBaseMs, retryMaxMs } = this.#backOff;
    return backOffMs({ retryBaseMs, retryMaxMs: Math.min(retryMaxMs, longestReachMs) }, failures + 1);
  }
}
