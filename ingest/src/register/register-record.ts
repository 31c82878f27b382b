import type { RecorderIdentity } from '@docket/device-protocol';
import type { RecorderConcern, RecorderSummary } from '../docking/docking-record.ts';
import type { ClockStatement } from '../time/clock-statement.ts';
import type { ClockVerdict } from '../time/clock-verdict.ts';

export const recorderStates = ['in-service', 'lost', 'broken', 'retired'] as const;
/** Whether a recorder may be used. Every change of it stands in the ledger. */
export type RecorderState = (typeof recorderStates)[number];

/** Whom a recorder is issued to. */
export interface RecorderBinding {
  officerNumber: string;
  officerName: string;
  /** What the recorder calls this officer, where that is not `officerNumber` (ZFY_INFO holds six characters). */
  numberOnRecorder: string | null;
  issuedAt: string;
}

/** What the ledger says of a recorder now. */
export interface RecorderStanding {
  state: RecorderState;
  issuedTo: RecorderBinding | null;
}

export type LedgerAct = 'issued' | 'returned' | 'state-changed';

/** One line of the ledger. Lines are never changed. */
export interface LedgerEntry {
  sequence: number;
  at: string;
  operator: string;
  act: LedgerAct;
  /** The officer who got or gave back the recorder; `null` for a change of state. */
  officerNumber: string | null;
  officerName: string | null;
  numberOnRecorder: string | null;
  /** The new state; `null` for an issue or a return. */
  state: RecorderState | null;
  reason: string;
}

/** What a recorder says of itself and the register keeps each change of. */
export const recorderClaims = ['serialNumber', 'vendor', 'model', 'firmware', 'officerNumber'] as const;
export type RecorderClaim = (typeof recorderClaims)[number];

/** That a recorder said something else of itself than before; `before` is `null` where it is the first word. */
export interface RecorderChange {
  at: string;
  dockingId: string;
  slot: string;
  claim: RecorderClaim;
  before: string | null;
  after: string | null;
}

/** Battery and room of a recorder at one docking. */
export interface RecorderReading {
  at: string;
  dockingId: string;
  batteryPercent: number | null;
  capacityBytes: number | null;
  freeBytes: number | null;
}

/** One recorder in the register, as it stands now. */
export interface RegisteredRecorder extends RecorderSummary, RecorderStanding {
  /** `stated`: a person said so, and no docking has read it yet. */
  identitySource: RecorderIdentity['source'] | 'stated';
  firstSeenAt: string;
  lastSeenAt: string;
  dockings: number;
  clips: number;
  concerns: RecorderConcern[];
  /** The last reading that told anything. */
  reading: RecorderReading | null;
  /** The clock at the last docking. */
  clock: ClockStatement;
  clockVerdict: ClockVerdict;
  /** Where it stands docked now. */
  slot: string | null;
}

/** All that is kept of one recorder. Lists begin with the newest. */
export interface RecorderHistory {
  changes: RecorderChange[];
  readings: RecorderReading[];
  ledger: LedgerEntry[];
}
