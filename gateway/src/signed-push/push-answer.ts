/** What came of an attempt. `again` is tried after `afterMs`; `dead`: what was sent is refused for good. */
export type PushOutcome =
  | { result: 'delivered'; status: number | null }
  | { result: 'again'; afterMs: number; status: number | null; error: string }
  | { result: 'dead'; status: number | null; error: string };

export interface RetryTimes {
  baseMs: number;
  maxMs: number;
}

/** A receiver that asks for a longer wait than a day is asked again after a day. */
const longestAskedMs = 86_400_000;

/** Answers that say nothing against the event: the receiver, its door or the way to it is not right now. */
const passing: ReadonlySet<number> = new Set([401, 403, 404, 407, 408, 421, 425, 429]);

/**
 * What an HTTP answer means for an event. 2xx: taken; 409: the receiver has this id already. 5xx, redirections (never
 * followed) and answers about the door are tried again; every other 4xx refuses the event itself, for good.
 */
export function outcomeOf(
  status: number,
  retryAfter: string | undefined,
  attempts: number,
  times: RetryTimes,
  now: Date,
): PushOutcome {
  if ((status >= 200 && status < 300) || status === 409) return { result: 'delivered', status };
  const isRefused = status >= 400 && status < 500 && !passing.has(status);
  if (isRefused) return { result: 'dead', status, error: `the receiver refused the event with ${status}` };
  const askedMs = askedWaitMs(retryAfter, now);
  return {
    result: 'again',
    afterMs: Math.max(askedMs ?? 0, waitMs(attempts, times)),
    status,
    error: `the receiver answered ${status}`,
  };
}

/** Doubles with each attempt, up to `maxMs`; half of it is left to chance, so that docks do not come all at once. */
export function waitMs(attempts: number, { baseMs, maxMs }: RetryTimes): number {
  const fullMs = Math.min(maxMs, baseMs * 2 ** Math.min(attempts, 30));
  return Math.round(fullMs / 2 + (Math.random() * fullMs) / 2);
}

/** `Retry-After` (RFC 9110 §10.2.3): seconds, or a date. `null` where it is neither. */
export function askedWaitMs(retryAfter: string | undefined, now: Date): number | null {
  if (retryAfter === undefined) return null;
  const isSeconds = /^\d{1,9}$/u.test(retryAfter.trim());
  const askedMs = isSeconds ? Number(retryAfter) * 1000 : Date.parse(retryAfter) - now.getTime();
  return Number.isNaN(askedMs) ? null : Math.min(Math.max(askedMs, 0), longestAskedMs);
}
