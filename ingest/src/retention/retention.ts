/**
 * How long a clip is kept.
 *
 * undecided  quarantined, in the queue, or not mapped yet: kept until a person has decided
 * unlinked   a person said that it belongs to no case: kept for the set months, never under six
 * linked     kept as the case file, and at least as long as the link stands
 * permanent  marked, or its case or duty item says so: kept for good
 */
export const retentionClasses = ['undecided', 'unlinked', 'linked', 'permanent'] as const;
export type RetentionClass = (typeof retentionClasses)[number];

/** Why a clip is kept; `docs/retention.md` has the table. */
export const keepReasonCodes = [
  'not-sealed',
  'not-receipted',
  'quarantined',
  'not-mapped',
  'queued',
  'linked',
  'case-unknown',
  'case-open',
  'case-retention-unknown',
  'case-period-runs',
  'case-permanent',
  'duty-permanent',
  'duty-period-runs',
  'marked',
  'on-hold',
  'months-run',
  'lately-linked',
  'clock-unsure',
  'deletion-asked',
  'deleted',
] as const;
export type KeepReasonCode = (typeof keepReasonCodes)[number];

export interface KeepReason {
  code: KeepReasonCode;
  /** The case, hold or duty item it is about; `null`: the clip itself. */
  subject: string | null;
  /** When the reason ends by itself; `null`: it does not. RFC 3339. */
  until: string | null;
}

export interface Retention {
  class: RetentionClass;
  /** When the last reason ends by itself; `null` where one does not. */
  keepUntil: string | null;
  /** Those that stand now. None: nothing wants the clip kept any more. */
  reasons: KeepReason[];
}

/** 公安机关现场执法视音频记录工作规定 §13: at least six months. No setting goes below it, and the index holds it too. */
export const leastMonths = 6;

export interface RetentionPolicy {
  /** Months from sealing for which a clip of no case is kept. */
  unlinkedMonths: number;
}

export const usualRetention: RetentionPolicy = { unlinkedMonths: leastMonths };
