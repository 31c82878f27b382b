/** A piece of a line of Unix milliseconds, from and up to, not with. Either end may be infinite. */
export interface Stretch {
  fromMs: number;
  toMs: number;
}

export function lengthMs({ fromMs, toMs }: Stretch): number {
  return Math.max(0, toMs - fromMs);
}

export function totalMs(stretches: readonly Stretch[]): number {
  return stretches.reduce((sum, stretch) => sum + lengthMs(stretch), 0);
}

/** What any of them holds, in order, without overlaps; pieces that touch are one. Empty pieces are nothing. */
export function union(stretches: readonly Stretch[]): Stretch[] {
  const sorted = stretches
    .filter((stretch) => lengthMs(stretch) > 0)
    .sort((left, right) => left.fromMs - right.fromMs);
  const joined: Stretch[] = [];
  for (const { fromMs, toMs } of sorted) {
    const last = joined.at(-1);
    if (last !== undefined && fromMs <= last.toMs) last.toMs = Math.max(last.toMs, toMs);
    else joined.push({ fromMs, toMs });
  }
  return joined;
}

/** What of `whole` lies in one of the pieces. */
export function within(whole: Stretch, pieces: readonly Stretch[]): Stretch[] {
  return union(
    pieces.map(({ fromMs, toMs }) => ({
      fromMs: Math.max(fromMs, whole.fromMs),
      toMs: Math.min(toMs, whole.toMs),
    })),
  );
}

/** What of `whole` lies in none of the pieces. */
export function without(whole: Stretch, pieces: readonly Stretch[]): Stretch[] {
  const left: Stretch[] = [];
  let fromMs = whole.fromMs;
  for (const piece of within(whole, pieces)) {
    left.push({ fromMs, toMs: piece.fromMs });
    fromMs = piece.toMs;
  }
  left.push({ fromMs, toMs: whole.toMs });
  return left.filter((stretch) => lengthMs(stretch) > 0);
}
