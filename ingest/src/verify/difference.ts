/** One way in which store, sealed records, index and custody log do not agree. */
export interface Difference {
  code: DifferenceCode;
  /** The clip, file or entry it is about. */
  subject: string;
  /** What was expected and what is there. */
  detail: string;
}

export type DifferenceCode =
  | 'media-missing'
  | 'media-differs'
  | 'media-not-deleted'
  | 'leaving-not-logged'
  | 'media-not-left'
  | 'deletion-not-logged'
  | 'certificate-differs'
  | 'record-missing'
  | 'record-differs'
  | 'record-unreadable'
  | 'index-differs'
  | 'not-in-index'
  | 'unexpected-file'
  | 'custody-gap'
  | 'custody-entry-differs'
  | 'custody-root-differs'
  | 'custody-seal-differs'
  | 'receipt-not-trusted'
  | 'receipt-differs'
  | 'custody-head-differs'
  | 'live-chain-broken';
