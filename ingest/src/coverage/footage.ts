import type { MediaKind } from '../duties/duty-list.ts';
import type { TimeDoubt } from '../time/clip-time.ts';
import type { Interval } from '../time/interval.ts';
import type { Span } from '../time/span.ts';

/** A sealed clip that is linked to an activity, as far as judging needs it. */
export interface Footage {
  clipId: string;
  recorderId: string;
  /**
   * What its own clock is: the docking that first saw it, or a media time of its live session. Clips of one recorder and one
   * such clock share one error.
   */
  clockId: string;
  officerId: string | null;
  mediaKind: MediaKind;
  /** What is proven of when it was recorded; an end nothing is known of is infinite. */
  span: Span;
  guess: { fromMs: number | null; toMs: number | null; doubtMs: number | null };
  /** Start and end by that clock, as found; `null` where it does not tell both. */
  ownClock: { fromMs: number; toMs: number } | null;
  /** Clips that hold coded pictures of this one: they were recorded at one time, whatever any clock says. */
  sharesPicturesWith: readonly string[];
  doubts: readonly TimeDoubt[];
  /** False where its bytes are not those the recorder or the record told of. */
  isHashSound: boolean;
  sealedMs: number;
}

/** True where both ends of the recording are bounded, and its bytes are what they should be. */
export function isProven({ span: { start, end }, isHashSound }: Footage): boolean {
  return isHashSound && isBounded(start) && isBounded(end);
}

export function isBounded({ lowMs, highMs }: Interval): boolean {
  return Number.isFinite(lowMs) && Number.isFinite(highMs);
}
