import type { Interval } from '../time/interval.ts';
import { possiblePart, type Span, surePart } from '../time/span.ts';
import type { Run } from './runs.ts';
import { lengthMs, type Stretch, totalMs, union, within, without } from './stretches.ts';

/** A stretch of a duty without sure cover that is longer than is allowed. */
export interface Gap {
  /** Where it begins and ends, as far as the doubts allow. */
  from: Interval;
  to: Interval;
  /**
   * `sure`: between `from.highMs` and `to.lowMs` nothing can have been recorded, for longer than is allowed; `doubtful`:
   * what surely was recorded leaves room for a gap, and the rest of the footage may fill it.
   */
  kind: 'sure' | 'doubtful';
}

/** How footage lies over a duty. Sure, doubtful and uncovered time make up the duty, whose ends may be doubtful too. */
export interface Cover {
  sure: Stretch[];
  doubtful: Stretch[];
  uncovered: Stretch[];
  gaps: Gap[];
}

/**
 * Lays runs over a duty. Recorders cover for each other. No gap is claimed that is smaller than the doubts at its ends
 * together (standards §5), as it is only what lies beyond them.
 */
export function coverOf(duty: Span, runs: readonly Run[], joinToleranceMs: number): Cover {
  const whole = stretch(possiblePart(duty));
  const certain = surePart(duty);
  const possible = union(runs.map((run) => run.possible));
  const sure = within(
    whole,
    runs.flatMap((run) => run.sure ?? []),
  );
  const open = without(whole, sure);
  const uncovered = certain === null ? [] : without(stretch(certain), possible);
  return {
    sure,
    doubtful: open.flatMap((piece) => without(piece, uncovered)),
    uncovered,
    gaps: open
      .filter((piece) => lengthMs(piece) > joinToleranceMs)
      .flatMap((piece) => gapsIn(piece, uncovered, { duty, runs, joinToleranceMs })),
  };
}

interface Surroundings {
  duty: Span;
  runs: readonly Run[];
  joinToleranceMs: number;
}

/** The gaps in a stretch that nothing surely covers: where the doubts leave cores, those; else one that may be there. */
function gapsIn(open: Stretch, uncovered: readonly Stretch[], around: Surroundings): Gap[] {
  const cores = within(open, uncovered).filter((piece) => lengthMs(piece) > around.joinToleranceMs);
  if (cores.length === 0) return [doubtfulGap(open, around)];
  return cores.map((core, index) => ({
    from: { lowMs: cores[index - 1]?.toMs ?? open.fromMs, highMs: core.fromMs },
    to: { lowMs: core.toMs, highMs: cores[index + 1]?.fromMs ?? open.toMs },
    kind: 'sure',
  }));
}

/** Between what may go on into the stretch from before and what may begin in it already. */
function doubtfulGap(open: Stretch, { duty, runs }: Surroundings): Gap {
  const before = runs.filter(
    ({ sure }) => sure !== null && sure.fromMs < open.fromMs && sure.toMs >= open.fromMs,
  );
  const after = runs.filter(({ sure }) => sure !== null && sure.toMs > open.toMs && sure.fromMs <= open.toMs);
  const latestFromMs = Math.max(
    ...before.map(({ possible }) => possible.toMs),
    ...(open.fromMs === duty.start.lowMs ? [duty.start.highMs] : []),
  );
  const earliestToMs = Math.min(
    ...after.map(({ possible }) => possible.fromMs),
    ...(open.toMs === duty.end.highMs ? [duty.end.lowMs] : []),
  );
  const from = { lowMs: open.fromMs, highMs: inside(open, latestFromMs) };
  const to = { lowMs: inside(open, earliestToMs), highMs: open.toMs };
  const isCrossed = from.lowMs + from.highMs > to.lowMs + to.highMs;
  if (!isCrossed) return { from, to, kind: 'doubtful' };
  const all = { lowMs: open.fromMs, highMs: open.toMs };
  return { from: all, to: all, kind: 'doubtful' };
}

function inside({ fromMs, toMs }: Stretch, atMs: number): number {
  return Math.min(Math.max(atMs, fromMs), toMs);
}

function stretch({ lowMs, highMs }: Interval): Stretch {
  return { fromMs: lowMs, toMs: highMs };
}

/** Surely covered and surely uncovered time of the duty as it is told, without the doubt of its ends. */
export function measured({ sure, gaps }: Cover, told: Stretch): { coveredMs: number; gapMs: number } {
  const cores = gaps
    .filter(({ kind }) => kind === 'sure')
    .map(({ from, to }) => ({ fromMs: from.highMs, toMs: to.lowMs }));
  return { coveredMs: totalMs(within(told, sure)), gapMs: totalMs(within(told, cores)) };
}

/** True where footage surely was recorded during the duty, however long: in every world that the doubts allow. */
export function surelyOverlaps(duty: Span, span: Span): boolean {
  return span.start.highMs < duty.end.lowMs && duty.start.highMs < span.end.lowMs;
}

/** True where footage was recorded during the duty in some world that the doubts allow. */
export function possiblyOverlaps(duty: Span, span: Span): boolean {
  return span.start.lowMs < duty.end.highMs && duty.start.lowMs < span.end.highMs;
}
