import type { Arrival } from '../arrival.ts';
import type { RtcpPacket } from './rtcp-packet.ts';

type Report = Extract<RtcpPacket, { kind: 'sender-report' }>;

/** Sent ahead of its media by longer than this, a report is of no use to them. */
const mostAheadMs = 10_000;

/**
 * Lets through the sender reports of one track that are by the source of its media (SSRC, RFC 3550 §6.4.1): another
 * source's clock says nothing of them. The newest of another source is held, as it may come ahead of its media.
 */
export class ReportsOfMedia {
  readonly #onReport: (report: Report, arrival: Arrival) => void;
  #ssrc: number | null = null;
  #held: { report: Report; arrival: Arrival } | null = null;

  constructor(onReport: (report: Report, arrival: Arrival) => void) {
    this.#onReport = onReport;
  }

  report(report: Report, arrival: Arrival): void {
    if (report.ssrc === this.#ssrc) this.#onReport(report, arrival);
    else this.#held = { report, arrival };
  }

  /** Media came, from this source, at this time of the host. */
  media(ssrc: number, atMs: number): void {
    this.#ssrc = ssrc;
    const held = this.#held;
    if (held === null || held.report.ssrc !== ssrc) return;
    this.#held = null;
    if (Math.abs(atMs - held.arrival.atMs) <= mostAheadMs) this.#onReport(held.report, held.arrival);
  }
}
