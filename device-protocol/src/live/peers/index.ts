/**
 * Programs that Docket did not write, as recorders, servers and viewers of live streams: GStreamer, ffmpeg and mpv of the
 * distribution. For tests, the demo and the bench.
 */
export { type Falsification, FalsifyingProxy } from '../rtsp/testing/falsifying-proxy.ts';
export { drawClockPattern, readClockPattern } from './clock-pattern.ts';
export { ClockPictures } from './clock-pictures.ts';
export { newerFfmpeg, whyNoNewerFfmpeg } from './newer-ffmpeg.ts';
export type { PeerAudio, PeerPicture, PeerVideo } from './peer-picture.ts';
export { type PeerEnd, PeerProcess } from './peer-process.ts';
export { type Pusher, type PushOptions, pushRtmp, pushRtsp, type RtspPushOptions } from './pushers.ts';
export {
  type PeerServer,
  type PeerServerOptions,
  startRecordServer,
  startRtspCamera,
} from './rtsp-server.ts';
export {
  type ProbedStream,
  probeRtsp,
  type Viewer,
  type ViewOptions,
  watchWithFfplay,
  watchWithGstreamer,
  watchWithMpv,
} from './viewers.ts';
