/** A stretch of time, Unix milliseconds. */
export interface Stretch {
  fromMs: number;
  toMs: number;
}

/** A stretch that is drawn in full, and where: as parts of the whole, 0 to 1. */
export interface FoldedPiece extends Stretch {
  from: number;
  to: number;
}

/** Time with its quiet stretches folded up: a case lasts months, its activities minutes. */
export type FoldedTime = readonly FoldedPiece[];

const longestQuietMs = 30 * 60_000;
const leastPaddingMs = 20_000;
/** How short a piece may look beside the longest, and how wide a fold is beside all pieces. */
const leastPieceShare = 1 / 8;
const foldShare = 1 / 40;

/** The stretches with a margin around each, those that lie close together as one, and time between them folded. */
export function foldTime(stretches: readonly Stretch[]): FoldedTime {
  const joined = joinNear(stretches.map(withMargin));
  const longestMs = Math.max(0, ...joined.map(({ fromMs, toMs }) => toMs - fromMs));
  const lengths = joined.map(({ fromMs, toMs }) => Math.max(toMs - fromMs, longestMs * leastPieceShare));
  const drawn = lengths.reduce((sum, length) => sum + length, 0);
  const fold = (drawn / Math.max(1, joined.length)) * foldShare * 2;
  const whole = drawn + fold * (joined.length - 1);
  let at = 0;
  return joined.map((stretch, index) => {
    const from = at / whole;
    at += lengths[index] ?? 0;
    const piece = { ...stretch, from, to: Math.min(1, at / whole) };
    at += fold;
    return piece;
  });
}

function withMargin({ fromMs, toMs }: Stretch): Stretch {
  const marginMs = Math.max(leastPaddingMs, (toMs - fromMs) * 0.04);
  return { fromMs: fromMs - marginMs, toMs: toMs + marginMs };
}

function joinNear(stretches: readonly Stretch[]): Stretch[] {
  const joined: Stretch[] = [];
  for (const stretch of [...stretches].sort((one, other) => one.fromMs - other.fromMs)) {
    const last = joined.at(-1);
    if (last === undefined || stretch.fromMs - last.toMs > longestQuietMs) joined.push({ ...stretch });
    else last.toMs = Math.max(last.toMs, stretch.toMs);
  }
  return joined;
}

/** Where an instant lies, 0 to 1; what lies before or after everything is at the edge. */
export function placeOf(time: FoldedTime, atMs: number): number {
  let before: FoldedPiece | null = null;
  for (const piece of time) {
    if (atMs < piece.fromMs) {
      if (before === null) return 0;
      return between(atMs, before.toMs, piece.fromMs, before.to, piece.from);
    }
    if (atMs <= piece.toMs) return between(atMs, piece.fromMs, piece.toMs, piece.from, piece.to);
    before = piece;
  }
  return time.length === 0 ? 0 : 1;
}

function between(atMs: number, fromMs: number, toMs: number, from: number, to: number): number {
  if (toMs <= fromMs) return from;
  return Math.min(to, Math.max(from, from + ((atMs - fromMs) / (toMs - fromMs)) * (to - from)));
}
