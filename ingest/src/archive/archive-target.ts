import type { DeletionWarrant } from '../retention/deletion-warrant.ts';
import type { ArchiveDocument } from './archive-layout.ts';
import type { ProbeReport } from './probe-report.ts';

export const archiveKinds = ['directory', 's3', 'http'] as const;
export type ArchiveKind = (typeof archiveKinds)[number];

/** Hash and length of some bytes; the hash in lower-case hex. */
export interface ContentDigest {
  sha256: string;
  sizeBytes: number;
}

/** How long an archive must keep a clip. */
export interface ArchiveRetention {
  /** `ordinary`: the usual time; `long`: linked, marked, held or evidence. Some archives keep each class in a place of its own. */
  class: 'ordinary' | 'long';
  /** At least until then, RFC 3339; `null`: no day is fixed. */
  until: string | null;
  isOnHold: boolean;
}

/** The media of one clip on its way to an archive. */
export interface ArchiveDeposit {
  clipId: string;
  /** The plain original as it came off the recorder. */
  original: ContentDigest;
  /** What is sent, opened read-only: the original, or its encryption for this archive. */
  content: ContentDigest & { file: string; encryption: 'none' | 'age' };
  /** SHA-256 of the clip's sealed record, which lies there already: an archive that signs receipts itself names it. */
  recordSha256: string;
  retention: ArchiveRetention;
}

/** The line a deposit goes out by. */
export interface DepositLine {
  /** What the target needs to find its unfinished upload again, as kept before the last stop; `null`: none is under way. */
  readonly session: string | null;
  /** Makes the token of an upload durable before its first byte goes out, or forgets it. */
  keepSession(session: string | null): Promise<void>;
  /**
   * Awaited before each piece of at most some MiB goes out: waits for its turn on the line. Rejects with `YieldLine` where
   * the clip must give way to a more important one; the upload then stays as it is and is taken up later.
   */
  take(sizeBytes: number): Promise<void>;
  /** Tells how much of the content the target has. */
  progress(heldBytes: number): void;
}

/** Thrown by `DepositLine.take`: a more important clip goes first. Not a failure. */
export class YieldLine extends Error {
  override readonly name = 'YieldLine';
}

/** Where an archive keeps bytes. */
export interface ArchivedObject {
  /** Bucket, root or service, as the archive names it. */
  root: string;
  key: string;
  versionId: string | null;
  etag: string | null;
}

/**
 * How the stored bytes were proven, best first: `readback`, all were read again and hashed; `parts`, the archive named the
 * digest of every part as it stored it; `server-checksum`, it named one of the whole; `stat`, it named the length.
 */
export const verificationLevels = ['readback', 'parts', 'server-checksum', 'stat'] as const;
export type VerificationLevel = (typeof verificationLevels)[number];

/** What an archive is found to hold after a deposit: only what was asked of it afterwards, nothing that was merely sent. */
export interface Holding {
  object: ArchivedObject;
  /** Of the content as it lies there. */
  stored: ContentDigest;
  retain: { mode: 'COMPLIANCE' | 'DIRECTORY' | 'NONE'; until: string | null; isOnHold: boolean };
  /** `at` is the archive's own time, RFC 3339. */
  verified: { level: VerificationLevel; by: 'archive' | 'gateway'; at: string };
  /** A log of the archive the deposit stands in. */
  log: { origin: string; treeSize: number; leafIndex: number } | null;
}

/** A deposit done; `note` is the archive's own signed receipt where a service beside the store gives one. */
export interface Deposited {
  holding: Holding;
  note: string | null;
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

/**
 * A place clips are archived to. Every kind runs the same contract suite. Every method throws `ArchiveRefusal`, which says
 * what the archive answered and so what is to be done; anything else that is thrown is a fault of ours.
 */
export interface ArchiveTarget {
  /** Stable name; receipts carry it. */
  readonly name: string;
  readonly kind: ArchiveKind;
  /** The cheapest question that only an archive that works answers. */
  reach(signal: AbortSignal): Promise<void>;
  /** Keeps a small document durably and reads it back. Safe to repeat. Resolves with the SHA-256 of what was read back. */
  putDocument(document: ArchiveDocument, signal: AbortSignal): Promise<string>;
  /** A document as the archive gives it, or `null`. */
  readDocument(key: string, signal: AbortSignal): Promise<string | null>;
  /**
   * Stores the content, locks it where the target locks, and proves it. Safe to repeat: after a crash, a lost answer or a
   * yielded line it goes on with what the archive says it has, and ends in the same single object.
   */
  deposit(deposit: ArchiveDeposit, line: DepositLine, signal: AbortSignal): Promise<Deposited>;
  /** Tries on a canary what must not be possible; see `ProbeReport`. */
  probe(signal: AbortSignal): Promise<ProbeReport>;
  /**
   * Removes the bytes of a clip; its documents stay. `isNeeded` is asked while no deposit of the same content is under
   * way. Safe to repeat. Throws TypeError without a warrant.
   */
  remove(warrant: DeletionWarrant, isNeeded: () => Promise<boolean>): Promise<RemovalOutcome>;
  /** Gives up every upload of this dock that none of the sessions owns, and removes what interrupted ones left behind. */
  sweep(sessions: ReadonlySet<string>, signal: AbortSignal): Promise<void>;
  /** Closes connections. */
  close(): Promise<void>;
}
