import type { Arrival, LiveTrack, SenderReport } from '@docket/device-protocol/live';
import type { LiveAlarms } from '../live-alarms.ts';
import { insertReports } from '../live-index.ts';
import type { LiveReason } from '../live-reason.ts';
import type { LiveJournal } from './live-journal.ts';
import { MediaLine } from './media-line.ts';
import type { SessionGaps } from './session-gaps.ts';
import { WaitingReports } from './waiting-reports.ts';

/** Who hears of what the clocks tell. */
export interface SenderClockHearers {
  journal: LiveJournal;
  gaps: SessionGaps;
  alarms: Pick<LiveAlarms, 'raise'>;
}

/** A recorder’s clock that moved less than this did not jump. */
const clockJumpMs = 500;

/** What the clocks of a sender tell in a session: its media time from turn to turn, its reports, and its leaps. */
export class SenderClocks {
  readonly #session: { sessionId: string; recorderId: string };
  readonly #assumedDelayMs: number;
  readonly #hearers: SenderClockHearers;
  readonly #reports = new WaitingReports();
  #line: MediaLine;
  #lineNumber = 1;
  #hasLeapt = false;

  constructor(
    session: { sessionId: string; recorderId: string },
    assumedDelayMs: number,
    hearers: SenderClockHearers,
  ) {
    this.#session = session;
    this.#assumedDelayMs = assumedDelayMs;
    this.#hearers = hearers;
    this.#line = new MediaLine(assumedDelayMs);
  }

  /** The media time since the last turn. */
  get line(): MediaLine {
    return this.#line;
  }

  /** From 1. */
  get lineNumber(): number {
    return this.#lineNumber;
  }

  /** Nothing told of the media time before holds for what comes. */
  beginAnew(): void {
    this.#line = new MediaLine(this.#assumedDelayMs);
    this.#lineNumber += 1;
  }

  /** Takes a sender report as evidence; one that comes too soon after another is passed over. */
  takeReport(track: LiveTrack, report: SenderReport, arrival: Arrival): void {
    if (!this.#reports.isHeard(track, arrival)) return;
    const movedMs = this.#line.takeReport(track, report, arrival) ?? 0;
    if (Math.abs(movedMs) > clockJumpMs) {
      const reason: LiveReason = { kind: 'clock-moved', byMs: Math.round(movedMs) };
      this.#hearers.gaps.note({ cause: 'clock-jump', fromMs: arrival.atMs, toMs: arrival.atMs, reason });
      this.leapt(reason);
    }
    this.#reports.add(track, report, arrival);
  }

  /** Tells the index of the reports that wait. */
  keepReports(): void {
    const reports = this.#reports.take();
    if (reports.length === 0) return;
    const { sessionId } = this.#session;
    void this.#hearers.journal.note((transaction) => insertReports(transaction, sessionId, reports));
  }

  /** The sender's clock or its media time took a leap: a person is told once a session. */
  leapt(reason: LiveReason): void {
    if (this.#hasLeapt) return;
    this.#hasLeapt = true;
    const { sessionId, recorderId } = this.#session;
    this.#hearers.alarms.raise({ kind: 'clock-jump', recorderId, sessionId, reason }).catch(() => {
      this.#hasLeapt = false;
    });
  }
}
