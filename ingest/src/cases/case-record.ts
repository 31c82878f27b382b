import type {
  ActivityKind,
  CaseCategory,
  CaseStep,
  CertificateIssuer,
  RiskTrigger,
  Secrecy,
} from './case-terms.ts';

/**
 * What case systems tell. Every id is `<sender>/<the sender's own id>`, so that two systems never collide and what comes
 * again is known again. Ids may name what has not come yet. Instants are RFC 3339 UTC with milliseconds, days `yyyy-mm-dd`.
 */
export interface UnitFacts {
  unitId: string;
  name: string;
  code: string | null;
  /** The department whose duty list judges what this unit does. */
  departmentId: string;
  parentUnitId: string | null;
}

/** A line of 《行政执法人员清单》. */
export interface OfficerFacts {
  officerId: string;
  name: string;
  unitId: string;
  post: string | null;
  certificateNumber: string | null;
  /** Short number by which recorders and the ledger name this officer, e.g. a police or staff number. */
  officerNumber: string | null;
  categories: CaseCategory[];
  /** 执法区域 */
  area: string | null;
  /** First and last day of the certificate. */
  validFrom: string | null;
  validUntil: string | null;
  issuer: CertificateIssuer | null;
}

export interface CaseDecision {
  number: string | null;
  /** Day of the decision; the publishing time runs from it. */
  decidedOn: string;
  /** 重大执法决定: must have passed legal review. `null`: the sender did not say. */
  isMajor: boolean | null;
  /** What may be shown to everybody, in the sender's words. */
  result: string | null;
  /** Day on which the decision was revoked, changed or found unlawful. */
  revokedOn: string | null;
}

export interface CaseFacts {
  caseId: string;
  /** 案号 or 文书号, in its normal form. */
  number: string | null;
  name: string;
  departmentId: string;
  unitId: string;
  category: CaseCategory;
  /** 执法事项 */
  matter: string | null;
  /** 双随机、一公开 */
  isRandomInspection: boolean;
  riskTriggers: RiskTrigger[];
  secrecy: Secrecy;
  openedOn: string;
  closedOn: string | null;
  /** How long the case file is kept: for good, or an ISO 8601 duration from its closing; `null`: not known yet. */
  retention: 'permanent' | { duration: string } | null;
  /** Day on which the case file went to the archives. */
  filedOn: string | null;
  decision: CaseDecision | null;
}

export interface ActivityFacts {
  activityId: string;
  caseId: string;
  kind: ActivityKind;
  step: CaseStep;
  place: string | null;
  /** 执法区域 in which it took place, to hold the officers' certificates against. */
  area: string | null;
  officerIds: string[];
  /** 启动与结束: what the duty runs from and to. `null`: not known, and only presence can be told. */
  startedAt: string | null;
  endedAt: string | null;
  /** By how much those two instants may be wrong, either way. */
  timeDoubtMs: number;
  isRandomInspection: boolean;
  riskTriggers: RiskTrigger[];
  /** Recorded whole by order of somebody, whatever the list says. */
  isWholeProcess: boolean;
}

/** One record as received, typed. `isWithdrawn`: the sender takes it back; it stays in the history. */
export type CaseFactsRecord =
  | { kind: 'unit'; facts: UnitFacts; isWithdrawn: boolean }
  | { kind: 'officer'; facts: OfficerFacts; isWithdrawn: boolean }
  | { kind: 'case'; facts: CaseFacts; isWithdrawn: boolean }
  | { kind: 'activity'; facts: ActivityFacts; isWithdrawn: boolean };

/** What facts are told of, in the order in which one refers to the other. */
export const factsKinds = ['unit', 'officer', 'case', 'activity'] as const;
export type FactsKind = (typeof factsKinds)[number];

/** The sender takes back what it told, without telling it again. */
export interface Withdrawal {
  kind: FactsKind;
  entityId: string;
  facts: null;
  isWithdrawn: true;
}
