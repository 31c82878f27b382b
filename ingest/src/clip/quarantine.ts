import type { ListingConcern, RefusedReason } from '@docket/device-protocol';

/** Why a person must look at a clip. Set beside the state: quarantined footage is still kept and forwarded. */
export type QuarantineReason =
  | ListingConcern
  | RefusedReason
  | 'read-error'
  | 'changed-while-read'
  | 'lost-before-pull'
  | 'device-hash-differs'
  | 'store-mismatch';

export interface Quarantine {
  reason: QuarantineReason;
  /** What happened, for the log and the operator. */
  detail: string;
}
