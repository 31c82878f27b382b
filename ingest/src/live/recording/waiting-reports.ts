import type { Arrival, LiveTrack, SenderReport } from '@docket/device-protocol/live';
import type { KeptReport } from '../live-index.ts';

/** A sender that reports more often is heard once in this time for each track. */
const reportEveryMs = 500;
const mostWaiting = 64;

/** Sender reports that are kept as evidence, until the index is told of them. */
export class WaitingReports {
  readonly #lastMs = new Map<number, number>();
  #waiting: KeptReport[] = [];

  /** False for one that comes too soon after another of its track. */
  isHeard(track: LiveTrack, { atMs }: Arrival): boolean {
    const lastMs = this.#lastMs.get(track.index) ?? Number.NEGATIVE_INFINITY;
    if (atMs - lastMs < reportEveryMs) return false;
    this.#lastMs.set(track.index, atMs);
    return true;
  }

  add(track: LiveTrack, report: SenderReport, arrival: Arrival): void {
    if (this.#waiting.length >= mostWaiting) return;
    this.#waiting.push({
      track: track.index,
      arrivedMs: arrival.atMs,
      sentNotBeforeMs: arrival.sentNotBeforeMs,
      report,
    });
  }

  /** All that wait; they wait no longer. */
  take(): readonly KeptReport[] {
    const reports = this.#waiting;
    this.#waiting = [];
    return reports;
  }
}
