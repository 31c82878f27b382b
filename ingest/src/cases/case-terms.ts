/** 执法类别: 行政许可、处罚、强制、检查、征收、征用、收费、其他权力. */
export const caseCategories = [
  'license',
  'penalty',
  'coercion',
  'inspection',
  'levy',
  'requisition',
  'fee',
  'other-power',
] as const;
export type CaseCategory = (typeof caseCategories)[number];

/** 执法环节: 受理、立案、调查、取证、审查、决定、送达、执行、归档. */
export const caseSteps = [
  'acceptance',
  'filing',
  'investigation',
  'evidence',
  'review',
  'decision',
  'service',
  'execution',
  'archiving',
] as const;
export type CaseStep = (typeof caseSteps)[number];

/** 执法活动: 现场检查、随机抽查、调查取证、证据保全、听证、行政强制、文书送达、现场踏勘、其他. */
export const activityKinds = [
  'on-site-inspection',
  'random-inspection',
  'investigation-evidence',
  'evidence-preservation',
  'hearing',
  'coercion-measure',
  'document-service',
  'site-survey',
  'other',
] as const;
export type ActivityKind = (typeof activityKinds)[number];

/** What raises a duty to record the whole process: 人身自由、生命健康、重大财产权益. */
export const riskTriggers = ['personal-liberty', 'life-health', 'major-property'] as const;
export type RiskTrigger = (typeof riskTriggers)[number];

/** Who made the certificate: 省政府统一印制、国务院部委制作、经备案. */
export const certificateIssuers = ['provincial', 'ministry', 'recorded'] as const;
export type CertificateIssuer = (typeof certificateIssuers)[number];

/** What must not be seen by everybody: 国家秘密、商业秘密、个人隐私. */
export const secrecies = ['none', 'state-secret', 'trade-secret', 'privacy'] as const;
export type Secrecy = (typeof secrecies)[number];
