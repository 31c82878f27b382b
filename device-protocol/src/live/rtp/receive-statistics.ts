import type { ReportBlock } from './rtcp-packet.ts';
import { type RtpPacket, sequenceStep } from './rtp-packet.ts';

/** A sequence number so far from the last is taken for a sender that began anew (RFC 3550 §A.1). */
const maxStep = 3000;

/** What one receiver counts of one sender, for its reports (RFC 3550 §6.4, §A.3, §A.8). Begins anew with a new source. */
export class ReceiveStatistics {
  readonly #clockRateHz: number;
  #ssrc: number | null = null;
  #firstSequence = 0;
  /** With the turns of the 16 bits counted above them. */
  #highestSequence = 0;
  #received = 0;
  #expectedBefore = 0;
  #receivedBefore = 0;
  #transitTicks: number | null = null;
  #jitterTicks = 0;
  #lastReport: { ntpMiddle: number; atMs: number } | null = null;

  constructor(clockRateHz: number) {
    this.#clockRateHz = clockRateHz;
  }

  /** The source of the packets; `null` before the first. */
  get ssrc(): number | null {
    return this.#ssrc;
  }

  get packetsReceived(): number {
    return this.#received;
  }

  get packetsExpected(): number {
    return this.#ssrc === null ? 0 : this.#highestSequence - this.#firstSequence + 1;
  }

  /** Negative where duplicates came. */
  get packetsLost(): number {
    return this.packetsExpected - this.#received;
  }

  get jitterMs(): number {
    return (this.#jitterTicks / this.#clockRateHz) * 1000;
  }

  take(packet: Pick<RtpPacket, 'ssrc' | 'sequenceNumber' | 'timestamp'>, atMs: number): void {
    const step = sequenceStep(this.#highestSequence & 0xffff, packet.sequenceNumber);
    if (packet.ssrc !== this.#ssrc || Math.abs(step) > maxStep) this.#begin(packet);
    else if (step > 0) this.#highestSequence += step;
    this.#received += 1;
    const transitTicks = (atMs / 1000) * this.#clockRateHz - packet.timestamp;
    const changeTicks = this.#transitTicks === null ? 0 : Math.abs(transitTicks - this.#transitTicks);
    this.#transitTicks = transitTicks;
    // A time stamp that wrapped or was set anew says nothing of the network.
    if (changeTicks < 10 * this.#clockRateHz) this.#jitterTicks += (changeTicks - this.#jitterTicks) / 16;
  }

  /** A sender report came: later reports say how long ago. */
  senderReport(ntpMiddle: number, atMs: number): void {
    this.#lastReport = { ntpMiddle, atMs };
  }

  /** What to report now; `null` before the first packet. Losses count from one call to the next. */
  report(nowMs: number): ReportBlock | null {
    if (this.#ssrc === null) return null;
    const expected = this.packetsExpected;
    const expectedSince = expected - this.#expectedBefore;
    const lostSince = expectedSince - (this.#received - this.#receivedBefore);
    this.#expectedBefore = expected;
    this.#receivedBefore = this.#received;
    const last = this.#lastReport;
    return {
      ssrc: this.#ssrc,
      fractionLost: lostSince <= 0 ? 0 : Math.min(255, Math.floor((lostSince * 256) / expectedSince)),
      packetsLost: this.packetsLost,
      highestSequence: this.#highestSequence >>> 0,
      jitterTicks: Math.min(0xffff_ffff, Math.floor(this.#jitterTicks)),
      lastSenderReport: last?.ntpMiddle ?? 0,
      delaySinceLastSenderReport:
        last === null ? 0 : Math.min(0xffff_ffff, Math.max(0, Math.round((nowMs - last.atMs) * 65.536))),
    };
  }

  #begin({ ssrc, sequenceNumber }: Pick<RtpPacket, 'ssrc' | 'sequenceNumber'>): void {
    if (ssrc !== this.#ssrc) this.#lastReport = null;
    this.#ssrc = ssrc;
    this.#firstSequence = sequenceNumber;
    this.#highestSequence = sequenceNumber;
    this.#received = 0;
    this.#expectedBefore = 0;
    this.#receivedBefore = 0;
    this.#transitTicks = null;
    this.#jitterTicks = 0;
  }
}
