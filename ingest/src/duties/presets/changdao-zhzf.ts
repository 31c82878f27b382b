import type { DutyItem } from '../duty-list.ts';
import type { DutyListPreset } from './duty-list-preset.ts';
import { allMediaKinds, generalPublishing, plainItem, remainingItem, usualColumns } from './usual-columns.ts';

const document = '长岛综合试验区综合行政执法局行政执法“三项制度”实施方案（2024年4月29日）';
const recording = {
  document,
  sentence:
    '主要是对现场检查、随机抽查、调查取证、证据保全、听证、行政强制、文书送达等容易引发争议的行政执法活动，要进行音像记录；必要时要进行全过程音像记录。',
};
const listed = {
  ...plainItem,
  mediaKinds: allMediaKinds,
  basis: recording,
  isDerived: true,
  note: '原文只列出活动；执法类别、执法环节、记录场所、记录方式、记录人、开始和结束时间、记录内容、记录类别、存储期限为推定。',
} as const satisfies Partial<DutyItem>;

/** 长岛综合试验区综合行政执法局: seven activities; the whole process where it is necessary (必要时). */
export const changdaoZhzf: DutyListPreset = {
  departmentId: 'changdao-zhzf',
  departmentName: '长岛综合试验区综合行政执法局',
  name: '长岛综合试验区综合行政执法局音像记录事项清单',
  document,
  content: {
    categories: ['penalty', 'inspection', 'coercion'],
    steps: {
      names: [
        'filing',
        'investigation',
        'evidence',
        'review',
        'decision',
        'service',
        'execution',
        'archiving',
      ],
      isDefault: false,
    },
    items: [
      { ...listed, ...usualColumns.onSiteInspection, number: '1', categories: ['inspection', 'penalty'] },
      { ...listed, ...usualColumns.randomInspection, number: '2', categories: ['inspection', 'penalty'] },
      { ...listed, ...usualColumns.investigationEvidence, number: '3', categories: ['penalty', 'coercion'] },
      { ...listed, ...usualColumns.evidencePreservation, number: '4', categories: ['penalty', 'coercion'] },
      { ...listed, ...usualColumns.hearing, number: '5', categories: ['penalty', 'coercion'] },
      { ...listed, ...usualColumns.coercionMeasure, number: '6', categories: ['coercion'] },
      { ...listed, ...usualColumns.documentService, number: '7', categories: '*' },
      remainingItem(
        '8',
        [
          'on-site-inspection',
          'random-inspection',
          'investigation-evidence',
          'evidence-preservation',
          'hearing',
          'coercion-measure',
          'document-service',
        ],
        { ...listed, inferred: '记录方式、存储期限' },
      ),
    ],
    wholeProcess: {
      effect: 'proposed',
      triggers: ['personal-liberty', 'life-health', 'major-property'],
      activities: '*',
      basis: { document, sentence: '必要时要进行全过程音像记录。' },
      isDerived: true,
      note: '原文未说明何为“必要时”：推定为直接涉及人身自由、生命健康、重大财产权益时提示，由人员决定。',
    },
    publishing: generalPublishing(['penalty'], ['inspection', 'coercion']),
    certificateIssuers: ['provincial'],
    reviewCategories: '*',
    publishesValidity: false,
    sources: [
      {
        rule: 'categories',
        basis: {
          document,
          sentence:
            '选用执法文书统一样本，具有行政处罚、行政检查等职能的局科室、单位在执法活动中要按规定出具执法文书，告知行政相对人执法事由、执法依据、权利义务等内容，并做好说明解释工作。',
        },
        isDerived: true,
        note: '行政强制只见于音像记录活动之中，推定为本单位的执法类别。',
      },
      {
        rule: 'steps',
        basis: {
          document,
          sentence:
            '要通过文字、音像等方式，对立案、调查、取证、审查、决定、送达、执行等行政执法活动进行记录并归档，实现行政执法行为的全过程留痕和可回溯管理。',
        },
        isDerived: false,
        note: null,
      },
      {
        rule: 'certificate-issuers',
        basis: {
          document,
          sentence: '行政执法人员开展检查、调查等执法活动要主动亮明身份，出示省政府统一印制的行政执法证件。',
        },
        isDerived: false,
        note: null,
      },
      {
        rule: 'review',
        basis: {
          document,
          sentence:
            '全面推行综合行政执法公示制度、执法全过程记录制度、重大执法决定法制审核制度（以下统称三项制度）',
        },
        isDerived: true,
        note: '方案只在目标中提到法制审核，未定范围：推定为全部执法类别。',
      },
    ],
  },
};
