import type { DutyItem } from '../duty-list.ts';
import type { DutyListPreset } from './duty-list-preset.ts';
import { allMediaKinds, generalPublishing, plainItem, remainingItem, usualColumns } from './usual-columns.ts';

const document =
  '甘孜州经济和信息化局全面落实行政执法公示制度执法全过程记录制度重大执法决定法制审核制度实施方案（2021年5月7日）';
const recording = {
  document,
  sentence:
    '在行政执法过程中，对现场检查、随机抽查、调查取证、证据保全、听证、送达等容易引发争议的执法活动，要进行音像记录。',
};
const recordingWork = {
  document: `${document}附件`,
  sentence: '规范开展录音、录相、照相、视频监控等音像记录和全过程音像记录工作，并将音像资料及时归档保存。',
};
const listed = {
  ...plainItem,
  categories: '*',
  mediaKinds: allMediaKinds,
  basis: recording,
  isDerived: true,
  note: '原文只列出活动；执法环节、记录场所、记录人、开始和结束时间、记录内容、记录类别、存储期限为推定。',
} as const satisfies Partial<DutyItem>;

/** 甘孜州经济和信息化局: six activities, without 行政强制; the whole process is named in the annex only. */
export const ganziJxj: DutyListPreset = {
  departmentId: 'ganzi-jxj',
  departmentName: '甘孜州经济和信息化局',
  name: '甘孜州经济和信息化局音像记录事项清单',
  document,
  content: {
    categories: ['license', 'penalty', 'coercion', 'inspection', 'levy', 'requisition'],
    steps: {
      names: [
        'acceptance',
        'filing',
        'investigation',
        'evidence',
        'review',
        'decision',
        'service',
        'execution',
        'archiving',
      ],
      isDefault: true,
    },
    items: [
      { ...listed, ...usualColumns.onSiteInspection, number: '1' },
      { ...listed, ...usualColumns.randomInspection, number: '2' },
      { ...listed, ...usualColumns.investigationEvidence, number: '3' },
      { ...listed, ...usualColumns.evidencePreservation, number: '4' },
      { ...listed, ...usualColumns.hearing, number: '5' },
      { ...listed, ...usualColumns.documentService, number: '6' },
      remainingItem(
        '7',
        [
          'on-site-inspection',
          'random-inspection',
          'investigation-evidence',
          'evidence-preservation',
          'hearing',
          'document-service',
        ],
        { ...listed, inferred: '存储期限' },
      ),
      {
        ...listed,
        ...usualColumns.coercionMeasure,
        number: '8',
        steps: '*',
        level: 'none',
        basis: { document, sentence: '' },
        note: '原文列举的六类活动中没有行政强制，故不作要求；本单位可改为应当记录。其余各栏为推定。',
      },
    ],
    wholeProcess: {
      effect: 'own-list',
      triggers: [],
      activities: '*',
      basis: recordingWork,
      isDerived: false,
      note: '仅附件提到全过程音像记录，未说明何时：由清单各项自行规定。',
    },
    publishing: generalPublishing(['license', 'penalty'], ['coercion', 'inspection', 'levy', 'requisition']),
    certificateIssuers: ['provincial', 'recorded'],
    reviewCategories: '*',
    publishesValidity: false,
    sources: [
      {
        rule: 'categories',
        basis: { document, sentence: '以规范行政许可、行政处罚、行政强制、行政检查、行政征收征用等为重点' },
        isDerived: false,
        note: null,
      },
      {
        rule: 'steps',
        basis: {
          document: '中华人民共和国行政处罚法（2021年修订）第四十七条',
          sentence:
            '行政机关应当依法以文字、音像等形式，对行政处罚的启动、调查取证、审核、决定、送达、执行等进行全过程记录，归档保存。',
        },
        isDerived: true,
        note: '方案没有列举环节，取行政处罚法的环节：启动为受理或立案，调查取证分为调查和取证，审核为审查。',
      },
      { rule: 'media-kinds', basis: recordingWork, isDerived: false, note: null },
      {
        rule: 'certificate-issuers',
        basis: { document: `${document}附件`, sentence: '出示省政府统一印制或经备案的行政执法证件。' },
        isDerived: false,
        note: '正文只写“省政府统一印制的执法证件”。',
      },
      {
        rule: 'review',
        basis: {
          document,
          sentence:
            '各执法科室在作出重大行政执法决定之前必须进行法制审核，未经法制审核或审核未通过的，不得作出决定。',
        },
        isDerived: false,
        note: null,
      },
    ],
  },
};
