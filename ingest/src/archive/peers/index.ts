/** For tests: what every archive target must do, and archives written by others. Nothing that ships speaks to them. */
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
