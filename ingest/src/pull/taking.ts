import type { Recorder } from '@docket/device-protocol';
import type { RegisteredClip } from '../clip/clip-index.ts';
import type { CustodyLog } from '../custody/custody-log.ts';
import type { IndexDatabase } from '../index-store/index-database.ts';
import type { RoomKeeper } from '../store/room.ts';
import type { RecorderClaims } from '../store/sealed-record.ts';
import type { StoreLayout } from '../store/store-layout.ts';
import type { ClipTimes, DockedHistory } from '../time/clip-times.ts';
import type { ClockStatement } from '../time/clock-statement.ts';
import type { ClipLocks } from './clip-locks.ts';
import type { HashPool } from './hash-pool.ts';

export interface StoreServices {
  database: IndexDatabase;
  custody: CustodyLog;
  layout: StoreLayout;
  pool: HashPool;
  room: RoomKeeper;
  locks: ClipLocks;
  clipTimes: ClipTimes;
  dockName: string;
  stallTimeoutMs: number;
  /** Whether a recorder that can hash is asked for its own hash of each clip. */
  compareDeviceHash: boolean;
}

/** The docking on whose behalf clips are taken. */
export interface TakingContext {
  recorder: Recorder;
  claims: RecorderClaims;
  dockingId: string;
  slot: string;
  clock: ClockStatement;
  /** What is known of the recorder's clock. */
  clockHistory: DockedHistory;
  signal: AbortSignal;
  onProgress(bytes: number): void;
  onPhase(phase: 'copying' | 'verifying', clip: RegisteredClip): void;
  /** The clip was taken, and a person must look at it. */
  onQuarantined(clip: RegisteredClip): void;
}
