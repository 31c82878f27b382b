const windowMs = 60_000;
const mostFailures = 10;
const mostAddresses = 1_000;

/** Counts failed attempts by address, within a window and a bounded memory. */
export class AttemptLimiter {
  readonly #failures = new Map<string, { count: number; untilMs: number }>();
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  isBlocked(address: string): boolean {
    const entry = this.#failures.get(address);
    if (entry === undefined) return false;
    if (entry.untilMs > this.#now()) return entry.count >= mostFailures;
    this.#failures.delete(address);
    return false;
  }

  fail(address: string): void {
    const count = this.isBlocked(address) ? mostFailures : (this.#failures.get(address)?.count ?? 0) + 1;
    this.#failures.delete(address);
    this.#failures.set(address, { count, untilMs: this.#now() + windowMs });
    for (const key of this.#failures.keys()) {
      if (this.#failures.size <= mostAddresses) break;
      this.#failures.delete(key);
    }
  }

  succeed(address: string): void {
    this.#failures.delete(address);
  }
}
