import { longestDelayMs } from '../live/reconcile/start-whatever-delay.ts';
import type { Footage } from './footage.ts';

/**
 * Footage as far as it is known without the delay that the settings assume for live streams (`live.assumedDelayMs`): captured
 * before it arrived, and up to ten minutes before. `null` where none of it rests on that.
 */
export function withWhateverDelay(footage: readonly Footage[]): Footage[] | null {
  if (!footage.some(isDelayAssumed)) return null;
  return footage.map((clip) => (isDelayAssumed(clip) ? widened(clip) : clip));
}

function isDelayAssumed({ doubts }: Footage): boolean {
  return doubts.includes('delay-assumed');
}

function widened(clip: Footage): Footage {
  const { start, end } = clip.span;
  const earlier = ({ lowMs, highMs }: Footage['span']['start']) => ({
    lowMs: Math.min(lowMs, highMs - longestDelayMs),
    highMs,
  });
  return { ...clip, span: { start: earlier(start), end: earlier(end) } };
}
