import type { Clip, CustodyPage, Docking, Health, Recorder, Slot } from '@docket/gateway/contract';

/** Parts of the contract's resources that are drawn by a component of their own. */
export type RecorderSummary = NonNullable<Slot['recorder']>;
export type DockingProgress = NonNullable<Slot['progress']>;
export type SlotIssue = NonNullable<Slot['issue']>;
export type ClockStatement = Slot['clock'];
export type DeviceTime = NonNullable<Clip['startedAt']>;
export type ReceiptSummary = Clip['receipts'][number];
export type CustodyEntry = CustodyPage['entries'][number];

/**
 * The contract's own words where its types carry them, else the words known here. Either way a word without a
 * translation does not compile, and a gateway newer than this page may still send one that is not in the list.
 */
type Words<Contract extends string, Known extends Contract> = string extends Contract ? Known : Contract;

export type SlotState = Words<
  Slot['state'],
  | 'empty'
  | 'attached'
  | 'identifying'
  | 'listing'
  | 'copying'
  | 'verifying'
  | 'safe'
  | 'releasing'
  | 'attention'
  | 'failed'
>;

export type SlotIssueCode = Words<
  SlotIssue['code'],
  | 'recorder-silent'
  | 'recorder-gone'
  | 'protocol-violation'
  | 'clips-quarantined'
  | 'store-full'
  | 'store-failed'
  | 'release-failed'
  | 'internal-error'
>;

export type ClipKind = Words<Clip['kind'], 'video' | 'audio' | 'photo' | 'sidecar'>;

export type ClipState = Words<
  Clip['state'],
  'listed' | 'pulled' | 'verified' | 'sealed' | 'forwarded' | 'receipted' | 'released' | 'unreadable' | 'lost'
>;

export type QuarantineReason = Words<
  NonNullable<Clip['quarantine']>['reason'],
  | 'unsafe-name'
  | 'unreadable-name'
  | 'empty-file'
  | 'symbolic-link'
  | 'named-pipe'
  | 'device-node'
  | 'socket'
  | 'folder-unreadable'
  | 'folder-too-deep'
  | 'path-too-long'
  | 'read-error'
  | 'changed-while-read'
  | 'lost-before-pull'
  | 'store-mismatch'
>;

export type NameEncoding = Words<Clip['nameEncoding'], 'utf-8' | 'gbk' | 'bytes'>;
export type MarkedSource = Words<NonNullable<Clip['markedSource']>, 'name' | 'folder' | 'device'>;
export type ReadBack = Words<NonNullable<Clip['readBack']>, 'media' | 'cache'>;
export type DeviceTimeSource = Words<DeviceTime['source'], 'name' | 'file-time'>;
export type ClockReason = Words<
  Extract<ClockStatement, { state: 'unreadable' }>['reason'],
  'not-supported' | 'read-failed' | 'readings-disagree' | 'not-read-yet'
>;
export type DockingState = Words<Docking['state'], 'open' | 'complete' | 'interrupted' | 'failed'>;
export type IdentitySource = Words<
  Recorder['identitySource'],
  'device' | 'identity-file' | 'file-names' | 'none'
>;
export type HealthState = Words<Health['state'], 'ok' | 'degraded' | 'failed'>;
export type ReleasePolicy = Words<Health['releasePolicy'], 'never' | 'after-receipt'>;
