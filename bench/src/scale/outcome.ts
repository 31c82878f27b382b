import type { Dock } from './fleet.ts';

/** Delays are counted in bins of so many hours: tens of millions of clips need not be kept one by one. */
const binHours = 0.05;

/** What became of the clips of one kind. */
export class Tally {
  clips = 0;
  missed = 0;
  /** Not archived by the end of the simulation, in time or not. */
  waiting = 0;
  readonly #bins: number[] = [];

  /** Instants in minutes. */
  add(queuedAt: number, doneAt: number, dueAt: number): void {
    this.clips += 1;
    if (doneAt > dueAt) this.missed += 1;
    if (doneAt === Number.POSITIVE_INFINITY) {
      this.waiting += 1;
      return;
    }
    const bin = Math.max(0, Math.floor((doneAt - queuedAt) / 60 / binHours));
    while (this.#bins.length <= bin) this.#bins.push(0);
    this.#bins[bin] = (this.#bins[bin] ?? 0) + 1;
  }

  /** Hours from the docking of its recorder within which this share of the clips was archived; `Infinity`: it was not. */
  hoursAt(share: number): number {
    let counted = 0;
    for (const [bin, count] of this.#bins.entries()) {
      counted += count;
      if (counted >= share * this.clips) return (bin + 1) * binHours;
    }
    return Number.POSITIVE_INFINITY;
  }
}

export interface Outcome {
  important: Tally;
  ordinary: Tally;
}

export function newOutcome(): Outcome {
  return { important: new Tally(), ordinary: new Tally() };
}

/** Adds the clips of a dock that were queued by the last instant, with what became of them. */
export function addDock(
  outcome: Outcome,
  dock: Dock,
  doneAt: Float64Array,
  withinHours: { important: number; ordinary: number },
): void {
  for (const [index, { isImportant, recordedAt, queuedAt }] of dock.clips.entries()) {
    const within = isImportant ? withinHours.important : withinHours.ordinary;
    const tally = isImportant ? outcome.important : outcome.ordinary;
    tally.add(queuedAt, doneAt[index] ?? Number.POSITIVE_INFINITY, recordedAt + within * 60);
  }
}
