import type {
  ActivityKind,
  CaseCategory,
  CaseStep,
  CertificateIssuer,
  FactsKind,
  RiskTrigger,
  Secrecy,
} from '@docket/ingest';

/** The field's own words for each of our terms. The term itself is always understood, with `_` for `-` too. */
export type Aliases<Term extends string> = Record<Term, readonly string[]>;

export const kindAliases: Aliases<FactsKind> = {
  unit: ['单位', '机构', '执法单位'],
  officer: ['执法人员', '人员'],
  case: ['案件'],
  activity: ['执法活动', '活动'],
};

export const categoryAliases: Aliases<CaseCategory> = {
  license: ['行政许可', '许可', '行政审批', '审批'],
  penalty: ['行政处罚', '处罚'],
  coercion: ['行政强制', '强制'],
  inspection: ['行政检查', '检查'],
  levy: ['行政征收', '征收'],
  requisition: ['行政征用', '征用'],
  fee: ['行政收费', '收费'],
  'other-power': ['其他权力', '其他行政权力', '其他'],
};

export const stepAliases: Aliases<CaseStep> = {
  acceptance: ['受理', '申请受理'],
  filing: ['立案'],
  investigation: ['调查'],
  evidence: ['取证'],
  review: ['审查', '审核'],
  decision: ['决定'],
  service: ['送达'],
  execution: ['执行'],
  archiving: ['归档'],
};

/** Words of the law (行政处罚法 47) that stand for one of several steps; category and activity tell which. */
export const wideSteps: Record<string, readonly CaseStep[]> = {
  启动: ['acceptance', 'filing'],
  调查取证: ['investigation', 'evidence'],
  审核决定: ['review', 'decision'],
  送达执行: ['service', 'execution'],
};

export const activityAliases: Aliases<ActivityKind> = {
  'on-site-inspection': ['现场检查', '日常检查'],
  'random-inspection': ['随机抽查', '双随机抽查', '抽查'],
  'investigation-evidence': ['调查取证', '询问', '抽样取证'],
  'evidence-preservation': ['证据保全', '先行登记保存', '证据先行登记保存'],
  hearing: ['听证', '举行听证'],
  'coercion-measure': ['行政强制', '行政强制措施', '强制措施', '查封', '扣押', '查封扣押', '强制拆除'],
  'document-service': ['文书送达', '送达', '留置送达', '公告送达'],
  'site-survey': ['现场踏勘', '踏勘', '现场勘验', '现场核实', '现场核查'],
  other: ['其他'],
};

/** The step in which an activity usually stands, where its record names none; derived, see the standards' model. */
export const usualStep: Partial<Record<ActivityKind, CaseStep>> = {
  'on-site-inspection': 'investigation',
  'random-inspection': 'investigation',
  'investigation-evidence': 'evidence',
  'evidence-preservation': 'evidence',
  hearing: 'review',
  'document-service': 'service',
  'site-survey': 'review',
};

export const riskAliases: Aliases<RiskTrigger> = {
  'personal-liberty': ['人身自由'],
  'life-health': ['生命健康'],
  'major-property': ['重大财产权益', '重大财产'],
};

export const issuerAliases: Aliases<CertificateIssuer> = {
  provincial: ['省政府统一印制', '省政府', '省级'],
  ministry: ['国务院部委制作', '国务院部委', '部委制作', '部委'],
  recorded: ['经备案', '备案'],
};

export const secrecyAliases: Aliases<Secrecy> = {
  none: ['无', '不涉密', '公开'],
  'state-secret': ['国家秘密'],
  'trade-secret': ['商业秘密'],
  privacy: ['个人隐私'],
};

export const truthAliases: Aliases<'true' | 'false'> = {
  true: ['是', '有', '已', '√', 'yes', 'y', '1'],
  false: ['否', '无', '未', '×', 'no', 'n', '0'],
};

export const permanentAliases: Aliases<'permanent'> = { permanent: ['永久', '永久保存'] };

/** The term that a word stands for; `null` where none of these aliases knows it. */
export function termOf<Term extends string>(aliases: Aliases<Term>, word: string): Term | null {
  const plain = plainWord(word);
  const terms = Object.keys(aliases) as Term[];
  return terms.find((term) => term === plain || aliases[term].includes(plain)) ?? null;
}

/** A word without the accidents of typing: width, case, spaces, and `_` for `-`. */
export function plainWord(word: string): string {
  return word.normalize('NFKC').replace(/\s/gu, '').replaceAll('_', '-').toLowerCase();
}
