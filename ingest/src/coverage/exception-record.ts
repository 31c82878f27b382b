import type { ExceptionKind, ExemptionCode, GapReasonCode } from './judgement.ts';

export const exceptionVerdicts = ['approved', 'refused', 'withdrawn'] as const;
export type ExceptionVerdict = (typeof exceptionVerdicts)[number];

export interface ExceptionDecision {
  verdict: ExceptionVerdict;
  at: string;
  by: string;
  reason: string;
}

/** What somebody asks to be excused, with the paper it rests on. */
export interface ExceptionClaim {
  kind: ExceptionKind;
  /** Exactly one of the two: one activity, or all activities of a case. */
  activityId: string | null;
  caseId: string | null;
  /** The recorder that was lost, broke, or came late. */
  recorderId: string | null;
  /** The stretch of a gap; `null`: the whole activity. RFC 3339 UTC. */
  from: string | null;
  to: string | null;
  /** A gap reason for `gap-reason`, an exemption code for `exemption`, else `null`. */
  reasonCode: GapReasonCode | ExemptionCode | null;
  reason: string;
  /** Number or place of the signed paper. */
  paperRecord: string | null;
}

export interface CoverageException extends ExceptionClaim {
  exceptionId: string;
  requestedAt: string;
  requestedBy: string;
  /** How it stands: `requested` until somebody else decides. */
  standing: 'requested' | ExceptionVerdict;
  /** Oldest first; an approval may be withdrawn later. */
  decisions: ExceptionDecision[];
}
