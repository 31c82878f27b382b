import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { checkDutyList } from '../check-duty-list.ts';
import { dutyListPresets } from './duty-list-presets.ts';

/** Beginnings of the SHA-256 of the sentences, taken from the published plans and the law, not from the presets. */
const sentenceHashes: Record<string, string[]> = {
  'linyi-fgw': [
    '7e5944211e5e4932', // 结合行政执法工作实际，编制《音像…
    'de8a6629f50efe5c', // 结合实际（委行政执法有：行政检查…
    '12144f479a0cae8d', // 行政机关应当依法以文字、音像等形…
    'e6ffa6587648888a', // 要主动亮明身份，并主动出示有效的…
    '102dd8549bfb5c49', // 明确界定我委所有行政执法类别的重…
  ],
  'changdao-zhzf': [
    '4c524d97868dd0aa', // 主要是对现场检查、随机抽查、调查…
    '51d08dc60b0dfed1', // 必要时要进行全过程音像记录。…
    'd28ab08fba4ce5ba', // 选用执法文书统一样本，具有行政处…
    'c3dc26db086146ea', // 要通过文字、音像等方式，对立案、…
    '89051712fdf7a9c5', // 行政执法人员开展检查、调查等执法…
    '86043f16721bfd2b', // 全面推行综合行政执法公示制度、执…
  ],
  'changzhi-swj': [
    'ef0f7d26c940c187', // 主要是对现场检查、随机抽查、调查…
    '0ce120b753c931d5', // 对直接涉及人身自由、生命健康、重…
    'df6ab8dae45cb6dd', // 按行政许可、行政处罚、行政强制、…
    '91dbbb9fde39a1dc', // 通过文字、音像等方式，对立案、调…
    'a413d5876f5e43e6', // 严格按照本部门执法全过程记录制度…
    '3fea99709f7da043', // 行政执法人员开展执法活动要主动亮…
    'a72f31766da1ef58', // 编制行政许可、行政处罚、行政强制…
    '2565fa015fba56b3', // 根据行政执法证件审核发放情况，编…
  ],
  'ganzi-jxj': [
    '377d364e930c5717', // 在行政执法过程中，对现场检查、随…
    'f80f1f1c6d579ff6', // 规范开展录音、录相、照相、视频监…
    'a71dc02f84fd0b3e', // 以规范行政许可、行政处罚、行政强…
    '12144f479a0cae8d', // 行政机关应当依法以文字、音像等形…
    '3e66f94e1c0c31d0', // 出示省政府统一印制或经备案的行政…
    'ab124a4d79ce746f', // 各执法科室在作出重大行政执法决定…
  ],
  'taierzhuang-spj': [
    '94eadece62ac9dc8', // 主要是对现场踏勘、听证、送达等容…
    '99369ad221ff70f8', // 对直接涉及生命健康、重大财产权益…
    '771ee372f79d476e', // 要行政许可的决定信息应当自决定作…
    'f470e8b7d36c52c1', // 依据《枣庄市行政执法全过程记录办…
    '4c1035300310f1e8', // 通过文字、音像等方式，对受理、审…
    '88ea5d3b55154150', // 行政审批人员开展现场踏勘、调查等…
    'ca51038e6ad67422', // 编制行政许可类执法行为的《重大执…
  ],
};

const presets = dutyListPresets.map((preset) => [preset.departmentId, preset] as const);

describe.each(presets)('%s', (departmentId, { content, document }) => {
  const rules = [content.wholeProcess, ...content.publishing, ...content.sources];
  const all = [...content.items, ...rules];

  test('quotes its sentences as they are in the plan, each of them and no other', () => {
    const sentences = new Set(all.map(({ basis }) => basis.sentence).filter((sentence) => sentence !== ''));
    const hashes = [...sentences].map((sentence) =>
      createHash('sha256').update(sentence).digest('hex').slice(0, 16),
    );
    expect(hashes.sort()).toEqual([...(sentenceHashes[departmentId] ?? [])].sort());
  });

  test('says of everything without a sentence, and of everything inferred, what was inferred', () => {
    for (const { basis, isDerived, note } of all) {
      if (basis.sentence === '') expect(isDerived).toBe(true);
      if (isDerived) expect(note).not.toBeNull();
      if (!basis.document.startsWith(document)) expect(isDerived).toBe(true);
    }
  });

  test('names a source for its steps, issuers, review and categories', () => {
    const subjects = content.sources.map(({ rule }) => rule);
    expect(subjects).toEqual(
      expect.arrayContaining(['categories', 'steps', 'certificate-issuers', 'review']),
    );
    expect(new Set(subjects).size).toBe(subjects.length);
    expect(content.steps.isDefault).toBe(
      content.sources.some(({ rule, isDerived }) => rule === 'steps' && isDerived),
    );
  });

  test('publishes the decisions of each of its categories, once', () => {
    const published = content.publishing.flatMap(({ categories }) => categories);
    expect(published.sort()).toEqual([...content.categories].sort());
  });

  test('is a list that can be published', () => {
    expect(() => checkDutyList(content)).not.toThrow();
  });
});

test('what each plan demands, as standards name it', () => {
  const facts = dutyListPresets.map(({ departmentId, content }) => ({
    departmentId,
    required: content.items.filter(({ level }) => level === 'required').length,
    effect: content.wholeProcess.effect,
    triggers: content.wholeProcess.triggers,
    licenceDays:
      content.publishing.find(({ categories }) => categories.includes('license'))?.workingDays ?? null,
    issuers: content.certificateIssuers,
    publishesValidity: content.publishesValidity,
  }));
  const allTriggers = ['personal-liberty', 'life-health', 'major-property'];
  expect(facts).toEqual([
    {
      departmentId: 'linyi-fgw',
      required: 0,
      effect: 'own-list',
      triggers: [],
      licenceDays: null,
      issuers: [],
      publishesValidity: false,
    },
    {
      departmentId: 'changdao-zhzf',
      required: 8,
      effect: 'proposed',
      triggers: allTriggers,
      licenceDays: null,
      issuers: ['provincial'],
      publishesValidity: false,
    },
    {
      departmentId: 'changzhi-swj',
      required: 8,
      effect: 'mandatory',
      triggers: allTriggers,
      licenceDays: 7,
      issuers: ['provincial', 'ministry'],
      publishesValidity: true,
    },
    {
      departmentId: 'ganzi-jxj',
      required: 7,
      effect: 'own-list',
      triggers: [],
      licenceDays: 7,
      issuers: ['provincial', 'recorded'],
      publishesValidity: false,
    },
    {
      departmentId: 'taierzhuang-spj',
      required: 4,
      effect: 'mandatory',
      triggers: ['life-health', 'major-property'],
      licenceDays: 7,
      issuers: ['provincial', 'recorded'],
      publishesValidity: false,
    },
  ]);
});
