import { setTimeout as wait } from 'node:timers/promises';
import type { FeedEnd, LiveFeed } from '@docket/device-protocol/live';
import { type BackOff, PullPace } from './pull-pace.ts';

export interface PullLoop {
  /** Connects once. Rejects where the recorder cannot be reached or gives nothing we can carry. */
  open(signal: AbortSignal): Promise<LiveFeed>;
  /** Takes over a connected feed; resolves once it flows. */
  take(feed: LiveFeed): Promise<void>;
  onFailure(error: unknown): void;
  onEnded(end: FeedEnd): void;
  backOff?: BackOff;
}

/** Keeps a stream pulled until the signal aborts: connects, waits for its end, and connects anew after a while. */
export async function keepPulling(loop: PullLoop, signal: AbortSignal): Promise<void> {
  const pace = new PullPace(loop.backOff);
  while (!signal.aborted) {
    await pause(await pullOnce(loop, pace, signal), signal);
  }
}

/** Connects once, and waits for the end. Resolves with how long to wait before the next time. */
async function pullOnce(loop: PullLoop, pace: PullPace, signal: AbortSignal): Promise<number> {
  try {
    const feed = await loop.open(signal);
    const begunMs = performance.now();
    loop.onEnded(await flow(loop, feed, signal));
    return pace.afterStream(performance.now() - begunMs);
  } catch (error) {
    if (!signal.aborted) loop.onFailure(error);
    return pace.afterFailure(error);
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

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await wait(milliseconds, undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}
