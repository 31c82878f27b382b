import type { ClockStatement } from '../time/clock-statement.ts';
import type { ClockVerdict } from '../time/clock-verdict.ts';

/**
 * `open` while the recorder is in the slot; `complete` when it left after all was safe; `interrupted` when it left
 * before, or the gateway stopped; `failed` when the docking could not go on.
 */
export type DockingState = 'open' | 'complete' | 'interrupted' | 'failed';

export type DockingIssueCode =
  | 'mode-switch-refused'
  | 'recorder-silent'
  | 'recorder-gone'
  | 'protocol-violation'
  | 'driver-crashed'
  | 'clips-quarantined'
  | 'store-full'
  | 'store-failed'
  | 'release-failed'
  | 'firmware-failed'
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

/**
 * What a person should know of a docked recorder. `identity-conflict`: it names another officer than it was issued to;
 * `out-of-service`: it was given up as lost, broken or retired, and here it is.
 */
export type RecorderConcern = 'identity-conflict' | 'out-of-service';

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
  clockVerdict: ClockVerdict;
  clipsListed: number;
  clipsPulled: number;
  clipsKnown: number;
  clipsQuarantined: number;
  failure: DockingIssue | null;
  concerns: RecorderConcern[];
}

/** A recorder that names no serial number is known only by the slot it stands in. */
export function isAnonymous(recorder: RecorderSummary): boolean {
  return recorder.serialNumber === null;
}
