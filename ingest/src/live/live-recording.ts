import type {
  AccessUnit,
  Arrival,
  LiveDescription,
  LiveTrack,
  LiveWay,
  SenderReport,
} from '@docket/device-protocol/live';
import type { LiveReason } from './live-reason.ts';

/** Why a session has no footage for a while, or its media time took a turn. */
export type LiveGapCause =
  | 'stream-lost'
  | 'recorder-restarted'
  | 'packets-lost'
  | 'timestamp-reset'
  | 'clock-jump'
  | 'format-changed'
  | 'store-failed'
  | 'gateway-stopped';

/** Why a session ended. */
export type LiveEndCause =
  | 'operation-closed'
  | 'sender-ended'
  | 'not-resumed'
  | 'gateway-stopped'
  | 'source-removed';

/** The recording of one session: everything a recorder sends is written, whatever becomes of it. */
export interface LiveRecording {
  readonly sessionId: string;
  readonly recorderId: string;
  /** Never throws and never blocks: what the store cannot take in time is dropped and listed as a gap. */
  take(unit: AccessUnit): void;
  senderReport(track: LiveTrack, report: SenderReport, arrival: Arrival): void;
  /** The stream is gone for now: closes the segment and opens a gap that ends with the next unit. */
  interrupt(cause: LiveGapCause, reason: LiveReason): void;
  /** The stream is back, perhaps with other tracks. */
  resume(description: LiveDescription): void;
  /** The stream is not what its description said: it goes on as this one tells, which is told. */
  correct(description: LiveDescription): void;
  /** Begins a new segment at the next key frame, or with the next unit where none comes soon: what belongs together stands together. */
  cut(): void;
  /** Closes the segment and the session. Resolves once it is sealed. */
  end(cause: LiveEndCause): Promise<void>;
  /** When the last part was made durable, in Unix milliseconds; what the supervisor compares with what should be. */
  readonly lastPartMs: number | null;
  /** Null while all is well. */
  readonly failure: Error | null;
}

/** Opens recordings. */
export interface LiveRecorder {
  /** Begins a session of a registered recorder. Throws IngestError RECORDER_UNKNOWN. */
  begin(start: { recorderId: string; way: LiveWay; description: LiveDescription }): Promise<LiveRecording>;
}
