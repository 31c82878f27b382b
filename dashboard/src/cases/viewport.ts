import { type FoldedTime, placeOf, type Stretch } from './folded-time.ts';

/** The part of the folded time that the screen shows: parts of the whole, 0 to 1. */
export interface Viewport {
  from: number;
  to: number;
}

export const wholeCase: Viewport = { from: 0, to: 1 };

/** Closer than this nothing more can be seen: a second is then wider than a finger. */
const closestMs = 10_000;

/** Where instants lie on a strip of so many pixels. */
export interface Scale {
  time: FoldedTime;
  viewport: Viewport;
  widthPx: number;
}

export function xOf({ time, viewport, widthPx }: Scale, atMs: number): number {
  return ((placeOf(time, atMs) - viewport.from) / (viewport.to - viewport.from)) * widthPx;
}

/** Shows a stretch with a little room at both sides. */
export function zoomedTo(time: FoldedTime, { fromMs, toMs }: Stretch): Viewport {
  const marginMs = Math.max(5_000, (toMs - fromMs) * 0.06);
  return within(time, placeOf(time, fromMs - marginMs), placeOf(time, toMs + marginMs));
}

/** Shows `factor` times as much; the place `around` (0 to 1 of the screen) stays where it is. */
export function scaledBy(time: FoldedTime, viewport: Viewport, factor: number, around = 0.5): Viewport {
  const span = viewport.to - viewport.from;
  const fixed = viewport.from + span * around;
  return within(time, fixed - span * factor * around, fixed + span * factor * (1 - around));
}

/** Moves by a part of what is shown; the ends of the case are as far as it goes. */
export function movedBy(viewport: Viewport, screens: number): Viewport {
  const span = viewport.to - viewport.from;
  const from = Math.min(1 - span, Math.max(0, viewport.from + span * screens));
  return { from, to: from + span };
}

function within(time: FoldedTime, from: number, to: number): Viewport {
  const least = Math.min(1, leastSpan(time, (from + to) / 2));
  const span = Math.min(1, Math.max(least, to - from));
  const start = Math.min(1 - span, Math.max(0, to - from < span ? (from + to - span) / 2 : from));
  return { from: start, to: start + span };
}

/** How much of the whole `closestMs` takes at a place. */
function leastSpan(time: FoldedTime, at: number): number {
  const piece = time.find(({ to }) => at <= to) ?? time.at(-1);
  if (piece === undefined || piece.toMs <= piece.fromMs) return 1e-6;
  return (closestMs / (piece.toMs - piece.fromMs)) * (piece.to - piece.from);
}
