import {
  buildReceiverReport,
  hostClockMs,
  type LiveFeedListener,
  type LiveTrack,
  parseRtcp,
  parseRtp,
  ReceiveStatistics,
  type RtcpSource,
} from '@docket/device-protocol/live';
import type { PacketPath } from './packet-path.ts';
import type { PacketKind } from './udp-pair.ts';

/** One track that a recorder sends. */
export class PushTrack {
  readonly track: LiveTrack;
  readonly #statistics: ReceiveStatistics;
  #saidGoodbye = false;

  constructor(track: LiveTrack) {
    this.track = track;
    this.#statistics = new ReceiveStatistics(track.clockRateHz);
  }

  /** The sender took leave (RFC 3550 §6.6), and sent nothing since. */
  get saidGoodbye(): boolean {
    return this.#saidGoodbye;
  }

  /** True where it was media. What is neither RTP nor RTCP is dropped. */
  take(kind: PacketKind, packet: Buffer, listener: LiveFeedListener): boolean {
    // By push nothing proves when a packet was sent.
    const arrival = { atMs: hostClockMs(), sentNotBeforeMs: null };
    if (kind === 'rtcp') {
      this.#takeControl(packet, arrival.atMs, listener);
      return false;
    }
    const rtp = parseRtp(packet);
    if (rtp === null) return false;
    this.#saidGoodbye = false;
    this.#statistics.take(rtp, arrival.atMs);
    listener.packet(this.track, packet, arrival);
    return true;
  }

  /** Tells the sender what came of its packets; nothing before the first, nor where it does not read what we send. */
  report(path: PacketPath, source: RtcpSource): void {
    if (path.backlogBytes > 0) return;
    const block = this.#statistics.report(hostClockMs());
    if (block !== null) path.send('rtcp', buildReceiverReport(source, [block]));
  }

  #takeControl(datagram: Buffer, atMs: number, listener: LiveFeedListener): void {
    for (const packet of parseRtcp(datagram)) {
      if (packet.kind === 'sender-report') {
        this.#statistics.senderReport(packet.ntpMiddle, atMs);
        if (packet.report === null) continue;
        listener.senderReport(this.track, packet.report, { atMs, sentNotBeforeMs: null });
      }
      if (packet.kind === 'goodbye') {
        const { ssrc } = this.#statistics;
        this.#saidGoodbye ||= ssrc === null || packet.ssrcs.includes(ssrc);
      }
    }
  }
}
