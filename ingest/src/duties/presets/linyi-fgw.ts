import type { DutyListPreset } from './duty-list-preset.ts';
import { allMediaKinds, generalPublishing } from './usual-columns.ts';

const document = '临发改法规〔2019〕173号';
const ownList = {
  document,
  sentence:
    '结合行政执法工作实际，编制《音像记录事项清单》，明确应当进行音像记录的执法环节、记录方式以及应当进行全过程音像记录的现场执法活动和执法场所。',
};

/** 临沂市发展和改革委员会: the plan leaves activities to a list of the department's own. */
export const linyiFgw: DutyListPreset = {
  departmentId: 'linyi-fgw',
  departmentName: '临沂市发展和改革委员会',
  name: '临沂市发展和改革委员会音像记录事项清单（待编制）',
  document,
  content: {
    categories: ['inspection', 'penalty', 'coercion'],
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
      isDefault: true,
    },
    items: [
      {
        number: '1',
        categories: '*',
        matter: null,
        steps: '*',
        activities: '*',
        place: null,
        mediaKinds: allMediaKinds,
        recordedBy: null,
        startTrigger: null,
        endTrigger: null,
        content: null,
        recordClass: null,
        timeLimit: null,
        retention: 'same-as-file',
        level: 'own-list',
        note: '方案没有列举活动，由本单位自行编制清单；编制并公布之前不作判定。记录方式和存储期限为推定。',
        basis: ownList,
        isDerived: true,
      },
    ],
    wholeProcess: {
      effect: 'own-list',
      triggers: [],
      activities: '*',
      basis: ownList,
      isDerived: false,
      note: null,
    },
    publishing: generalPublishing(['penalty'], ['inspection', 'coercion']),
    certificateIssuers: [],
    reviewCategories: '*',
    publishesValidity: false,
    sources: [
      {
        rule: 'categories',
        basis: { document, sentence: '结合实际（委行政执法有：行政检查、行政处罚、行政强制)' },
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
        note: '方案没有列举环节，取行政处罚法的环节：启动为立案，调查取证分为调查和取证，审核为审查。',
      },
      {
        rule: 'certificate-issuers',
        basis: { document, sentence: '要主动亮明身份，并主动出示有效的行政执法证件。' },
        isDerived: false,
        note: '未限定制发机关：有效证件均可。',
      },
      {
        rule: 'review',
        basis: { document, sentence: '明确界定我委所有行政执法类别的重大行政执法决定法制审核范围。' },
        isDerived: false,
        note: null,
      },
    ],
  },
};
