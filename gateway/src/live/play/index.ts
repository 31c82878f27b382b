/** Live pictures for browsers: fragmented MP4 by WebSocket, and still pictures. */
export { LivePlay, type LivePlayOptions } from './live-play.ts';
export { PlayQuery } from './play-query.ts';
export { type Snapshot, type SnapshotFault, Snapshots } from './snapshots.ts';
