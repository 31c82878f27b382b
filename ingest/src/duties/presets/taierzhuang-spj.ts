import type { DutyItem } from '../duty-list.ts';
import type { DutyListPreset } from './duty-list-preset.ts';
import { allMediaKinds, generalPublishing, plainItem, remainingItem, usualColumns } from './usual-columns.ts';

const document =
  '台儿庄区行政审批服务局全面推行行政执法公示制度执法全过程记录制度重大执法决定法制审核制度工作实施方案';
const recording = {
  document,
  sentence:
    '主要是对现场踏勘、听证、送达等容易引发争议的行政执法活动，要进行音像记录；对直接涉及生命健康、重大财产权益的现场核实场所，要进行全过程音像记录。',
};
const listed = {
  ...plainItem,
  categories: '*',
  mediaKinds: allMediaKinds,
  basis: recording,
  isDerived: true,
  note: '原文只列出活动；执法环节、记录场所、记录方式、记录人、开始和结束时间、记录内容、记录类别、存储期限为推定。',
} as const satisfies Partial<DutyItem>;

/** 台儿庄区行政审批服务局: three activities; the whole process at places of verification that touch life and health or major property. */
export const taierzhuangSpj: DutyListPreset = {
  departmentId: 'taierzhuang-spj',
  departmentName: '台儿庄区行政审批服务局',
  name: '台儿庄区行政审批服务局音像记录事项清单',
  document,
  content: {
    categories: ['license', 'other-power'],
    steps: {
      names: ['acceptance', 'review', 'decision', 'service', 'execution', 'archiving'],
      isDefault: false,
    },
    items: [
      { ...listed, ...usualColumns.siteSurvey, number: '1' },
      { ...listed, ...usualColumns.hearing, number: '2' },
      { ...listed, ...usualColumns.documentService, number: '3' },
      remainingItem('4', ['site-survey', 'hearing', 'document-service'], {
        ...listed,
        inferred: '记录方式、存储期限',
      }),
    ],
    wholeProcess: {
      effect: 'mandatory',
      triggers: ['life-health', 'major-property'],
      activities: ['site-survey'],
      basis: {
        document,
        sentence: '对直接涉及生命健康、重大财产权益的现场核实场所，要进行全过程音像记录。',
      },
      isDerived: true,
      note: '“现场核实场所”推定为现场踏勘；原文不含人身自由。',
    },
    publishing: [
      {
        categories: ['license'],
        workingDays: 7,
        basis: {
          document,
          sentence:
            '要行政许可的决定信息应当自决定作出之日起7个工作日内向社会公布行政审批结果，主动接受群众监督。',
        },
        isDerived: false,
        note: null,
      },
      ...generalPublishing([], ['other-power']),
    ],
    certificateIssuers: ['provincial', 'recorded'],
    reviewCategories: ['license'],
    publishesValidity: false,
    sources: [
      {
        rule: 'categories',
        basis: {
          document,
          sentence:
            '依据《枣庄市行政执法全过程记录办法》，按行政许可、其他权力，完善各种行政审批事项全过程记录制度，制定行政审批流程图，明确各个审批环节记录的内容、方式、载体等事项，完善执法信息采集、存储、分析、归档等规范化建设制度。',
        },
        isDerived: false,
        note: null,
      },
      {
        rule: 'steps',
        basis: {
          document,
          sentence:
            '通过文字、音像等方式，对受理、审查、决定、送达、执行等行政执法活动进行记录并归档，实现行政审批行为的全过程留痕和可回溯管理。',
        },
        isDerived: false,
        note: null,
      },
      {
        rule: 'certificate-issuers',
        basis: {
          document,
          sentence:
            '行政审批人员开展现场踏勘、调查等执法活动要主动亮明身份，出示省政府统一印制或经备案的行政执法证件。',
        },
        isDerived: false,
        note: null,
      },
      {
        rule: 'review',
        basis: { document, sentence: '编制行政许可类执法行为的《重大执法决定法制审核目录清单》。' },
        isDerived: false,
        note: null,
      },
    ],
  },
};
