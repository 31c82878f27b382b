import type {
  ArchiveDeposit,
  ArchiveKind,
  Deposited,
  Holding,
  VerificationLevel,
} from '../archive-target.ts';
import type { ReceiptGrade } from './receipt-terms.ts';
import type { WormWord } from './receipt-text.ts';

/** The archive's signed word that it holds exactly these bytes. */
export interface Receipt {
  target: string;
  clipId: string;
  grade: ReceiptGrade;
  /** Where the archive keeps the bytes: `<kind>:<root>/<key>`. */
  object: string;
  /** Hash and length of the plain original. */
  sha256: string;
  sizeBytes: number;
  /** SHA-256 of the clip's sealed record as stored. */
  recordSha256: string;
  verified: VerificationLevel;
  worm: WormWord['state'];
  retain: Holding['retain'];
  /** When the bytes were proven, in the archive's own time. */
  storedAt: string;
  /** Name and hash of the key that signed: `name+hash`. */
  issuedBy: string;
  /** The signed note. */
  body: string;
}

/** All that a receipt rests on. */
export interface ReceiptGround {
  /** Name of the target. */
  target: string;
  kind: ArchiveKind;
  deposit: ArchiveDeposit;
  deposited: Deposited;
  recordSha256: string;
}
