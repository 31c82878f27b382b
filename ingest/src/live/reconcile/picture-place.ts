import { hull, type Interval } from '../../time/interval.ts';
import type { Alignment } from './align-pictures.ts';

/** Where an original lies beside a live segment, as equal pictures tell. */
export interface PicturePlace {
  /** When the original begins, in milliseconds from the start of the segment. */
  laterMs: Interval;
  /** How far into the original the last of the equal pictures is shown. */
  seenToMs: number;
}

/** Where a segment begins on the media time of its session, which runs on from one segment to the next until it turns. */
export interface LinePlace {
  line: number;
  fromMs: number;
}

/** What one segment of a session tells of an original. */
export interface AlignedSegment {
  clipId: string;
  onLine: LinePlace | null;
  alignments: readonly Alignment[];
}

/**
 * Where an original lies beside a segment: by pictures of the segment itself, else by those of the nearest segment on the
 * same media time, which tells how far apart the two segments are. No delay on the way and no wall clock enters into it.
 * `null` where no pictures are equal.
 */
export function picturePlace(
  segment: { clipId: string; onLine: LinePlace | null },
  aligned: readonly AlignedSegment[],
): PicturePlace | null {
  const own = aligned.find(({ clipId }) => clipId === segment.clipId);
  if (own !== undefined) return placeOf(own.alignments, 0);
  const { onLine } = segment;
  if (onLine === null) return null;
  const [nearest] = aligned
    .flatMap((one) =>
      one.onLine?.line === onLine.line ? [{ ...one, apartMs: one.onLine.fromMs - onLine.fromMs }] : [],
    )
    .sort((left, right) => Math.abs(left.apartMs) - Math.abs(right.apartMs));
  return nearest === undefined ? null : placeOf(nearest.alignments, nearest.apartMs);
}

function placeOf(alignments: readonly Alignment[], apartMs: number): PicturePlace | null {
  const [first, ...others] = alignments;
  if (first === undefined) return null;
  const { lowMs, highMs } = hull(first.laterMs, ...others.map(({ laterMs }) => laterMs));
  return {
    laterMs: { lowMs: lowMs + apartMs, highMs: highMs + apartMs },
    seenToMs: Math.max(...alignments.map(({ originalToMs }) => originalToMs)),
  };
}
