/** Waited for a key frame, so that a segment can be decoded from its first picture. */
const keyFrameWaitMs = 5000;
/** However often a stream turns: each segment is a folder, a file and entries in the custody log. */
export const mostSegmentsPerMinute = 60;

/** When one segment ends and another may begin: at a key frame, or with any unit where none comes soon. */
export class SegmentTurns {
  readonly #segmentMs: number;
  #isCutWanted = false;
  #waitingSinceMs: number | null = null;
  /** Of the last minute. */
  #begunMs: number[] = [];

  constructor(segmentMs: number) {
    this.#segmentMs = segmentMs;
  }

  /** The segment ends as soon as another can begin, however short it is. */
  cut(): void {
    this.#isCutWanted = true;
    this.#waitingSinceMs = null;
  }

  /** What comes has not waited for a key frame yet. */
  waitAnew(): void {
    this.#waitingSinceMs = null;
  }

  /** What comes begins a segment, whatever it is. */
  waitNoMore(): void {
    this.#waitingSinceMs = Number.NEGATIVE_INFINITY;
  }

  begun(nowMs: number): void {
    this.#begunMs.push(nowMs);
    this.#isCutWanted = false;
    this.#waitingSinceMs = null;
  }

  /** True where so many were begun that another one must wait. */
  isTooOften(nowMs: number): boolean {
    this.#begunMs = this.#begunMs.filter((begunMs) => nowMs - begunMs < 60_000);
    return this.#begunMs.length >= mostSegmentsPerMinute;
  }

  /**
   * True where the segment that began to arrive at `begunMs` ends before what arrives now. What waited long enough to end
   * does not wait again to begin.
   */
  isOver(begunMs: number, nowMs: number, isGoodBeginning: boolean): boolean {
    const isDue = this.#isCutWanted || nowMs - begunMs >= this.#segmentMs;
    return isDue && this.mayBegin(nowMs, isGoodBeginning);
  }

  mayBegin(nowMs: number, isGoodBeginning: boolean): boolean {
    this.#waitingSinceMs ??= nowMs;
    return isGoodBeginning || nowMs - this.#waitingSinceMs >= keyFrameWaitMs;
  }
}
