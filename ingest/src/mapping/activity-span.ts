import type { CaseStep } from '../cases/case-terms.ts';
import { type Interval, widened } from '../time/interval.ts';
import type { Span } from '../time/span.ts';

/** What the mapping needs of an activity. */
export interface CandidateActivity {
  activityId: string;
  caseId: string;
  step: CaseStep;
  officerIds: readonly string[];
  startedMs: number | null;
  endedMs: number | null;
  timeDoubtMs: number;
}

/** How long an activity that nobody told the end (or start) of may have gone on. */
export const longestOpenMs = 12 * 3_600_000;

/** When an activity went on, ends that are not known as wide as they may be; `null` where nothing is known. */
export function activitySpan({ startedMs, endedMs, timeDoubtMs }: CandidateActivity): Span | null {
  if (startedMs === null && endedMs === null) return null;
  const start = startedMs === null ? null : around(startedMs, timeDoubtMs);
  const end = endedMs === null ? null : around(endedMs, timeDoubtMs);
  return {
    start: start ?? { lowMs: (end?.lowMs ?? 0) - longestOpenMs, highMs: end?.highMs ?? 0 },
    end: end ?? { lowMs: start?.lowMs ?? 0, highMs: (start?.highMs ?? 0) + longestOpenMs },
  };
}

/** The two share some time, wherever within their doubt their ends truly lie. */
export function surelyOverlap(one: Span, other: Span): boolean {
  return one.start.highMs < other.end.lowMs && other.start.highMs < one.end.lowMs;
}

/** The two share some time, or touch, for at least one way in which their ends may truly lie. */
export function mayOverlap(one: Span, other: Span): boolean {
  return one.start.lowMs <= other.end.highMs && other.start.lowMs <= one.end.highMs;
}

/** Activities that follow each other without a break do not overlap: they share no time. */
export function mayCoincide(one: Span, other: Span): boolean {
  return one.start.lowMs < other.end.highMs && other.start.lowMs < one.end.highMs;
}

/** How far apart two spans lie at least; 0 where they may overlap. */
export function apartMs(one: Span, other: Span): number {
  return Math.max(0, one.start.lowMs - other.end.highMs, other.start.lowMs - one.end.highMs);
}

function around(milliseconds: number, doubtMs: number): Interval {
  return widened({ lowMs: milliseconds, highMs: milliseconds }, doubtMs);
}
