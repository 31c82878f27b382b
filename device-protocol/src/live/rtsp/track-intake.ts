import type { Arrival } from '../arrival.ts';
import type { LiveFeedListener } from '../live-feed.ts';
import type { LiveTrack } from '../live-track.ts';
import { ReceiveStatistics } from '../rtp/receive-statistics.ts';
import { ReportsOfMedia } from '../rtp/reports-of-media.ts';
import { parseRtcp } from '../rtp/rtcp-packet.ts';
import { parseRtpHead } from '../rtp/rtp-packet.ts';

/** What comes of one track: RTP and RTCP told apart, counted, and handed on. */
export class TrackIntake {
  readonly track: LiveTrack;
  readonly statistics: ReceiveStatistics;
  readonly #sink: LiveFeedListener;
  readonly #reports: ReportsOfMedia;
  #hasSaidGoodbye = false;

  constructor(track: LiveTrack, sink: LiveFeedListener) {
    this.track = track;
    this.statistics = new ReceiveStatistics(track.clockRateHz);
    this.#sink = sink;
    this.#reports = new ReportsOfMedia(({ ntpMiddle, report }, arrival) => {
      this.statistics.senderReport(ntpMiddle, arrival.atMs);
      if (report !== null) sink.senderReport(track, report, arrival);
    });
  }

  /** Its sender said that it ends, and nothing came since. */
  get hasSaidGoodbye(): boolean {
    return this.#hasSaidGoodbye;
  }

  /** Takes a packet of either kind, wherever it came: recorders mix them up. What is neither is left out. */
  take(packet: Buffer, arrival: Arrival): void {
    if (isRtcp(packet)) this.#takeRtcp(packet, arrival);
    else this.#takeRtp(packet, arrival);
  }

  #takeRtp(packet: Buffer, arrival: Arrival): void {
    const parsed = parseRtpHead(packet);
    if (parsed === null) return;
    this.statistics.take(parsed, arrival.atMs);
    this.#hasSaidGoodbye = false;
    this.#sink.packet(this.track, packet, arrival);
    this.#reports.media(parsed.ssrc, arrival.atMs);
  }

  #takeRtcp(packet: Buffer, arrival: Arrival): void {
    for (const part of parseRtcp(packet)) {
      if (part.kind === 'sender-report') {
        this.#reports.report(part, arrival);
      } else if (part.kind === 'goodbye') {
        const { ssrc } = this.statistics;
        if (ssrc === null || part.ssrcs.includes(ssrc)) this.#hasSaidGoodbye = true;
      }
    }
  }
}

/** RTCP types stand where RTP has marker and payload type, and those are kept free of them (RFC 5761 §4). */
export function isRtcp(packet: Buffer): boolean {
  const second = packet[1] ?? 0;
  return second >= 192 && second <= 223;
}

/** The track that a packet on a channel shared by several belongs to: by payload type, or by who reports. */
export function chooseIntake(intakes: readonly TrackIntake[], packet: Buffer): TrackIntake | undefined {
  if (intakes.length <= 1) return intakes[0];
  const ssrc = packet.length >= 8 ? packet.readUInt32BE(4) : null;
  const payloadType = (packet[1] ?? 0) & 0x7f;
  const chosen = isRtcp(packet)
    ? intakes.find(({ statistics }) => statistics.ssrc === ssrc)
    : intakes.find(({ track }) => track.payloadType === payloadType);
  return chosen ?? intakes[0];
}
