/** For tests: what every archive target must do, and archives written by others. Nothing that ships speaks to them. */

export { smallFileSystem, whyNoMounts } from '../../testing/small-file-system.ts';
export {
  type Answering,
  AnsweringProxy,
  type AskedFor,
  type OwnAnswer,
  type WholeAnswer,
} from './answering-proxy.ts';
export {
  type ArchiveUnderTest,
  archiveContract,
  depositOf,
  FreeLine,
  footage,
} from './archive-contract.ts';
export { Ceph, type CephUser, whyNoCeph } from './ceph.ts';
export { type BreakKind, type Direction, FaultProxy } from './fault-proxy.ts';
export { Fauxqs } from './fauxqs.ts';
export { freePorts } from './free-ports.ts';
export { type Lie, LyingStore, lies } from './lying-store.ts';
export { NatsServer, type NatsServerOptions } from './nats.ts';
export { type S3Peer, type StartedS3Peer, targetAt } from './s3-peer.ts';
export { S3Reader } from './s3-reader.ts';
export { S3rver } from './s3rver.ts';
export { Swift, whyNoSwift } from './swift.ts';
