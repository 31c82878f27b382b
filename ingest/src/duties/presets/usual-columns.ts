import type { ActivityKind, CaseCategory, CaseStep } from '../../cases/case-terms.ts';
import type { DutyItem, MediaKind, PublishingRule } from '../duty-list.ts';

/** All that 音像记录 is made with: 录音、录相、照相、视频监控. */
export const allMediaKinds: MediaKind[] = ['video', 'audio', 'photo', 'cctv'];

type UsualColumns = Pick<
  DutyItem,
  'place' | 'recordedBy' | 'startTrigger' | 'endTrigger' | 'content' | 'recordClass'
> & { steps: CaseStep[]; activities: ActivityKind[] };

/**
 * What the plans leave open and other departments' published lists say of such an activity: the start and end of
 * recording, the class of record. Every item that uses it is derived.
 */
export const usualColumns = {
  onSiteInspection: {
    activities: ['on-site-inspection'],
    steps: ['investigation'],
    place: '检查场所',
    recordedBy: '现场执法人员',
    startTrigger: '进入检查场所',
    endTrigger: '退出检查场所',
    content: '出示执法证件、告知权利义务、检查经过和结果',
    recordClass: '检查类',
  },
  randomInspection: {
    activities: ['random-inspection'],
    steps: ['investigation'],
    place: '抽查场所',
    recordedBy: '现场执法人员',
    startTrigger: '进入检查场所',
    endTrigger: '退出检查场所',
    content: '出示执法证件、告知权利义务、抽查经过和结果',
    recordClass: '检查类',
  },
  investigationEvidence: {
    activities: ['investigation-evidence'],
    steps: ['evidence'],
    place: '取证现场或询问场所',
    recordedBy: '调查人员',
    startTrigger: '执法人员抵达现场',
    endTrigger: '执法人员离开现场',
    content: '出示执法证件、告知权利义务、询问和取证经过',
    recordClass: '约谈类',
  },
  evidencePreservation: {
    activities: ['evidence-preservation'],
    steps: ['evidence'],
    place: '证据所在现场',
    recordedBy: '调查人员',
    startTrigger: '执法人员抵达现场',
    endTrigger: '执法人员离开现场',
    content: '保全物品的清点、封存和当事人签字',
    recordClass: '场景类',
  },
  hearing: {
    activities: ['hearing'],
    steps: ['review'],
    place: '听证场所',
    recordedBy: '听证记录员',
    startTrigger: '听证开始',
    endTrigger: '听证结束',
    content: '听证全部经过',
    recordClass: '场景类',
  },
  coercionMeasure: {
    activities: ['coercion-measure'],
    steps: ['evidence', 'execution'],
    place: '强制措施或强制执行现场',
    recordedBy: '现场执法人员',
    startTrigger: '执法人员抵达现场',
    endTrigger: '执法人员离开现场',
    content: '告知、实施经过、财物清点和当事人签字',
    recordClass: '场景类',
  },
  documentService: {
    activities: ['document-service'],
    steps: ['service'],
    place: '送达地点',
    recordedBy: '送达人员',
    startTrigger: '制作文书开始',
    endTrigger: '当事人签字结束',
    content: '送达的文书、送达方式和签收或拒收经过',
    recordClass: '确认类',
  },
  siteSurvey: {
    activities: ['site-survey'],
    steps: ['review'],
    place: '踏勘现场',
    recordedBy: '踏勘人员',
    startTrigger: '执法人员抵达现场',
    endTrigger: '执法人员离开现场',
    content: '出示执法证件、现场核实经过和结果',
    recordClass: '场景类',
  },
} satisfies Record<string, UsualColumns>;

/** What is the same in every item made from a plan: the plan sets neither a time limit nor a storage period. */
export const plainItem = {
  matter: null,
  timeLimit: null,
  retention: 'same-as-file',
  level: 'required',
} as const satisfies Partial<DutyItem>;

/** An item for whatever the plan's sentence covers and no other item does, so that nothing we inferred narrows it. */
export function remainingItem(
  number: string,
  activities: ActivityKind[],
  { mediaKinds, basis, inferred }: Pick<DutyItem, 'mediaKinds' | 'basis'> & { inferred: string },
): DutyItem {
  return {
    ...plainItem,
    number,
    categories: '*',
    steps: '*',
    activities,
    place: null,
    mediaKinds,
    recordedBy: null,
    startTrigger: null,
    endTrigger: null,
    content: null,
    recordClass: null,
    basis,
    isDerived: true,
    note: `原文不分执法类别和执法环节：前列各项之外的同类活动按本项记录。${inferred}为推定。`,
  };
}

/** The publishing times of general law, for a plan that names none. Derived: the plans say 按时 or 及时 only. */
export function generalPublishing(soon: CaseCategory[], others: CaseCategory[]): PublishingRule[] {
  const within = (categories: CaseCategory[], workingDays: number, document: string, note: string) => ({
    categories,
    workingDays,
    basis: { document, sentence: '' },
    isDerived: true,
    note,
  });
  const rules = [
    within(
      soon,
      7,
      '国办发〔2018〕118号',
      '方案未写明天数；许可、处罚决定按指导意见推定为 7 个工作日，使用前请核对原文。',
    ),
    within(others, 20, '政府信息公开条例第二十六条', '方案未写明天数；按条例的一般期限推定为 20 个工作日。'),
  ];
  return rules.filter(({ categories }) => categories.length > 0);
}
