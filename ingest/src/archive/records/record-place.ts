import type { BackOff } from '../back-off.ts';
import type { IndexRecord } from './index-records.ts';

/** How far a feed has got, as it is kept. */
export interface FeedCursor {
  nextSequence: number;
  /** What the place needs to find its own place again; its own affair. */
  mark: string | null;
}

/**
 * A place that index records go to, strictly in sequence. What goes wrong is thrown, best as `ArchiveRefusal`; the same is
 * then tried again, ever later, and nothing is ever passed over.
 */
export interface RecordPlace {
  /** Names the feed: `target:<name>`, `webhook`, `nats`. */
  readonly feed: string;
  /** What stands behind that name, without secrets: another one gets everything from the first record on. */
  readonly destination: string;
  /** The most records it is given at once. */
  readonly mostAtOnce: number;
  readonly retry: BackOff;
  /** `false`: a person has paused it. */
  isOpen?(): Promise<boolean>;
  /**
   * Where the feed stands by the place's own word: asked before the first delivery, after each that failed, and now and
   * then. `loss` tells what the place had and has no more; it is sent again from there.
   */
  resume?(cursor: FeedCursor, signal: AbortSignal): Promise<FeedCursor & { loss: string | null }>;
  /** Calls the listener when the place may have changed behind our back, so that it is asked again. */
  onDoubt?(listener: () => void): void;
  /** Takes records that begin at the cursor. Resolves with how far it came, at least by one. */
  deliver(records: readonly IndexRecord[], cursor: FeedCursor, signal: AbortSignal): Promise<FeedCursor>;
  /** Closes connections. */
  close?(): Promise<void>;
}
