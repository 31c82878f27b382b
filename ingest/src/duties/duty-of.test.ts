import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { activityKinds, caseCategories, caseSteps, riskTriggers } from '../cases/case-terms.ts';
import { anyDutyList } from '../testing/any-duty-list.ts';
import type { DutyItem, DutyLevel, DutyListContent } from './duty-list.ts';
import { dutyOf, type JudgedActivity, type JudgedCase } from './duty-of.ts';
import { changdaoZhzf } from './presets/changdao-zhzf.ts';
import { changzhiSwj } from './presets/changzhi-swj.ts';
import { ganziJxj } from './presets/ganzi-jxj.ts';
import { linyiFgw } from './presets/linyi-fgw.ts';
import { taierzhuangSpj } from './presets/taierzhuang-spj.ts';

const penalty: JudgedCase = {
  category: 'penalty',
  matter: null,
  riskTriggers: [],
  isRandomInspection: false,
};
const inspection: JudgedActivity = {
  kind: 'on-site-inspection',
  step: 'investigation',
  riskTriggers: [],
  isWholeProcess: false,
  isRandomInspection: false,
};

/** A list of `changzhi-swj` with other items. */
function listOf(...items: Partial<DutyItem>[]): DutyListContent {
  const { content } = changzhiSwj;
  const [item] = content.items;
  if (item === undefined) throw new Error('the preset has no items');
  const general = { ...item, categories: '*', steps: '*', activities: '*' } as const;
  return {
    ...content,
    items: items.map((one, place) => ({ ...general, number: String(place + 1), ...one })),
  };
}

describe('of the items that fit an activity, the one is chosen', () => {
  test.each<[string, Partial<DutyItem>, Partial<DutyItem>]>([
    [
      'that names the matter',
      { matter: '餐饮油烟' },
      { activities: ['on-site-inspection'], steps: ['investigation'] },
    ],
    [
      'that names fewer activities',
      { activities: ['on-site-inspection'] },
      { activities: ['on-site-inspection', 'hearing'], steps: ['investigation'] },
    ],
    [
      'that names activities, before one that names steps',
      { activities: ['on-site-inspection'] },
      { steps: ['investigation'], categories: ['penalty'] },
    ],
    [
      'that names steps, before one that names categories',
      { steps: ['investigation'] },
      { categories: ['penalty'] },
    ],
    ['that names categories, before one that names nothing', { categories: ['penalty'] }, {}],
    ['that is stricter, where both are as specific', { level: 'whole-process' }, { level: 'required' }],
  ])('%s', (_rule, chosen, other) => {
    const ofCase = { ...penalty, matter: '餐饮 油烟' };
    for (const list of [listOf(chosen, other), listOf(other, chosen)]) {
      const { item, considered } = dutyOf(list, ofCase, inspection);
      expect(item).toMatchObject(chosen);
      expect(considered).toHaveLength(2);
      expect(considered[0]).toBe(item?.number);
    }
  });

  test('of a matter only where it is the matter of the case', () => {
    expect(dutyOf(listOf({ matter: '餐饮油烟' }), penalty, inspection).item).toBeNull();
  });

  test('for 随机抽查 where a 现场检查 was drawn by lot, and only there', () => {
    const { content } = changzhiSwj;
    expect(dutyOf(content, penalty, inspection).item?.number).toBe('1');
    expect(dutyOf(content, { ...penalty, isRandomInspection: true }, inspection).item?.number).toBe('2');
    expect(dutyOf(content, penalty, { ...inspection, isRandomInspection: true }).item?.number).toBe('2');
    const hearing: JudgedActivity = {
      ...inspection,
      kind: 'hearing',
      step: 'review',
      isRandomInspection: true,
    };
    expect(dutyOf(content, penalty, hearing).item?.number).toBe('5');
  });
});

const strictness: DutyLevel[] = [
  'none',
  'own-list',
  'required',
  'whole-process-if-necessary',
  'whole-process',
];
const anyCase = fc.record<JudgedCase>({
  category: fc.constantFrom(...caseCategories),
  matter: fc.constantFrom(null, '甲', '乙'),
  riskTriggers: fc.subarray([...riskTriggers]),
  isRandomInspection: fc.boolean(),
});
const anyActivity = fc.record<JudgedActivity>({
  kind: fc.constantFrom(...activityKinds),
  step: fc.constantFrom(...caseSteps),
  riskTriggers: fc.subarray([...riskTriggers]),
  isWholeProcess: fc.boolean(),
  isRandomInspection: fc.boolean(),
});

