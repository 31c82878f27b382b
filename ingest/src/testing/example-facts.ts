import type {
  ActivityFacts,
  CaseFacts,
  CaseFactsRecord,
  OfficerFacts,
  UnitFacts,
} from '../cases/case-record.ts';

/** Facts of one example case and all it rests on, for tests to change what they are about. */
export const exampleUnit: UnitFacts = {
  unitId: 'oa/unit-1',
  name: '示例支队',
  code: null,
  departmentId: 'example-bureau',
  parentUnitId: null,
};

export const exampleOfficer: OfficerFacts = {
  officerId: 'oa/officer-1',
  name: '张三',
  unitId: 'oa/unit-1',
  post: null,
  certificateNumber: 'DEMO-001',
  officerNumber: '000101',
  categories: ['penalty'],
  area: null,
  validFrom: null,
  validUntil: null,
  issuer: 'provincial',
};

export const exampleCase: CaseFacts = {
  caseId: 'oa/case-1',
  number: '示发改罚〔2026〕1号',
  name: '示例一案',
  departmentId: 'example-bureau',
  unitId: 'oa/unit-1',
  category: 'penalty',
  matter: null,
  isRandomInspection: false,
  riskTriggers: [],
  secrecy: 'none',
  openedOn: '2026-03-01',
  closedOn: null,
  retention: { duration: 'P10Y' },
  filedOn: null,
  decision: null,
};

export const exampleActivity: ActivityFacts = {
  activityId: 'oa/activity-1',
  caseId: 'oa/case-1',
  kind: 'on-site-inspection',
  step: 'investigation',
  place: null,
  area: null,
  officerIds: ['oa/officer-1'],
  startedAt: '2026-03-02T01:00:00.000Z',
  endedAt: '2026-03-02T02:00:00.000Z',
  timeDoubtMs: 0,
  isRandomInspection: false,
  riskTriggers: [],
  isWholeProcess: false,
};

export const unitRecord = (facts: Partial<UnitFacts> = {}): CaseFactsRecord => ({
  kind: 'unit',
  facts: { ...exampleUnit, ...facts },
  isWithdrawn: false,
});
export const officerRecord = (facts: Partial<OfficerFacts> = {}): CaseFactsRecord => ({
  kind: 'officer',
  facts: { ...exampleOfficer, ...facts },
  isWithdrawn: false,
});
export const caseRecord = (facts: Partial<CaseFacts> = {}): CaseFactsRecord => ({
  kind: 'case',
  facts: { ...exampleCase, ...facts },
  isWithdrawn: false,
});
export const activityRecord = (facts: Partial<ActivityFacts> = {}): CaseFactsRecord => ({
  kind: 'activity',
  facts: { ...exampleActivity, ...facts },
  isWithdrawn: false,
});
