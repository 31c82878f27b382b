import { hull, type Interval } from '../../time/interval.ts';
import type { Pictures } from './pictures.ts';

/** A part of a live segment whose coded pictures stand, equal and in order, in an original. */
export interface Alignment {
  /** Stretches of the live segment, in milliseconds from its start, picture by picture equal. */
  equal: { fromMs: number; toMs: number }[];
  /** How many pictures those are. */
  pictures: number;
  /** By how much the live segment shows a picture later than the original does, each from its own start. */
  laterMs: Interval;
  /** Where in the original the first and the last of them are shown. */
  originalFromMs: number;
  originalToMs: number;
}

/** Fewer pictures that occur but once in either file prove nothing: pictures in which nothing moves may be equal by chance. */
const leastPictures = 8;
/** Runs whose places in the two files differ by no more than this go on the same recording: pictures lost in between. */
const sameShiftMs = 100;
/** A file made to match everywhere costs no more than this many looks at each place. */
const rememberedChains = 8;

/** An original, made ready to be compared with many live segments. */
export class AlignedOriginal {
  readonly pictures: Pictures;
  readonly #once: ReadonlyMap<number, number>;

  constructor(pictures: Pictures) {
    this.pictures = pictures;
    this.#once = occurringOnce(pictures);
  }

  /**
   * Where the live segment's pictures stand in the original. Found by pictures that occur once in each, and carried on to
   * both sides as long as pictures are equal; empty where it is another encoding or another recording.
   */
  align(live: Pictures, liveLengthMs: number): Alignment[] {
    const found = chains(this.#runs(live)).filter(({ anchors }) => anchors >= leastPictures);
    return found.map(({ runs }) => this.#alignmentOf(live, runs, liveLengthMs));
  }

  #runs(live: Pictures): Run[] {
    const runs: Run[] = [];
    const anchors = [...occurringOnce(live)]
      .flatMap(([key, index]) => {
        const original = this.#once.get(key);
        return original !== undefined && live.isEqual(index, this.pictures, original)
          ? [{ live: index, original }]
          : [];
      })
      .sort((left, right) => left.live - right.live);
    for (const anchor of anchors) {
      const last = runs.at(-1);
      if (last !== undefined && anchor.live < last.live + last.length) last.anchors += 1;
      else runs.push(this.#runAround(live, anchor, last === undefined ? 0 : last.live + last.length));
    }
    return runs;
  }

  /** All equal pictures around one pair, not before `leastIndex`. */
  #runAround(live: Pictures, anchor: { live: number; original: number }, leastIndex: number): Run {
    let before = 0;
    while (anchor.live - before > leastIndex && this.#isPair(live, anchor, -before - 1)) before += 1;
    let length = before + 1;
    while (this.#isPair(live, anchor, length - before)) length += 1;
    const [first, original] = [anchor.live - before, anchor.original - before];
    const shifts = Array.from(
      { length },
      (_, step) => live.atMs(first + step) - this.pictures.atMs(original + step),
    );
    const laterMs = shifts.map(point).reduce((all, one) => hull(all, one));
    return { live: first, original, length, anchors: 1, laterMs, lastLaterMs: shifts.at(-1) ?? 0 };
  }

  #isPair(live: Pictures, anchor: { live: number; original: number }, step: number): boolean {
    return live.isEqual(anchor.live + step, this.pictures, anchor.original + step);
  }

  #alignmentOf(live: Pictures, runs: readonly Run[], liveLengthMs: number): Alignment {
    const inOriginal = runs.map((run) => shownIn(this.pictures, run.original, run.length));
    return {
      equal: runs.map((run) => {
        const shown = shownIn(live, run.live, run.length);
        const isFirst = run.live === 0;
        const isLast = run.live + run.length === live.length;
        return {
          fromMs: isFirst ? 0 : Math.max(0, shown.fromMs),
          toMs: isLast ? liveLengthMs : Math.min(shown.toMs, liveLengthMs),
        };
      }),
      pictures: runs.reduce((sum, { length }) => sum + length, 0),
      laterMs: runs.map((run) => run.laterMs).reduce((all, one) => hull(all, one)),
      originalFromMs: Math.min(...inOriginal.map(({ fromMs }) => fromMs)),
      originalToMs: Math.max(...inOriginal.map(({ toMs }) => toMs)),
    };
  }
}

/** Pictures that follow each other in both files. */
interface Run {
  live: number;
  original: number;
  length: number;
  /** How many of them occur once in either file. */
  anchors: number;
  laterMs: Interval;
  lastLaterMs: number;
}

interface Chain {
  runs: Run[];
  anchors: number;
}

/** Runs of one recording, parted by pictures that one of the files lacks. */
function chains(runs: readonly Run[]): Chain[] {
  const found: Chain[] = [];
  for (const run of runs) {
    const chain = found.slice(-rememberedChains).find(({ runs: others }) => isContinued(others.at(-1), run));
    if (chain === undefined) found.push({ runs: [run], anchors: run.anchors });
    else {
      chain.runs.push(run);
      chain.anchors += run.anchors;
    }
  }
  return found;
}

function isContinued(before: Run | undefined, next: Run): boolean {
  if (before === undefined || next.original < before.original + before.length) return false;
  return Math.abs(next.laterMs.lowMs - before.lastLaterMs) <= sameShiftMs;
}

/** Index by key of the pictures whose key no other picture of the file has. */
function occurringOnce(pictures: Pictures): Map<number, number> {
  const once = new Map<number, number>();
  const repeated = new Set<number>();
  for (let index = 0; index < pictures.length; index += 1) {
    const key = pictures.keyOf(index);
    if (once.has(key)) repeated.add(key);
    else once.set(key, index);
  }
  for (const key of repeated) once.delete(key);
  return once;
}

/** From when to when the pictures are shown; the last as long as the others are on average. */
function shownIn(pictures: Pictures, first: number, length: number): { fromMs: number; toMs: number } {
  let [fromMs, lastMs] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let index = first; index < first + length; index += 1) {
    fromMs = Math.min(fromMs, pictures.atMs(index));
    lastMs = Math.max(lastMs, pictures.atMs(index));
  }
  const stepMs = length > 1 ? (lastMs - fromMs) / (length - 1) : 0;
  return { fromMs, toMs: lastMs + stepMs };
}

function point(valueMs: number): Interval {
  return { lowMs: valueMs, highMs: valueMs };
}
