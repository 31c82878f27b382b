import type { DeletionWarrant } from '../retention/deletion-warrant.ts';

/** One clip on its way to an archive. */
export interface ArchiveDeposit {
  clipId: string;
  /** The stored media, opened read-only. */
  mediaFile: string;
  sizeBytes: number;
  /** Lower-case hex, taken from the recorder's bytes. */
  sha256: string;
  /** The clip's sealed record, kept beside the bytes. */
  record: string;
}

/** The archive's word that it holds exactly these bytes. */
export interface Receipt {
  target: string;
  clipId: string;
  /** Where the archive keeps the bytes. */
  object: string;
  /** Hash and length of what lies on the archive's disk, by the archive's own reading. */
  sha256: string;
  sizeBytes: number;
  /** SHA-256 of the clip's record as stored. */
  recordSha256: string;
  storedAt: string;
  issuedBy: string;
  /** The receipt as issued, canonical JSON. */
  body: string;
}

/**
 * What became of an archived copy: `removed`, it is not there any more; `needed-by-another-clip`, the same content belongs
 * to a clip that stays; `shared-with-other-docks`, other docks keep content here too and cannot be asked; `not-allowed`,
 * the target lets nobody delete (WORM), or not before a day of its own.
 */
export const removalOutcomes = [
  'removed',
  'needed-by-another-clip',
  'shared-with-other-docks',
  'not-allowed',
] as const;
export type RemovalOutcome = (typeof removalOutcomes)[number];

/** A place clips are archived to. Every kind runs the same contract suite. */
export interface ArchiveTarget {
  /** Stable name; receipts carry it. */
  readonly name: string;
  readonly kind: string;
  /**
   * Stores the clip and its record and resolves with the receipt for them. Safe to repeat: after a crash or a lost
   * answer the same deposit ends in the same single object. Throws IngestError ARCHIVE_FAILED (try again) and
   * ARCHIVE_MISMATCH (the archive read back other bytes than were sent; nothing was kept under the clip's name).
   */
  deposit(deposit: ArchiveDeposit, signal: AbortSignal): Promise<Receipt>;
  /** The receipt issued for a clip earlier, or `null`. */
  receiptOf(clipId: string, sha256: string): Promise<Receipt | null>;
  /**
   * Removes the bytes of a clip; its record and its receipt stay. `isNeeded` is asked while no deposit of the same
   * content is under way. Safe to repeat. Throws IngestError ARCHIVE_FAILED (try again), and TypeError without a warrant.
   */
  remove(warrant: DeletionWarrant, isNeeded: () => Promise<boolean>): Promise<RemovalOutcome>;
  /** Removes what interrupted deposits left behind. */
  sweep(): Promise<void>;
}
