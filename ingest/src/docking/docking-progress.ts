/** How far a docking has come, for people watching it. */
export interface DockingProgress {
  clipsTotal: number;
  clipsKnown: number;
  clipsDone: number;
  clipsQuarantined: number;
  clipsReleased: number;
  bytesTotal: number;
  bytesDone: number;
  bytesPerSecond: number;
  secondsLeft: number | null;
  currentClipName: string | null;
}

/** The rate is taken over this span, so that it follows a slow card but does not flicker. */
const rateWindowMs = 4000;

/** Counts clips and bytes and works out rate and time left. */
export class ProgressMeter {
  clipsTotal = 0;
  clipsKnown = 0;
  clipsDone = 0;
  /** Ids of the clips that a person must look at. */
  readonly quarantined = new Set<string>();
  /** Entries that are no clips and were not opened. */
  refused = 0;
  clipsReleased = 0;
  bytesTotal = 0;
  currentClipName: string | null = null;
  #bytesDone = 0;
  readonly #marks: { atMs: number; bytesDone: number }[] = [];

  get clipsQuarantined(): number {
    return this.refused + this.quarantined.size;
  }

  /** Counts bytes taken from the recorder; negative where a copy is begun anew. */
  addBytes(bytes: number): void {
    this.#bytesDone += bytes;
    const nowMs = performance.now();
    this.#marks.push({ atMs: nowMs, bytesDone: this.#bytesDone });
    while ((this.#marks[0]?.atMs ?? nowMs) < nowMs - rateWindowMs) this.#marks.shift();
  }

  snapshot(): DockingProgress {
    const bytesPerSecond = this.#rate();
    const bytesLeft = Math.max(0, this.bytesTotal - this.#bytesDone);
    return {
      clipsTotal: this.clipsTotal,
      clipsKnown: this.clipsKnown,
      clipsDone: this.clipsDone,
      clipsQuarantined: this.clipsQuarantined,
      clipsReleased: this.clipsReleased,
      bytesTotal: this.bytesTotal,
      bytesDone: this.#bytesDone,
      bytesPerSecond,
      secondsLeft: bytesLeft === 0 ? 0 : bytesPerSecond === 0 ? null : Math.ceil(bytesLeft / bytesPerSecond),
      currentClipName: this.currentClipName,
    };
  }

  #rate(): number {
    const first = this.#marks[0];
    const last = this.#marks.at(-1);
    if (first === undefined || last === undefined || last.atMs === first.atMs) return 0;
    return Math.max(0, Math.round(((last.bytesDone - first.bytesDone) * 1000) / (last.atMs - first.atMs)));
  }
}
