import type { Recorder } from '@docket/device-protocol';
import type { ClockStatement } from '../time/clock-statement.ts';
import type { DockingIssue, RecorderSummary } from './docking-record.ts';

/** A recorder all of whose clips stand verified in the store, before any is released; nothing else is under way. */
export interface SafeRecorder {
  readonly recorder: Recorder;
  readonly summary: RecorderSummary;
  readonly clock: ClockStatement;
  readonly dockingId: string;
  readonly slot: string;
  /** Aborts when the recorder is detached or the gateway stops. */
  readonly signal: AbortSignal;
  /** Says that the recorder is being changed: from here until the care is over it may not be taken out. */
  onUpdating(): void;
}

/** What is done for a recorder itself while it is docked, beside its clips. */
export interface RecorderCare {
  /**
   * Resolves with what a person must see to, or `null`. Throws only where the recorder is lost, the index fails or the
   * signal aborts.
   */
  afterSafe(docked: SafeRecorder): Promise<DockingIssue | null>;
  /** A docking could not go on; `recorderId` is `null` where it did not come to know its recorder. */
  afterFailure(failed: { slot: string; recorderId: string | null; issue: DockingIssue }): Promise<void>;
}
