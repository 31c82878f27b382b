import type { CaseFacts } from '@docket/ingest';

/** A case as a case system tells it; a test changes what it is about. */
export const exampleCase: CaseFacts = {
  caseId: 'oa/2026-1',
  number: '示检〔2026〕1号',
  name: '示例检查',
  departmentId: 'oa/department',
  unitId: 'oa/unit',
  category: 'inspection',
  matter: null,
  isRandomInspection: false,
  riskTriggers: [],
  secrecy: 'none',
  openedOn: '2026-08-04',
  closedOn: null,
  retention: null,
  filedOn: null,
  decision: null,
};
