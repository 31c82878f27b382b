import type { DutyItem } from '../duty-list.ts';
import type { DutyListPreset } from './duty-list-preset.ts';
import { allMediaKinds, generalPublishing, plainItem, remainingItem, usualColumns } from './usual-columns.ts';

const document =
  '长治市商务局全面推行行政执法公示制度执法全过程记录制度重大执法决定法制审核制度实施方案（2019年11月10日）';
const recording = {
  document,
  sentence:
    '主要是对现场检查、随机抽查、调查取证、证据保全、听证、行政强制、送达等容易引发争议的行政执法活动，要进行音像记录；对直接涉及人身自由、生命健康、重大财产权益的现场执法活动和执法场所，要进行全过程音像记录。',
};
const listed = {
  ...plainItem,
  categories: '*',
  mediaKinds: allMediaKinds,
  basis: recording,
  isDerived: true,
  note: '原文只列出活动；执法环节、记录场所、记录人、开始和结束时间、记录内容、记录类别、存储期限为推定。',
} as const satisfies Partial<DutyItem>;

/** 长治市商务局: seven activities; the whole process is mandatory where liberty, life and health or major property is at stake. */
export const changzhiSwj: DutyListPreset = {
  departmentId: 'changzhi-swj',
  departmentName: '长治市商务局',
  name: '长治市商务局音像记录事项清单',
  document,
  content: {
    categories: ['license', 'penalty', 'coercion', 'levy', 'fee', 'inspection', 'requisition'],
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
      { ...listed, ...usualColumns.onSiteInspection, number: '1' },
      { ...listed, ...usualColumns.randomInspection, number: '2' },
      { ...listed, ...usualColumns.investigationEvidence, number: '3' },
      { ...listed, ...usualColumns.evidencePreservation, number: '4' },
      { ...listed, ...usualColumns.hearing, number: '5' },
      { ...listed, ...usualColumns.coercionMeasure, number: '6' },
      { ...listed, ...usualColumns.documentService, number: '7' },
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
        { ...listed, inferred: '存储期限' },
      ),
    ],
    wholeProcess: {
      effect: 'mandatory',
      triggers: ['personal-liberty', 'life-health', 'major-property'],
      activities: [
        'on-site-inspection',
        'random-inspection',
        'investigation-evidence',
        'evidence-preservation',
        'hearing',
        'coercion-measure',
        'document-service',
        'site-survey',
      ],
      basis: {
        document,
        sentence:
          '对直接涉及人身自由、生命健康、重大财产权益的现场执法活动和执法场所，要进行全过程音像记录。',
      },
      isDerived: true,
      note: '“现场执法活动和执法场所”推定为所列各类活动：在相对人处或执法场所（询问室、听证室）进行。其他活动不在其内。',
    },
    publishing: generalPublishing(
      ['license', 'penalty'],
      ['coercion', 'levy', 'fee', 'inspection', 'requisition'],
    ),
    certificateIssuers: ['provincial', 'ministry'],
    reviewCategories: ['license', 'penalty', 'coercion', 'levy'],
    publishesValidity: true,
    sources: [
      {
        rule: 'categories',
        basis: {
          document,
          sentence:
            '按行政许可、行政处罚、行政强制、行政征收、行政收费、行政检查的执法类别，修订完善本部门各类行政执法全过程记录制度，制定行政执法流程图，明确各个执法环节记录的内容、方式、载体等事项，完善执法信息采集、存储、分析、归档等规范化建设制度。',
        },
        isDerived: true,
        note: '行政征用只见于工作目标（“行政征收征用”），一并列入。',
      },
      {
        rule: 'steps',
        basis: {
          document,
          sentence:
            '通过文字、音像等方式，对立案、调查、取证、审查、决定、送达、执行等行政执法活动进行记录并归档，实现行政执法行为的全过程留痕和可回溯管理。',
        },
        isDerived: false,
        note: null,
      },
      {
        rule: 'media-kinds',
        basis: {
          document,
          sentence:
            '严格按照本部门执法全过程记录制度和《音像记录事项清单》，规范开展录音、录相、照相、视频监控等音像记录和全过程音像记录工作，并将音像资料及时归档保存。',
        },
        isDerived: false,
        note: null,
      },
      {
        rule: 'certificate-issuers',
        basis: {
          document,
          sentence:
            '行政执法人员开展执法活动要主动亮明身份，出示省政府统一印制或国务院部委制作的行政执法证件。',
        },
        isDerived: false,
        note: null,
      },
      {
        rule: 'review',
        basis: {
          document,
          sentence:
            '编制行政许可、行政处罚、行政强制、行政征收四类执法行为的《重大执法决定法制审核目录清单》。',
        },
        isDerived: false,
        note: null,
      },
      {
        rule: 'validity',
        basis: {
          document,
          sentence:
            '根据行政执法证件审核发放情况，编制《行政执法人员清单》，明确执法人员的姓名、单位、职务、证件编号、执法类别、执法区域、证件有效期等内容，在部门网站上予以公开，实现行政执法人员信息公开透明，方便群众监督。',
        },
        isDerived: false,
        note: null,
      },
    ],
  },
};
