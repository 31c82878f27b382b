import type { ActivityKind, CaseStep } from '../cases/case-terms.ts';
import type { CoverageException } from './exception-record.ts';
import type { CoverageState, Judgement } from './judgement.ts';

/** Activities summed up: those of a step, or of a case. */
export interface CoverageRollUp {
  /** The worst of them by `statesWorstFirst`; `null`: none has been judged. */
  state: CoverageState | null;
  activities: number;
  /** Received, and not judged yet. */
  unjudged: number;
  counts: Record<CoverageState, number>;
  /** Not answered although the time to hand footage in has passed, and not explained by approved reasons. */
  overdue: number;
  explained: number;
  /** Sums of whole-process duties: how long they are, surely covered, surely not. */
  wholeProcessMs: number;
  coveredMs: number;
  gapMs: number;
  personConcerns: number;
  /** Activities for which a person should say whether they are recorded whole (必要时). */
  wholeProcessProposed: number;
}

/** One lane: the activity as told, how it was judged, and what people signed for. */
export interface ActivityCoverage {
  activityId: string;
  kind: ActivityKind;
  step: CaseStep;
  place: string | null;
  officerIds: string[];
  isRandomInspection: boolean;
  startedAt: string | null;
  endedAt: string | null;
  timeDoubtMs: number;
  judgedAt: string | null;
  /** `null`: not judged yet. */
  judgement: Judgement | null;
  exceptions: CoverageException[];
}

export interface CaseCoverage {
  caseId: string;
  rollUp: CoverageRollUp;
  /** In the order of `caseSteps`; steps without activities are left out. */
  steps: { step: CaseStep; rollUp: CoverageRollUp; activities: ActivityCoverage[] }[];
  /** Clips linked to the case and to none of its activities. */
  looseClipIds: string[];
}

/** One word on an activity; `judgement` is `null` where the activity was withdrawn. */
export interface JudgementEntry {
  sequence: number;
  at: string;
  judgement: Judgement | null;
}

/** A line of the list of activities by state. */
export interface CoverageLine {
  activityId: string;
  caseId: string;
  /** These three are `null` where no system has told of the case yet. */
  caseNumber: string | null;
  caseName: string | null;
  unitId: string | null;
  kind: ActivityKind;
  step: CaseStep;
  state: CoverageState;
  startedAt: string | null;
  endedAt: string | null;
  coveredMs: number | null;
  gapMs: number | null;
  isDue: boolean;
  isExplained: boolean;
  uploadDueAt: string | null;
  judgedAt: string;
}