describe('whatever the list', () => {
  test('risk and orders never lower a duty, and an order always raises it', () => {
    fc.assert(
      fc.property(anyDutyList, anyCase, anyActivity, (list, ofCase, activity) => {
        const calm = dutyOf(
          list,
          { ...ofCase, riskTriggers: [] },
          { ...activity, riskTriggers: [], isWholeProcess: false },
        );
        const { item, level, raisedBy } = dutyOf(list, ofCase, activity);
        expect(item).toEqual(calm.item);
        expect(strictness.indexOf(level)).toBeGreaterThanOrEqual(strictness.indexOf(calm.level));
        if (activity.isWholeProcess) expect(level).toBe('whole-process');
        expect(raisedBy.length > 0).toBe(level !== calm.level);
      }),
    );
  });

  test('more risk never lowers a duty', () => {
    fc.assert(
      fc.property(
        anyDutyList,
        anyCase,
        anyActivity,
        fc.constantFrom(...riskTriggers),
        (list, ofCase, activity, risk) => {
          const before = dutyOf(list, ofCase, activity).level;
          const after = dutyOf(
            list,
            { ...ofCase, riskTriggers: [...ofCase.riskTriggers, risk] },
            activity,
          ).level;
          expect(strictness.indexOf(after)).toBeGreaterThanOrEqual(strictness.indexOf(before));
        },
      ),
    );
  });

  test('the order of its items does not matter', () => {
    const shuffled = anyDutyList.chain((list) =>
      fc
        .shuffledSubarray(list.items, { minLength: list.items.length })
        .map((items) => ({ list, other: { ...list, items } })),
    );
    fc.assert(
      fc.property(shuffled, anyCase, anyActivity, ({ list, other }, ofCase, activity) => {
        expect(dutyOf(other, ofCase, activity)).toEqual(dutyOf(list, ofCase, activity));
      }),
    );
  });

  test('only items that fit are considered', () => {
    fc.assert(
      fc.property(anyDutyList, anyCase, anyActivity, (list, ofCase, activity) => {
        const { considered } = dutyOf(list, ofCase, activity);
        const isOf = (words: readonly string[] | '*', ...of: string[]) =>
          words === '*' || of.some((word) => words.includes(word));
        const isLot =
          activity.kind === 'on-site-inspection' &&
          (activity.isRandomInspection || ofCase.isRandomInspection);
        const kinds = isLot ? ['on-site-inspection', 'random-inspection'] : [activity.kind];
        const fitting = list.items.filter(
          (item) =>
            (item.matter === null || item.matter === ofCase.matter) &&
            isOf(item.categories, ofCase.category) &&
            isOf(item.steps, activity.step) &&
            isOf(item.activities, ...kinds),
        );
        expect([...considered].sort()).toEqual(fitting.map(({ number }) => number).sort());
      }),
    );
  });
});

describe('as the plans say', () => {
  const risky = { ...penalty, riskTriggers: ['life-health' as const] };
  const survey: JudgedActivity = { ...inspection, kind: 'site-survey', step: 'review' };
  const licence: JudgedCase = { ...risky, category: 'license' };

  test('长治: life and health, liberty and property make the whole process a duty', () => {
    const { content } = changzhiSwj;
    expect(dutyOf(content, penalty, inspection)).toMatchObject({ level: 'required', raisedBy: [] });
    for (const risk of riskTriggers) {
      expect(dutyOf(content, penalty, { ...inspection, riskTriggers: [risk] })).toMatchObject({
        level: 'whole-process',
        raisedBy: ['risk-trigger'],
        isWholeProcessProposed: false,
      });
    }
  });

  test('长治: what is on site and on no list is recorded whole where the risk is there, and else not judged', () => {
    expect(dutyOf(changzhiSwj.content, penalty, survey)).toMatchObject({ item: null, level: 'none' });
    expect(dutyOf(changzhiSwj.content, risky, survey)).toMatchObject({ item: null, level: 'whole-process' });
    const other: JudgedActivity = { ...inspection, kind: 'other' };
    expect(dutyOf(changzhiSwj.content, risky, other)).toMatchObject({ item: null, level: 'none' });
  });

  test('台儿庄: only places of verification, and not for personal liberty', () => {
    const { content } = taierzhuangSpj;
    expect(dutyOf(content, licence, survey)).toMatchObject({
      level: 'whole-process',
      raisedBy: ['risk-trigger'],
    });
    const liberty: JudgedCase = { ...licence, riskTriggers: ['personal-liberty'] };
    expect(dutyOf(content, liberty, survey)).toMatchObject({ level: 'required', raisedBy: [] });
    const hearing: JudgedActivity = { ...survey, kind: 'hearing' };
    expect(dutyOf(content, licence, hearing)).toMatchObject({ level: 'required', raisedBy: [] });
  });

  test('长岛: 必要时 asks a person, whose order decides', () => {
    const { content } = changdaoZhzf;
    expect(dutyOf(content, penalty, inspection)).toMatchObject({
      level: 'required',
      isWholeProcessProposed: false,
    });
    expect(dutyOf(content, risky, inspection)).toMatchObject({
      level: 'required',
      raisedBy: [],
      isWholeProcessProposed: true,
    });
    expect(dutyOf(content, risky, { ...inspection, isWholeProcess: true })).toMatchObject({
      level: 'whole-process',
      raisedBy: ['order'],
      isWholeProcessProposed: false,
    });
  });

  test('长岛: what the inferred columns leave out is still recorded', () => {
    const odd: JudgedActivity = { ...inspection, step: 'execution' };
    expect(dutyOf(changdaoZhzf.content, penalty, odd)).toMatchObject({
      item: { number: '8' },
      level: 'required',
    });
    expect(dutyOf(changdaoZhzf.content, { ...penalty, category: 'coercion' }, inspection).item?.number).toBe(
      '8',
    );
  });

  test('甘孜: no duty for 行政强制, unless somebody orders it', () => {
    const measure: JudgedActivity = { ...inspection, kind: 'coercion-measure', step: 'execution' };
    expect(dutyOf(ganziJxj.content, risky, measure)).toMatchObject({ item: { number: '8' }, level: 'none' });
    expect(dutyOf(ganziJxj.content, risky, { ...measure, isWholeProcess: true })).toMatchObject({
      level: 'whole-process',
      raisedBy: ['order'],
    });
    expect(dutyOf(ganziJxj.content, risky, inspection)).toMatchObject({ level: 'required', raisedBy: [] });
  });

  test('临沂: a list of its own, until which nothing is judged', () => {
    expect(dutyOf(linyiFgw.content, risky, inspection)).toMatchObject({
      item: { number: '1' },
      level: 'own-list',
      raisedBy: [],
    });
  });
});
