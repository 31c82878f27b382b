import type { ActivityKind, CaseCategory, CaseStep, DutyLevel, MediaKind } from '@docket/ingest';

/** Headings of published lists, each with the other names it goes by. */
export const dutyHeadings = {
  number: ['序号', '编号'],
  categories: ['执法类别', '执法种类'],
  matter: ['执法事项', '事项名称'],
  steps: ['执法环节', '记录环节'],
  activities: ['记录事项', '执法活动'],
  place: ['记录场合', '记录场所', '记录地点'],
  mediaKinds: ['记录方式', '记录设备', '记录方式/设备'],
  recordedBy: ['记录人', '记录人员'],
  startTrigger: ['开始记录时间', '记录开始时间'],
  content: ['记录内容', '记录过程', '记录过程/内容'],
  endTrigger: ['结束记录时间', '记录结束时间'],
  recordClass: ['执法记录类别', '记录类别'],
  timeLimit: ['执法时限要求', '时限要求', '执法时限'],
  retention: ['存储期限', '保管期限', '保存期限'],
  level: ['记录要求'],
  note: ['备注', '说明'],
  document: ['依据文件'],
  sentence: ['依据原文'],
} as const;
export type DutyHeading = keyof typeof dutyHeadings;

/** Words that stand for any; so does an empty cell. */
export const anyWords: readonly string[] = ['*', '全部', '所有', '不限', '各类', '各环节'];

export const categoryWords: Record<string, CaseCategory[]> = {
  行政许可: ['license'],
  许可: ['license'],
  行政处罚: ['penalty'],
  处罚: ['penalty'],
  行政强制: ['coercion'],
  强制: ['coercion'],
  行政检查: ['inspection'],
  检查: ['inspection'],
  行政征收: ['levy'],
  征收: ['levy'],
  行政征用: ['requisition'],
  征用: ['requisition'],
  行政征收征用: ['levy', 'requisition'],
  行政收费: ['fee'],
  收费: ['fee'],
  其他权力: ['other-power'],
  其他行政权力: ['other-power'],
};

/** 启动 and 审核 are the words of 行政处罚法 §47. */
export const stepWords: Record<string, CaseStep[]> = {
  启动: ['acceptance', 'filing'],
  受理: ['acceptance'],
  立案: ['filing'],
  调查: ['investigation'],
  检查: ['investigation'],
  取证: ['evidence'],
  调查取证: ['investigation', 'evidence'],
  审查: ['review'],
  审核: ['review'],
  决定: ['decision'],
  审核决定: ['review', 'decision'],
  送达: ['service'],
  执行: ['execution'],
  送达执行: ['service', 'execution'],
  归档: ['archiving'],
};

export const activityWords: Record<string, ActivityKind[]> = {
  现场检查: ['on-site-inspection'],
  现场执法检查: ['on-site-inspection'],
  随机抽查: ['random-inspection'],
  双随机抽查: ['random-inspection'],
  调查取证: ['investigation-evidence'],
  抽样取证: ['investigation-evidence'],
  询问: ['investigation-evidence'],
  调查询问: ['investigation-evidence'],
  证据保全: ['evidence-preservation'],
  先行登记保存: ['evidence-preservation'],
  听证: ['hearing'],
  举行听证: ['hearing'],
  行政强制: ['coercion-measure'],
  查封: ['coercion-measure'],
  扣押: ['coercion-measure'],
  查封扣押: ['coercion-measure'],
  强制拆除: ['coercion-measure'],
  送达: ['document-service'],
  文书送达: ['document-service'],
  留置送达: ['document-service'],
  公告送达: ['document-service'],
  现场踏勘: ['site-survey'],
  现场勘验: ['site-survey'],
  现场核实: ['site-survey'],
  其他: ['other'],
};

export const mediaWords: Record<string, MediaKind[]> = {
  录像: ['video'],
  录相: ['video'],
  摄像: ['video'],
  视频: ['video'],
  执法记录仪: ['video'],
  摄像机: ['video'],
  录音: ['audio'],
  录音笔: ['audio'],
  录音机: ['audio'],
  照相: ['photo'],
  拍照: ['photo'],
  照片: ['photo'],
  照相机: ['photo'],
  视频监控: ['cctv'],
  监控: ['cctv'],
  录音录像: ['audio', 'video'],
  音像: ['video', 'audio', 'photo', 'cctv'],
  音像记录: ['video', 'audio', 'photo', 'cctv'],
};

export const levelWords: Record<string, DutyLevel> = {
  应当记录: 'required',
  应当音像记录: 'required',
  音像记录: 'required',
  全过程: 'whole-process',
  全过程记录: 'whole-process',
  全过程音像记录: 'whole-process',
  必要时全过程: 'whole-process-if-necessary',
  必要时全过程记录: 'whole-process-if-necessary',
  必要时全过程音像记录: 'whole-process-if-necessary',
  自行编制: 'own-list',
  不要求: 'none',
};
