/** Live streams of recorders: RTSP, SDP, RTP and RTCP. */
export type { AccessUnit } from './access-unit.ts';
export type { Arrival } from './arrival.ts';
export { parseDescription } from './description/parse-description.ts';
export {
  type RelayedDescriptionOptions,
  relayedControl,
  relayedDescription,
} from './description/relayed-description.ts';
export type { DepacketiserCounts } from './frames/depacketiser.ts';
export { hostClockMs } from './host-clock.ts';
export type {
  FeedEnd,
  FeedEndCause,
  LiveFeed,
  LiveFeedListener,
  LiveTransport,
  LiveWay,
  SenderReport,
} from './live-feed.ts';
export {
  audioCodecs,
  type LiveCodec,
  type LiveDescription,
  type LiveTrack,
  videoCodecs,
} from './live-track.ts';
export { VideoParameterSets } from './parameter-sets/video-parameter-sets.ts';
export {
  buildGoodbye,
  buildReceiverReport,
  buildSenderReport,
  type RtcpSource,
} from './rtp/build-rtcp.ts';
export { type NtpTime, ntpOfUnixMs, unixMsOfNtp } from './rtp/ntp-time.ts';
export type { OrderBounds } from './rtp/packet-order.ts';
export { ReceiveStatistics } from './rtp/receive-statistics.ts';
export { ReportsOfMedia } from './rtp/reports-of-media.ts';
export { parseRtcp, type ReportBlock, type RtcpPacket } from './rtp/rtcp-packet.ts';
export {
  parseRtp,
  parseRtpHead,
  type RtpHead,
  type RtpPacket,
  sequenceStep,
  timestampStep,
} from './rtp/rtp-packet.ts';
export * from './rtsp/index.ts';
export { StreamAssembler } from './stream-assembler.ts';
export type { StreamListener, StreamLoss, StreamMisnomer, StreamReset } from './stream-listener.ts';
export type { TrackCounts } from './track-assembler.ts';
export type { AudioFormat, TrackFormat, VideoFormat } from './track-format.ts';
