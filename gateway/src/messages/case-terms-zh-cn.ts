/** 执法类别、执法环节, said one way wherever the gateway prints them. */
export const categoryWordsZhCN = {
  license: '行政许可',
  penalty: '行政处罚',
  coercion: '行政强制',
  inspection: '行政检查',
  levy: '行政征收',
  requisition: '行政征用',
  fee: '行政收费',
  'other-power': '其他权力',
};

export const stepWordsZhCN = {
  acceptance: '受理',
  filing: '立案',
  investigation: '调查',
  evidence: '取证',
  review: '审查',
  decision: '决定',
  service: '送达',
  execution: '执行',
  archiving: '归档',
};
