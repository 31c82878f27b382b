import type { ClipKind, DeviceTime, ListedClip } from '@docket/device-protocol';
import type { VerificationLevel } from '../archive/archive-target.ts';
import type { ReceiptGrade } from '../archive/receipts/receipt-terms.ts';
import type { ClipTime } from '../time/clip-time.ts';
import type { ClockStatement } from '../time/clock-statement.ts';
import type { ClipState } from './clip-states.ts';
import type { Quarantine } from './quarantine.ts';

/** What a media prober says of a stored file. A hint, never evidence. */
export interface MediaFacts {
  container: string | null;
  durationMs: number | null;
  width: number | null;
  height: number | null;
  videoCodec: string | null;
  audioCodec: string | null;
  /** When the container says it was made, as found: many recorders write their local time, or nothing. */
  createdAt: string | null;
  /** When a photo says it was taken (EXIF), as the recorder's wall clock, with its zone where it names one. */
  takenAt: string | null;
}

/** One receipt, as far as lists need it. */
export interface ReceiptSummary {
  target: string;
  object: string;
  sha256: string;
  sizeBytes: number;
  storedAt: string;
  /** Name and hash of the key that signed it. */
  issuedBy: string;
  /** `unsigned`: from before receipts were signed; it never counts for release. */
  grade: ReceiptGrade | 'unsigned';
  verified: VerificationLevel | null;
  worm: 'proven' | 'declared' | 'none' | null;
  retainUntil: string | null;
}

/** A clip as the index knows it. */
export interface ClipRecord {
  clipId: string;
  name: string;
  nameEncoding: ListedClip['nameEncoding'];
  path: string;
  pathBytes: Buffer;
  kind: ClipKind;
  sizeBytes: number;
  state: ClipState;
  marked: boolean;
  markedSource: ListedClip['markedSource'];
  quarantine: Quarantine | null;
  recorderId: string;
  recorderSerialNumber: string | null;
  officerNumber: string | null;
  /** The docking in which the clip was first seen; `null` for one that was recorded from a live stream. */
  dockingId: string | null;
  /** The live session it was recorded from; `null` for one that was taken from a docked recorder. */
  liveSessionId: string | null;
  /** The docking in which its bytes were taken. */
  pulledIn: string | null;
  slot: string | null;
  startedAt: DeviceTime | null;
  modifiedAt: DeviceTime | null;
  clock: ClockStatement;
  /** When it was recorded, as it is now understood; `null` before it is sealed. */
  time: ClipTime | null;
  collectedAt: string;
  sha256: string | null;
  blake3: string | null;
  sampleBlake3: string | null;
  readBack: 'media' | 'cache' | null;
  /** Folder of the clip below the store, once sealed. */
  storePath: string | null;
  recordSha256: string | null;
  media: MediaFacts | null;
  hasThumbnail: boolean;
  receipts: ReceiptSummary[];
  releasedAt: string | null;
  /** When the store's own copy of the media left, after receipts and keep time; `null`: it stands in the store, if it ever did. */
  localRemovedAt: string | null;
}
