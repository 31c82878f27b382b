import { type FactsKind, factsKinds } from '@docket/ingest';

/** What stands in a field; days and instants are written freely in sheets. */
export type FieldValue = 'text' | 'day' | 'instant';

/** One field of a record, and the column it has in a sheet. */
export interface RecordField {
  /** Its name in the API; a dot leads into an object. */
  field: string;
  value: FieldValue;
  isNeeded: boolean;
  /** Headings by which a column is known; the first stands in templates. */
  chinese: readonly [string, ...string[]];
  english: readonly [string, ...string[]];
  /** What goes in, as the second row of a template says it. */
  hintChinese: string;
  hintEnglish: string;
}

const needed = true;
const field = (
  name: string,
  value: FieldValue,
  isNeeded: boolean,
  chinese: RecordField['chinese'],
  english: RecordField['english'],
  hintChinese: string,
  hintEnglish: string,
): RecordField => ({ field: name, value, isNeeded, chinese, english, hintChinese, hintEnglish });

const yesOrNo = ['是 或 否', 'yes or no'] as const;
const aDay = ['日期，如 2026-03-05', 'a day, e.g. 2026-03-05'] as const;
const anInstant = ['时间，如 2026-03-05 09:30', 'a time, e.g. 2026-03-05 09:30'] as const;
const risks = [
  '人身自由、生命健康、重大财产权益（可多项，用顿号分开）',
  'personal-liberty, life-health, major-property',
] as const;

/** Fields of every record. */
const ofAll = (what: string): RecordField[] => [
  field(
    'id',
    'text',
    needed,
    [`${what}编号`, `${what}标识`, '编号', '主键'],
    ['id'],
    '来源系统中不变的编号，不含空格和斜线',
    'an id that stays the same, without spaces or slashes',
  ),
];
const ofAllLast: RecordField[] = [
  field(
    'revision',
    'text',
    !needed,
    ['版本', '版本号', '更新时间'],
    ['revision'],
    '版本号或更新时间；较旧的不会覆盖较新的',
    'a number or an instant; an older one never replaces a newer one',
  ),
  field('withdrawn', 'text', !needed, ['撤回', '已撤回', '作废'], ['withdrawn'], ...yesOrNo),
];

