import type {
  Clip,
  CustodyPage,
  Docking,
  Health,
  LedgerEntry,
  Recorder,
  RecorderChange,
  Slot,
} from '@docket/gateway/contract';

/** Parts of the contract's resources that are drawn by a component of their own. */
export type RecorderSummary = NonNullable<Slot['recorder']>;
export type DockingProgress = NonNullable<Slot['progress']>;
export type SlotIssue = NonNullable<Slot['issue']>;
export type ClockStatement = Slot['clock'];
export type DeviceTime = NonNullable<Clip['startedAt']>;
export type ReceiptSummary = Clip['receipts'][number];
export type CustodyEntry = CustodyPage['entries'][number];

/** The words of the contract. One that has no translation does not compile. */
export type SlotState = Slot['state'];
export type SlotIssueCode = SlotIssue['code'];
export type ClipKind = Clip['kind'];
export type ClipState = Clip['state'];
export type QuarantineReason = NonNullable<Clip['quarantine']>['reason'];
export type NameEncoding = Clip['nameEncoding'];
export type MarkedSource = NonNullable<Clip['markedSource']>;
export type ReadBack = NonNullable<Clip['readBack']>;
export type DeviceTimeSource = DeviceTime['source'];
export type ClockReason = Extract<ClockStatement, { state: 'unreadable' }>['reason'];
export type ClockVerdictState = Slot['clockVerdict']['state'];
export type ClockVerdictReason = Slot['clockVerdict']['reasons'][number];
export type TimeSourceKind = Clip['timeSources'][number]['kind'];
export type TimeReading = Clip['timeSources'][number]['reading'];
export type TimeDoubt = Clip['timeDoubts'][number];
export type DockingState = Docking['state'];
export type IdentitySource = Recorder['identitySource'];
export type HealthState = Health['state'];
export type ReleasePolicy = Health['releasePolicy'];
export type RecorderState = Recorder['state'];
export type RecorderConcern = Recorder['concerns'][number];
export type RecorderClaim = RecorderChange['claim'];
export type LedgerAct = LedgerEntry['act'];
