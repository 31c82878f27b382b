import type { categoryWordsZhCN, stepWordsZhCN } from './case-terms-zh-cn.ts';

/** 执法类别 and 执法环节 in English. */
export const categoryWordsEn: typeof categoryWordsZhCN = {
  license: 'Licence',
  penalty: 'Penalty',
  coercion: 'Coercion',
  inspection: 'Inspection',
  levy: 'Levy',
  requisition: 'Requisition',
  fee: 'Fee',
  'other-power': 'Other power',
};

export const stepWordsEn: typeof stepWordsZhCN = {
  acceptance: 'Acceptance',
  filing: 'Filing',
  investigation: 'Investigation',
  evidence: 'Evidence',
  review: 'Review',
  decision: 'Decision',
  service: 'Service',
  execution: 'Execution',
  archiving: 'Archiving',
};
