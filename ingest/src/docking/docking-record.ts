import type { RecorderIdentity } from '@docket/device-protocol';
import type { ClockStatement } from '../time/clock-statement.ts';

/**
 * `open` while the recorder is in the slot; `complete` when it left after all was safe; `interrupted` when it left
 * before, or the gateway stopped; `failed` when the docking could not go on.
 */
export type DockingState = 'open' | 'complete' | 'interrupted' | 'failed';

export type DockingIssueCode =
  | 'recorder-silent'
  | 'recorder-gone'
  | 'protocol-violation'
  | 'clips-quarantined'
  | 'store-full'
  | 'store-failed'
  | 'release-failed'
  | 'internal-error';

export interface DockingIssue {
  code: DockingIssueCode;
  detail: string;
}

/** A recorder as the index knows it, by what it says of itself. */
export interface RecorderSummary {
  recorderId: string;
  serialNumber: string | null;
  vendor: string | null;
  model: string | null;
  firmware: string | null;
  officerNumber: string | null;
  driver: string;
}

export interface RecorderRecord extends RecorderSummary {
  identitySource: RecorderIdentity['source'];
  firstSeenAt: string;
  lastSeenAt: string;
  dockings: number;
  clips: number;
}

export interface DockingRecord {
  dockingId: string;
  slot: string;
  driver: string;
  recorder: RecorderSummary | null;
  state: DockingState;
  attachedAt: string;
  safeAt: string | null;
  detachedAt: string | null;
  clock: ClockStatement;
  clipsListed: number;
  clipsPulled: number;
  clipsKnown: number;
  clipsQuarantined: number;
  failure: DockingIssue | null;
}

/** A recorder that names no serial number is known only by the slot it stands in. */
export function isAnonymous(recorder: RecorderSummary): boolean {
  return recorder.serialNumber === null;
}
