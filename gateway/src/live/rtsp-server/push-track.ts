import {
  type Arrival,
  buildReceiverReport,
  hostClockMs,
  type LiveFeedListener,
  type LiveTrack,
  parseRtcp,
  parseRtpHead,
  ReceiveStatistics,
  ReportsOfMedia,
  type RtcpSource,
} from '@docket/device-protocol/live';
import type { PacketPath } from './packet-path.ts';
import type { PacketKind } from './udp-pair.ts';

/** One track that a recorder sends. */
export class PushTrack {
  readonly track: LiveTrack;
  readonly #statistics: ReceiveStatistics;
  readonly #reports: ReportsOfMedia;
  #listener: LiveFeedListener | null = null;
  #saidGoodbye = false;

  constructor(track: LiveTrack) {
    this.track = track;
    this.#statistics = new ReceiveStatistics(track.clockRateHz);
    this.#reports = new ReportsOfMedia(({ ntpMiddle, report }, arrival) => {
      this.#statistics.senderReport(ntpMiddle, arrival.atMs);
      if (report !== null) this.#listener?.senderReport(track, report, arrival);
    });
  }

  /** The sender took leave (RFC 3550 §6.6), and sent nothing since. */
  get saidGoodbye(): boolean {
    return this.#saidGoodbye;
  }

  /** True where it was media. What is neither RTP nor RTCP is dropped. */
  take(kind: PacketKind, packet: Buffer, listener: LiveFeedListener): boolean {
    this.#listener = listener;
    // By push nothing proves when a packet was sent.
    const arrival = { atMs: hostClockMs(), sentNotBeforeMs: null };
    if (kind === 'rtcp') {
      this.#takeControl(packet, arrival);
      return false;
    }
    const rtp = parseRtpHead(packet);
    if (rtp === null) return false;
    this.#saidGoodbye = false;
    this.#statistics.take(rtp, arrival.atMs);
    listener.packet(this.track, packet, arrival);
    this.#reports.media(rtp.ssrc, arrival.atMs);
    return true;
  }

  /** Tells the sender what came of its packets; nothing before the first, nor where it does not read what we send. */
  report(path: PacketPath, source: RtcpSource): void {
    if (path.backlogBytes > 0) return;
    const block = this.#statistics.report(hostClockMs());
    if (block !== null) path.send('rtcp', buildReceiverReport(source, [block]));
  }

  #takeControl(datagram: Buffer, arrival: Arrival): void {
    for (const packet of parseRtcp(datagram)) {
      if (packet.kind === 'sender-report') this.#reports.report(packet, arrival);
      if (packet.kind === 'goodbye') {
        const { ssrc } = this.#statistics;
        this.#saidGoodbye ||= ssrc === null || packet.ssrcs.includes(ssrc);
      }
    }
  }
}
