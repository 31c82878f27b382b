import type { Arrival } from './arrival.ts';
import type { LiveDescription, LiveTrack } from './live-track.ts';

/** An RTCP sender report (RFC 3550 §6.4.1): the sender's wall clock beside its media clock. */
export interface SenderReport {
  ssrc: number;
  /** The sender's wall clock as Unix milliseconds with fractions; what it is worth, the sender alone knows. */
  ntpMs: number;
  rtpTimestamp: number;
  packetsSent: number;
  bytesSent: number;
}

/** Takes what a stream brings, in the order of its arrival. Must not throw and must not block. */
export interface LiveFeedListener {
  /**
   * One RTP packet, untouched. The bytes stay as they are after the call, but may lie among all that was read with them:
   * whoever keeps them copies them.
   */
  packet(track: LiveTrack, packet: Buffer, arrival: Arrival): void;
  senderReport(track: LiveTrack, report: SenderReport, arrival: Arrival): void;
}

export type LiveWay = 'pull-rtsp' | 'push-rtsp' | 'push-rtmp';
export type LiveTransport = 'tcp' | 'udp';

/**
 * Why a feed ended. `goodbye`: the sender said so (TEARDOWN, BYE). `silent`: nothing came for too long. `closed`: we
 * ended it. `replaced`: the recorder connected anew. `refused`: by either side, detail says what.
 */
export type FeedEndCause =
  | 'goodbye'
  | 'connection-lost'
  | 'silent'
  | 'closed'
  | 'replaced'
  | 'refused'
  | 'protocol';

export interface FeedEnd {
  cause: FeedEndCause;
  /** In words for the log; holds no secret. */
  detail: string;
}

/** A live stream that is connected. */
export interface LiveFeed {
  readonly way: LiveWay;
  readonly transport: LiveTransport;
  readonly description: LiveDescription;
  /** Lets the stream flow (PLAY, or the answer to RECORD); called once. What came before is dropped. */
  begin(listener: LiveFeedListener): void;
  /** Resolves once nothing of it is open any more; never rejects. */
  readonly ended: Promise<FeedEnd>;
  /** Ends it in good order (TEARDOWN); resolves with `ended`. */
  close(): Promise<void>;
}
