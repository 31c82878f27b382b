import { setTimeout as wait } from 'node:timers/promises';
import type { FeedEnd, LiveFeed } from '@docket/device-protocol/live';

export interface PullLoop {
  /** Connects once. Rejects where the recorder cannot be reached or gives nothing we can carry. */
  open(signal: AbortSignal): Promise<LiveFeed>;
  /** Takes over a connected feed; resolves once it flows. */
  take(feed: LiveFeed): Promise<void>;
  onFailure(error: unknown): void;
  onEnded(end: FeedEnd): void;
  backOff?: BackOff;
}

export interface BackOff {
  baseMs: number;
  maxMs: number;
  /** A stream that held this long was a good one: the next attempt begins at the base again. */
  goodAfterMs: number;
}

const usualBackOff: BackOff = { baseMs: 1_000, maxMs: 30_000, goodAfterMs: 10_000 };

/**
 * Keeps a stream pulled until the signal aborts: connects, waits for its end, and connects anew after a while that grows
 * with each failure, with jitter so that many recorders of one dead access point do not come back as one.
 */
export async function keepPulling(loop: PullLoop, signal: AbortSignal): Promise<void> {
  const backOff = loop.backOff ?? usualBackOff;
  let failures = 0;
  while (!signal.aborted) {
    const begunMs = performance.now();
    try {
      const feed = await loop.open(signal);
      loop.onEnded(await flow(loop, feed, signal));
    } catch (error) {
      if (signal.aborted) return;
      loop.onFailure(error);
    }
    failures = performance.now() - begunMs >= backOff.goodAfterMs ? 0 : failures + 1;
    await pause(delayMs(backOff, failures), signal);
  }
}

async function flow(loop: PullLoop, feed: LiveFeed, signal: AbortSignal): Promise<FeedEnd> {
  const close = () => void feed.close();
  signal.addEventListener('abort', close, { once: true });
  try {
    if (signal.aborted) await feed.close();
    else await loop.take(feed);
    return await feed.ended;
  } catch (error) {
    await feed.close();
    throw error;
  } finally {
    signal.removeEventListener('abort', close);
  }
}

function delayMs({ baseMs, maxMs }: BackOff, failures: number): number {
  const fullMs = Math.min(maxMs, baseMs * 2 ** Math.max(0, failures - 1));
  return fullMs * (0.5 + Math.random() / 2);
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await wait(milliseconds, undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}
