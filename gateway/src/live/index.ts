/** The parts that carry live streams, for who builds something of them beside the gateway. */
export { createLog, type Log } from '../log.ts';
export type { LiveStream, LiveStreams, PacketSink, UnitSink } from './live-stream.ts';
export { RtspServer, type RtspServerOptions } from './rtsp-server/rtsp-server.ts';
export { StreamHub } from './stream-hub/stream-hub.ts';
export { LiveSupervisor, type LiveSupervisorOptions } from './supervisor/live-supervisor.ts';
