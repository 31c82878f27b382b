import type { ActivityKind, CaseStep } from '../cases/case-terms.ts';
import type { DutyLevel, DutyReference, MediaKind } from '../duties/duty-list.ts';

/**
 * How far footage answers a duty (standards: see `docs/coverage.md`).
 *
 * met           recorded as the duty wants
 * late          met, but only with footage sealed after the time to hand it in
 * partial       recorded in part, and surely not as the duty wants; the gaps are listed
 * missing       nothing recorded of it is here
 * exempt        somebody with the right to do so approved that it is not recorded
 * unverifiable  the times do not prove or disprove that the duty is answered, or nobody can say what the duty is
 * not-required  the list does not ask that such an activity be recorded; counts neither for nor against
 */
export const coverageStates = [
  'met',
  'late',
  'partial',
  'missing',
  'exempt',
  'unverifiable',
  'not-required',
] as const;
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
export const exemptionCodes = ['state-secret', 'trade-secret', 'privacy', 'emergency', 'impossible'] as const;
export type ExemptionCode = (typeof exemptionCodes)[number];

/** What people may sign for: 中断原因、免予记录、逾期入站、设备损坏、设备遗失、场所不能记录. */
export const exceptionKinds = [
  'gap-reason',
  'exemption',
  'late-dock',
  'recorder-broken',
  'recorder-lost',
  'place-unrecordable',
] as const;
export type ExceptionKind = (typeof exceptionKinds)[number];

/** What keeps footage from proving anything. */
export const unprovenReasons = [
  'times-unproven',
  'host-unsynchronised',
  'clock-step-suspected',
  'sources-conflict',
  'hash-differs',
  'overlap-within-doubt',
  'gap-within-doubt',
  'activity-without-times',
  'no-duty-list',
  'list-is-silent',
] as const;
export type UnprovenReason = (typeof unprovenReasons)[number];

/**
 * What is taken for true without proof. `delay-assumed`: how long live footage was on its way is what the settings say; it
 * could be up to ten minutes.
 */
export const judgementGrounds = ['delay-assumed'] as const;
export type JudgementGround = (typeof judgementGrounds)[number];

/** A stretch of a duty that no footage surely covers. Instants RFC 3339 UTC. */
export interface CoverageGap {
  /** Where it begins and ends, each ± its doubt. */
  from: string;
  fromDoubtMs: number;
  to: string;
  toDoubtMs: number;
  /**
   * `sure`: from `from + fromDoubtMs` to `to - toDoubtMs` nothing can have been recorded, and that is longer than is
   * allowed; `doubtful`: the times do not tell.
   */
  kind: 'sure' | 'doubtful';
  /** Set where an approved reason names this stretch. */
  explanation: { exceptionId: string; reasonCode: GapReasonCode; approvedBy: string } | null;
}

/** A clip's part in a judgement. */
export interface CoveringClip {
  clipId: string;
  recorderId: string;
  /** Who wore the recorder, as far as it is known. */
  officerId: string | null;
  mediaKind: MediaKind;
  /** What surely and what possibly was recorded, Unix milliseconds; `null` where it is not known. */
  sure: { fromMs: number; toMs: number } | null;
  possible: { fromMs: number | null; toMs: number | null };
  /** Best guess where nothing is proven, with its doubt where that is known. */
  guess: { fromMs: number | null; toMs: number | null; doubtMs: number | null };
  /** Clips of one run follow each other without a gap by their recorder's own clock; counted from 0. */
  run: number | null;
  sealedAt: string;
  isLate: boolean;
  /** Why it does not count, or not fully. */
  shortcoming: 'kind-not-allowed' | UnprovenReason | null;
}

export const personConcernCodes = [
  'officer-unknown',
  'certificate-missing',
  'certificate-expired',
  'certificate-not-yet-valid',
  'issuer-not-accepted',
  'category-not-certified',
  'area-not-certified',
  'fewer-than-two-officers',
  'officers-not-named',
  'recorded-by-another',
] as const;
export type PersonConcernCode = (typeof personConcernCodes)[number];

/** A warning for whoever reviews the case; never a reason to refuse footage (行政处罚法 §42, §55). */
export interface PersonConcern {
  code: PersonConcernCode;
  officerId: string | null;
}

/** What somebody signed for and somebody else approved, where it bears on the activity. */
export interface ApprovedException {
  exceptionId: string;
  kind: ExceptionKind;
  reasonCode: GapReasonCode | ExemptionCode | null;
  approvedBy: string;
  approvedAt: string;
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
  /** Duty interval, Unix milliseconds, each end ± `timeDoubtMs`. */
  startedMs: number | null;
  endedMs: number | null;
  timeDoubtMs: number;
  clips: CoveringClip[];
  /** Where the whole process must be recorded: what is not. */
  gaps: CoverageGap[];
  /** All that is held against it stands explained by approved reasons. */
  isExplained: boolean;
  /** Surely covered, milliseconds of the duty interval; `null` where it has no times. */
  coveredMs: number | null;
  /** Surely not covered; `null` where it has no times or the whole need not be recorded. */
  gapMs: number | null;
  unproven: UnprovenReason[];
  /** Without these, state or gaps would be others. */
  restsOn: JudgementGround[];
  exemption: { exceptionId: string; code: ExemptionCode; approvedBy: string; approvedAt: string } | null;
  /** Everything approved that bears on it, the exemption too. */
  exceptions: ApprovedException[];
  /** When footage has to be handed in; while it has not passed, `missing` means "not yet docked". */
  uploadDueAt: string | null;
  isDue: boolean;
  people: PersonConcern[];
}

/** As the index keeps it. One of an older Docket says nothing of what it rests on. */
export function readJudgement(kept: unknown): Judgement {
  return { restsOn: [], ...(JSON.parse(String(kept)) as Omit<Judgement, 'restsOn'>) };
}
