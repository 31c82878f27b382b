import type { Bookmark, LiveSession, LiveSessionFile, OperationPart } from '@docket/gateway/contract';

/** A stretch of a line of time; 0 is where it begins, 1 where it ends. */
interface StripPart {
  key: string;
  from: number;
  to: number;
}

export interface SessionStrip {
  segments: StripPart[];
  gaps: StripPart[];
  marks: { key: string; at: number; kind: Bookmark['kind'] }[];
}

/** From when to when a line of time reaches, in Unix milliseconds. */
export interface StripBounds {
  fromMs: number;
  toMs: number;
}

/** All of a session, up to now where it goes on. */
export function boundsOfSession({ startedAt, endedAt }: LiveSession, nowMs: number): StripBounds {
  return { fromMs: Date.parse(startedAt), toMs: endedAt === null ? nowMs : Date.parse(endedAt) };
}

/** From when a recorder first joined an operation until it last left, or now; `null` where it took no part. */
export function boundsOfParts(
  parts: readonly Pick<OperationPart, 'joinedAt' | 'leftAt'>[],
  nowMs: number,
): StripBounds | null {
  if (parts.length === 0) return null;
  return {
    fromMs: Math.min(...parts.map(({ joinedAt }) => Date.parse(joinedAt))),
    toMs: Math.max(...parts.map(({ leftAt }) => (leftAt === null ? nowMs : Date.parse(leftAt)))),
  };
}

/**
 * Where segments, gaps and bookmarks of a session lie on a line of time, by their best guesses. A segment that goes on
 * reaches to now, and from where the one before or the last gap ended: the dock knows when it began to write, and that is
 * later than what it shows. One whose times are not known is left out, and so is what lies outside.
 */
export function sessionStrip(
  { segments, gaps }: Pick<LiveSessionFile, 'segments' | 'gaps'>,
  bookmarks: readonly Bookmark[],
  { fromMs, toMs }: StripBounds,
  nowMs: number,
): SessionStrip {
  const lengthMs = Math.max(1, toMs - fromMs);
  const place = (atMs: number) => Math.min(1, Math.max(0, (atMs - fromMs) / lengthMs));
  return {
    segments: segments.flatMap((segment, index) => {
      const isGrowing = segment.state === 'recording';
      const before = segments[index - 1]?.utcEnd?.value ?? null;
      const ends = before === null ? [] : [before, ...gaps.map(({ to }) => to ?? '')];
      const start =
        segment.utcStart?.value ?? (isGrowing ? (ends.sort().at(-1) ?? segment.collectedAt) : null);
      const end = isGrowing ? nowMs : Date.parse(segment.utcEnd?.value ?? '');
      if (start === null || Number.isNaN(end)) return [];
      return [{ key: segment.clipId, from: place(Date.parse(start)), to: place(end) }];
    }),
    gaps: gaps.map((gap, index) => ({
      key: `gap-${index}`,
      from: place(Date.parse(gap.from)),
      to: gap.to === null ? 1 : place(Date.parse(gap.to)),
    })),
    marks: bookmarks.flatMap(({ bookmarkId, kind, at, struck }) => {
      const atMs = Date.parse(at);
      return struck !== null || atMs < fromMs || atMs > toMs
        ? []
        : [{ key: bookmarkId, at: place(atMs), kind }];
    }),
  };
}
