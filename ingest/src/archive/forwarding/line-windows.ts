import { Cron } from 'croner';
import type { ForwardingPolicy } from './forwarding-policy.ts';

/** What the line may carry, for a stretch of time. */
export interface LineTerms {
  /** The most in a second; `null`: no limit. */
  bytesPerSecond: number | null;
  /** A window is open. */
  isOpen: boolean;
}

export interface Stretch extends LineTerms {
  fromMs: number;
  toMs: number;
}

/** Looked so far ahead for a change; every day of the week comes in it. */
const horizonMs = 8 * 86_400_000;
const weekMs = 7 * 86_400_000;

/** The windows of the line, by the wall clock of their zone. */
export class LineWindows {
  readonly #line: ForwardingPolicy['line'];
  readonly #windows: readonly { cron: Cron; stepMs: number; bytesPerSecond: number | null }[];
  #lastAsked: { second: number; terms: LineTerms } | null = null;
  /** The stretches found at the last look ahead. */
  #ahead: readonly Stretch[] = [];

  constructor(line: ForwardingPolicy['line']) {
    this.#line = line;
    this.#windows = line.windows.map(({ cron, bytesPerSecond }) => ({
      cron: new Cron(cron, { timezone: line.zone, paused: true }),
      // Where every minute of an hour fits, a quarter is fine enough; zones differ by quarters.
      stepMs: cron.trim().startsWith('* ') ? 900_000 : 60_000,
      bytesPerSecond,
    }));
  }

  /** The first window that is open counts. */
  at(nowMs: number): LineTerms {
    const second = Math.floor(nowMs / 1000);
    if (this.#lastAsked?.second !== second) {
      this.#lastAsked = { second, terms: this.#termsAt(nowMs) };
    }
    return this.#lastAsked.terms;
  }

  /** When the terms change next; `null`: not within eight days. */
  changesAt(nowMs: number): number | null {
    const [first] = this.stretches(nowMs, nowMs + 1);
    return first === undefined || first.toMs >= nowMs + weekMs ? null : first.toMs;
  }

  /** What the line may carry from one moment to another; beyond eight days each week is like the last. */
  stretches(fromMs: number, toMs: number): Stretch[] {
    if (this.#windows.length === 0)
      return [{ ...this.#termsAt(fromMs), fromMs, toMs: Number.POSITIVE_INFINITY }];
    const known = this.#lookAhead(fromMs);
    const stretches = known.filter((stretch) => stretch.toMs > fromMs);
    const week = known.filter((stretch) => stretch.toMs > known[0].fromMs + horizonMs - weekMs);
    for (let weeks = 1; (stretches.at(-1)?.toMs ?? 0) < toMs && week.length > 0 && weeks < 1000; weeks += 1) {
      for (const one of week) {
        const shiftMs = weeks * weekMs;
        const begin = Math.max(one.fromMs, known[0].fromMs + horizonMs - weekMs) + shiftMs;
        stretches.push({ ...one, fromMs: begin, toMs: one.toMs + shiftMs });
      }
    }
    return stretches;
  }

  /** Looks ahead anew once a day, or when the clock was set. */
  #lookAhead(nowMs: number): readonly [Stretch, ...Stretch[]] {
    const [first] = this.#ahead;
    const isFresh = first !== undefined && nowMs >= first.fromMs && nowMs < first.fromMs + horizonMs - weekMs;
    if (isFresh) return this.#ahead as readonly [Stretch, ...Stretch[]];
    const stepMs = Math.min(...this.#windows.map((window) => window.stepMs));
    const found: [Stretch, ...Stretch[]] = [{ ...this.#termsAt(nowMs), fromMs: nowMs, toMs: nowMs }];
    let current = found[0];
    const endMs = nowMs + horizonMs;
    for (let atMs = nowMs - (nowMs % stepMs) + stepMs; atMs < endMs; atMs += stepMs) {
      const terms = this.#termsAt(atMs);
      if (terms.isOpen === current.isOpen && terms.bytesPerSecond === current.bytesPerSecond) continue;
      current.toMs = atMs;
      current = { ...terms, fromMs: atMs, toMs: atMs };
      found.push(current);
    }
    current.toMs = endMs;
    this.#ahead = found;
    return found;
  }

  #termsAt(ms: number): LineTerms {
    // A pattern of five fields fits the beginning of its minutes only.
    const at = new Date(ms - (ms % 60_000));
    const open = this.#windows.find(({ cron }) => cron.match(at));
    return open === undefined
      ? { bytesPerSecond: this.#line.bytesPerSecond, isOpen: false }
      : { bytesPerSecond: open.bytesPerSecond, isOpen: true };
  }
}
