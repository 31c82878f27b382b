/** A closed range of milliseconds in which a value lies. Either end may be infinite. */
export interface Interval {
  lowMs: number;
  highMs: number;
}

export function around(middleMs: number, halfWidthMs: number): Interval {
  return { lowMs: middleMs - halfWidthMs, highMs: middleMs + halfWidthMs };
}

export function widened({ lowMs, highMs }: Interval, byMs: number): Interval {
  return { lowMs: lowMs - byMs, highMs: highMs + byMs };
}

/** All values that a value of `left` and one of `right` can add up to. */
export function sum(left: Interval, right: Interval): Interval {
  return { lowMs: left.lowMs + right.lowMs, highMs: left.highMs + right.highMs };
}

/** All differences between a value of `left` and one of `right`. */
export function difference(left: Interval, right: Interval): Interval {
  return { lowMs: left.lowMs - right.highMs, highMs: left.highMs - right.lowMs };
}

/** What all intervals share; `null` where they share nothing. Without intervals: everything. */
export function intersection(...intervals: readonly Interval[]): Interval | null {
  const lowMs = Math.max(...intervals.map((one) => one.lowMs));
  const highMs = Math.min(...intervals.map((one) => one.highMs));
  return lowMs <= highMs ? { lowMs, highMs } : null;
}

/** The smallest interval that holds all of them. */
export function hull(first: Interval, ...others: readonly Interval[]): Interval {
  return {
    lowMs: Math.min(first.lowMs, ...others.map((one) => one.lowMs)),
    highMs: Math.max(first.highMs, ...others.map((one) => one.highMs)),
  };
}

export function contains({ lowMs, highMs }: Interval, valueMs: number): boolean {
  return lowMs <= valueMs && valueMs <= highMs;
}

/** How far two intervals lie apart; 0 where they touch. */
export function gapMs(left: Interval, right: Interval): number {
  return Math.max(0, left.lowMs - right.highMs, right.lowMs - left.highMs);
}

export function middleMs({ lowMs, highMs }: Interval): number {
  return (lowMs + highMs) / 2;
}

export function halfWidthMs({ lowMs, highMs }: Interval): number {
  return (highMs - lowMs) / 2;
}

/**
 * Marzullo's algorithm: the first narrowest range that the most intervals share, and how many those are. Where not
 * all agree the caller tells so; nothing is averaged.
 */
export function agreement(intervals: readonly Interval[]): { shared: Interval; agreeing: number } | null {
  const edges = intervals
    .flatMap(({ lowMs, highMs }) => [
      { atMs: lowMs, step: 1 },
      { atMs: highMs, step: -1 },
    ])
    // Where one interval ends just as another begins, they share that point.
    .sort((left, right) => left.atMs - right.atMs || right.step - left.step);
  let depth = 0;
  let best: { shared: Interval; agreeing: number } | null = null;
  for (const [index, { atMs, step }] of edges.entries()) {
    depth += step;
    const next = edges[index + 1];
    if (step < 0 || next === undefined || depth <= (best?.agreeing ?? 0)) continue;
    best = { shared: { lowMs: atMs, highMs: next.atMs }, agreeing: depth };
  }
  return best;
}