/** Every field of every kind, as data: for reading sheets, for templates, and for the document on case systems. */
export const recordFields: Record<FactsKind, readonly RecordField[]> = {
  unit: [
    ...ofAll('单位'),
    field(
      'name',
      'text',
      needed,
      ['单位名称', '名称', '机构名称'],
      ['name', 'unit name'],
      '全称',
      'full name',
    ),
    field('code', 'text', !needed, ['单位代码', '机构代码', '统一社会信用代码'], ['code'], '代码', 'code'),
    field(
      'departmentId',
      'text',
      needed,
      ['执法部门', '部门', '部门标识'],
      ['departmentId', 'department'],
      '其音像记录事项清单所属的部门标识',
      'id of the department whose duty list applies',
    ),
    field(
      'parentUnitId',
      'text',
      !needed,
      ['上级单位编号', '上级单位'],
      ['parentUnitId', 'parent unit'],
      '上级单位的编号',
      'id of the unit above',
    ),
    ...ofAllLast,
  ],
  officer: [
    ...ofAll('人员'),
    field('name', 'text', needed, ['姓名', '执法人员姓名'], ['name'], '姓名', 'name'),
    field(
      'unitId',
      'text',
      needed,
      ['单位编号', '所在单位编号', '单位'],
      ['unitId', 'unit'],
      '单位的编号',
      'id of the unit',
    ),
    field('post', 'text', !needed, ['职务', '岗位'], ['post'], '职务', 'post'),
    field(
      'certificateNumber',
      'text',
      !needed,
      ['证件编号', '执法证号', '执法证件号', '证件号码'],
      ['certificateNumber', 'certificate number'],
      '行政执法证件编号（请设为文本格式）',
      'number of the certificate, as text',
    ),
    field(
      'officerNumber',
      'text',
      !needed,
      ['警号', '工号', '人员短号'],
      ['officerNumber', 'officer number'],
      '记录仪和台账上使用的短号',
      'short number on recorders and in the ledger',
    ),
    field(
      'categories',
      'text',
      !needed,
      ['执法类别'],
      ['categories', 'category'],
      '行政许可、行政处罚、行政强制、行政检查、行政征收、行政征用、行政收费、其他权力（可多项，用顿号分开）',
      'license, penalty, coercion, inspection, levy, requisition, fee, other-power',
    ),
    field('area', 'text', !needed, ['执法区域', '区域'], ['area'], '执法区域', 'area'),
    field(
      'validFrom',
      'day',
      !needed,
      ['发证日期', '有效期起', '证件有效期起'],
      ['validFrom', 'valid from'],
      ...aDay,
    ),
    field(
      'validUntil',
      'day',
      !needed,
      ['证件有效期', '有效期至', '有效期止', '证件有效期至'],
      ['validUntil', 'valid until'],
      ...aDay,
    ),
    field(
      'issuer',
      'text',
      !needed,
      ['发证机关', '制发机关', '证件类型'],
      ['issuer'],
      '省政府统一印制、国务院部委制作 或 经备案',
      'provincial, ministry or recorded',
    ),
    ...ofAllLast,
  ],
  case: [
    ...ofAll('案件'),
    field(
      'number',
      'text',
      !needed,
      ['案号', '文书号', '案件文号', '立案号'],
      ['number', 'case number'],
      '如 示发改罚〔2026〕1号',
      'e.g. 示发改罚〔2026〕1号',
    ),
    field(
      'name',
      'text',
      needed,
      ['案件名称', '案由', '名称'],
      ['name', 'case name'],
      '案件名称',
      'name of the case',
    ),
    field(
      'departmentId',
      'text',
      needed,
      ['执法部门', '部门', '部门标识'],
      ['departmentId', 'department'],
      '其音像记录事项清单所属的部门标识',
      'id of the department whose duty list applies',
    ),
    field(
      'unitId',
      'text',
      needed,
      ['单位编号', '承办单位编号', '承办单位', '办案单位'],
      ['unitId', 'unit'],
      '承办单位的编号',
      'id of the unit',
    ),
    field(
      'category',
      'text',
      needed,
      ['执法类别', '案件类别'],
      ['category'],
      '行政许可、行政处罚、行政强制、行政检查、行政征收、行政征用、行政收费 或 其他权力',
      'license, penalty, coercion, inspection, levy, requisition, fee or other-power',
    ),
    field('matter', 'text', !needed, ['执法事项', '事项'], ['matter'], '执法事项', 'matter'),
    field(
      'isRandomInspection',
      'text',
      !needed,
      ['双随机', '是否双随机', '双随机一公开', '随机抽查'],
      ['isRandomInspection', 'random inspection'],
      ...yesOrNo,
    ),
    field(
      'riskTriggers',
      'text',
      !needed,
      ['重大权益', '风险情形', '涉及权益'],
      ['riskTriggers', 'risk triggers'],
      ...risks,
    ),
    field(
      'secrecy',
      'text',
      !needed,
      ['涉密情形', '涉密', '保密'],
      ['secrecy'],
      '无、国家秘密、商业秘密 或 个人隐私',
      'none, state-secret, trade-secret or privacy',
    ),
    field(
      'openedOn',
      'day',
      needed,
      ['立案日期', '受理日期', '启动日期', '立案时间', '受理时间'],
      ['openedOn', 'opened on'],
      ...aDay,
    ),
    field(
      'closedOn',
      'day',
      !needed,
      ['结案日期', '办结日期', '结案时间'],
      ['closedOn', 'closed on'],
      ...aDay,
    ),
    field(
      'retention',
      'text',
      !needed,
      ['案卷保管期限', '保管期限', '存储期限'],
      ['retention'],
      '永久、30年、10年 或 P10Y',
      'permanent, or a duration such as P10Y',
    ),
    field('filedOn', 'day', !needed, ['归档日期', '归档时间'], ['filedOn', 'filed on'], ...aDay),
    field(
      'decision.number',
      'text',
      !needed,
      ['决定书文号', '决定文号', '处罚决定书文号'],
      ['decision.number', 'decision number'],
      '如 示发改罚决〔2026〕1号',
      'number of the decision',
    ),
    field(
      'decision.decidedOn',
      'day',
      !needed,
      ['决定日期', '作出决定日期'],
      ['decision.decidedOn', 'decided on'],
      ...aDay,
    ),
    field(
      'decision.isMajor',
      'text',
      !needed,
      ['重大执法决定', '是否重大执法决定', '重大决定'],
      ['decision.isMajor', 'major decision'],
      ...yesOrNo,
    ),
    field(
      'decision.result',
      'text',
      !needed,
      ['决定内容', '执法结果', '处理结果'],
      ['decision.result', 'result'],
      '可以公开的结果',
      'what may be shown to everybody',
    ),
    field(
      'decision.revokedOn',
      'day',
      !needed,
      ['撤销日期', '变更日期', '决定撤销日期'],
      ['decision.revokedOn', 'revoked on'],
      ...aDay,
    ),
    ...ofAllLast,
  ],
  activity: [
    ...ofAll('活动'),
    field(
      'caseId',
      'text',
      needed,
      ['案件编号', '所属案件编号', '所属案件'],
      ['caseId', 'case'],
      '案件的编号',
      'id of the case',
    ),
    field(
      'activity',
      'text',
      needed,
      ['执法活动', '活动类型', '活动'],
      ['activity'],
      '现场检查、随机抽查、调查取证、证据保全、听证、行政强制、文书送达、现场踏勘 或 其他',
      'on-site-inspection, random-inspection, investigation-evidence, evidence-preservation, hearing, coercion-measure, document-service, site-survey or other',
    ),
    field(
      'step',
      'text',
      !needed,
      ['执法环节', '环节'],
      ['step'],
      '受理、立案、调查、取证、审查、决定、送达、执行 或 归档；行政强制和其他活动必填',
      'acceptance, filing, investigation, evidence, review, decision, service, execution or archiving',
    ),
    field('place', 'text', !needed, ['地点', '执法地点', '场所'], ['place'], '地点', 'place'),
    field('area', 'text', !needed, ['执法区域', '区域'], ['area'], '执法区域', 'area'),
    field(
      'officerIds',
      'text',
      !needed,
      ['执法人员编号', '人员编号', '执法人员'],
      ['officerIds', 'officers'],
      '人员的编号（可多名，用顿号分开）',
      'ids of the officers, by commas',
    ),
    field(
      'startedAt',
      'instant',
      !needed,
      ['开始时间', '启动时间', '开始记录时间'],
      ['startedAt', 'started at', 'start'],
      ...anInstant,
    ),
    field(
      'endedAt',
      'instant',
      !needed,
      ['结束时间', '结束记录时间'],
      ['endedAt', 'ended at', 'end'],
      ...anInstant,
    ),
    field(
      'timeDoubtMs',
      'text',
      !needed,
      ['时间误差毫秒', '时间误差（毫秒）'],
      ['timeDoubtMs', 'time doubt ms'],
      '起止时间可能的误差，毫秒',
      'by how much the two may be wrong, in milliseconds',
    ),
    field(
      'isRandomInspection',
      'text',
      !needed,
      ['双随机', '是否双随机', '双随机一公开'],
      ['isRandomInspection', 'random inspection'],
      ...yesOrNo,
    ),
    field(
      'riskTriggers',
      'text',
      !needed,
      ['重大权益', '风险情形', '涉及权益'],
      ['riskTriggers', 'risk triggers'],
      ...risks,
    ),
    field(
      'isWholeProcess',
      'text',
      !needed,
      ['全过程记录', '全过程音像记录', '是否全过程记录'],
      ['isWholeProcess', 'whole process'],
      ...yesOrNo,
    ),
    ...ofAllLast,
  ],
};

const names = new Map(
  factsKinds.map((kind) => [kind, new Set(recordFields[kind].map((known) => known.field))]),
);

export function isRecordField(kind: FactsKind, path: string): boolean {
  return names.get(kind)?.has(path) ?? false;
}
