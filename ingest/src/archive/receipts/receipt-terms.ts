/** How many of the configured archives must have signed. */
export type ReceiptQuorum = 'all' | 'any' | number;

/**
 * How good a receipt is, best first: `archive-signed`, a service beside the archive read the bytes and signed with a key
 * that is pinned here; `gateway-verified`, the gateway read them back and signed with the dock's key.
 */
export const receiptGrades = ['archive-signed', 'gateway-verified'] as const;
export type ReceiptGrade = (typeof receiptGrades)[number];

/** What is asked of receipts before anything is freed. */
export interface ReceiptTerms {
  quorum: ReceiptQuorum;
  leastGrade: ReceiptGrade;
  /** Whether the dock signs by SM2 too, as a second line. */
  isSm2On: boolean;
}

export const usualReceiptTerms: ReceiptTerms = {
  quorum: 'all',
  leastGrade: 'gateway-verified',
  isSm2On: false,
};

/** Whether so many of the configured archives are enough. Without any archive nothing ever is. */
export function isQuorum(signed: number, configured: number, quorum: ReceiptQuorum): boolean {
  if (configured === 0) return false;
  const wanted = quorum === 'all' ? configured : quorum === 'any' ? 1 : quorum;
  return signed >= Math.max(1, wanted);
}
