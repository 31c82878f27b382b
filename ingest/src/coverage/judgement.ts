import type { ActivityKind, CaseStep } from '../cases/case-terms.ts';
import type { DutyLevel, DutyReference } from '../duties/duty-list.ts';

/**
 * How far footage answers a duty (standards: see `docs/coverage.md`).
 *
 * met           recorded as the duty wants
 * late          met, but sealed after the time to hand it in
 * partial       recorded in part; the gaps are listed
 * missing       nothing recorded of it is here
 * exempt        somebody with the right to do so approved that it is not recorded
 * unverifiable  footage is here, but its times do not prove or disprove that it answers the duty
 */
export const coverageStates = ['met', 'late', 'partial', 'missing', 'exempt', 'unverifiable'] as const;
export type CoverageState = (typeof coverageStates)[number];

/** Why a recording was interrupted: 设备故障、天气、电量、存储、地点变化、其他. */
export const gapReasonCodes = [
  'device-fault',
  'weather',
  'battery',
  'storage',
  'place-change',
  'other',
] as const;
export type GapReasonCode = (typeof gapReasonCodes)[number];

/** Why an activity need not be recorded: 国家秘密、商业秘密、隐私、紧急情况、客观不能. */
export const exemptionCodes = [
  'state-secret',
  'trade-secret',
  'privacy',
  'emergency',
  'impossible',
] as const;
export type ExemptionCode = (typeof exemptionCodes)[number];

/** What keeps footage from proving anything. */
export type UnprovenReason =
  | 'times-unproven'
  | 'host-unsynchronised'
  | 'clock-step-suspected'
  | 'sources-conflict'
  | 'hash-differs'
  | 'overlap-within-doubt'
  | 'gap-within-doubt'
  | 'activity-without-times'
  | 'no-duty-list'
  | 'list-is-silent';

/** A stretch of a duty that no footage surely covers. Instants RFC 3339 UTC. */
export interface CoverageGap {
  /** Where it begins and ends, each ± its doubt. */
  from: string;
  fromDoubtMs: number;
  to: string;
  toDoubtMs: number;
  /** `sure`: nothing can have been recorded for longer than is allowed; `doubtful`: the times do not tell. */
  kind: 'sure' | 'doubtful';
  /** Set where an approved reason names this stretch. */
  explanation: { exceptionId: string; reasonCode: GapReasonCode; approvedBy: string } | null;
}

/** A clip's part in a judgement. */
export interface CoveringClip {
  clipId: string;
  recorderId: string;
  /** What surely and what possibly was recorded, Unix milliseconds; `null` where it is not known. */
  sure: { fromMs: number; toMs: number } | null;
  possible: { fromMs: number | null; toMs: number | null };
  isLate: boolean;
}

export type PersonConcernCode =
  | 'officer-unknown'
  | 'certificate-missing'
  | 'certificate-expired'
  | 'certificate-not-yet-valid'
  | 'issuer-not-accepted'
  | 'category-not-certified'
  | 'area-not-certified'
  | 'fewer-than-two-officers'
  | 'officers-not-named'
  | 'recorded-by-another';

/** A warning for whoever reviews the case; never a reason to refuse footage (行政处罚法 §42, §55). */
export interface PersonConcern {
  code: PersonConcernCode;
  officerId: string | null;
}

/** What is held against one activity, and what came of it. */
export interface Judgement {
  activityId: string;
  caseId: string;
  kind: ActivityKind;
  step: CaseStep;
  state: CoverageState;
  /** The version that judged; `null`: the department has none. */
  duty: DutyReference | null;
  level: DutyLevel | null;
  /** Why it must be recorded whole, where a trigger or an order raised the duty. */
  raisedBy: ('risk-trigger' | 'order')[];
  /** True where the list wants a person to say whether the whole process is recorded (必要时). */
  isWholeProcessProposed: boolean;
  /** Duty interval, Unix milliseconds. */
  startedMs: number | null;
  endedMs: number | null;
  clips: CoveringClip[];
  gaps: CoverageGap[];
  /** All gaps stand explained by approved reasons. */
  isExplained: boolean;
  /** Surely covered and surely not covered, milliseconds of the duty interval; `null` where it has no times. */
  coveredMs: number | null;
  gapMs: number | null;
  unproven: UnprovenReason[];
  exemption: { exceptionId: string; code: ExemptionCode; approvedBy: string; approvedAt: string } | null;
  /** When footage has to be handed in; while it has not passed, `missing` means "not yet docked". */
  uploadDueAt: string | null;
  isDue: boolean;
  people: PersonConcern[];
}
