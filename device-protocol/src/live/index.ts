/** Live streams of recorders: RTSP, SDP, RTP and RTCP. */
export type { AccessUnit } from './access-unit.ts';
export type { Arrival } from './arrival.ts';
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
export * from './rtsp/index.ts';
export type { AudioFormat, TrackFormat, VideoFormat } from './track-format.ts';
