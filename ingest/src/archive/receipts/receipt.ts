import { canonicalJson } from '../../custody/canonical-json.ts';
import type { ArchiveDeposit, Deposited } from '../archive-target.ts';

/** The archive's word that it holds exactly these bytes. */
export interface Receipt {
  target: string;
  clipId: string;
  /** Where the archive keeps the bytes: `<kind>:<root>/<key>`. */
  object: string;
  /** Hash and length of the plain original. */
  sha256: string;
  sizeBytes: number;
  /** SHA-256 of the clip's index record as stored. */
  recordSha256: string;
  storedAt: string;
  issuedBy: string;
  /** The receipt as issued. */
  body: string;
}

export interface ReceiptGround {
  target: string;
  kind: string;
  deposit: ArchiveDeposit;
  deposited: Deposited;
  recordSha256: string;
}

/** Makes the receipt for a deposit. */
export function issueReceipt(ground: ReceiptGround, issuer: string): Receipt {
  const { target, kind, deposit, deposited } = ground;
  const { object, verified } = deposited.holding;
  const facts = {
    target,
    clipId: deposit.clipId,
    object: `${kind}:${object.root}/${object.key}`,
    ...deposit.original,
    recordSha256: ground.recordSha256,
    storedAt: verified.at,
    issuedBy: issuer,
  };
  return { ...facts, body: canonicalJson({ v: 1, ...facts }) };
}
