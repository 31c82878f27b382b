import fc from 'fast-check';
import {
  activityKinds,
  caseCategories,
  caseSteps,
  certificateIssuers,
  riskTriggers,
} from '../cases/case-terms.ts';
import { type DutyItem, type DutyListContent, dutyLevels, mediaKinds } from '../duties/duty-list.ts';

const some = <Word>(words: readonly Word[]) => fc.uniqueArray(fc.constantFrom(...words), { minLength: 1 });
const someOrAny = <Word>(words: readonly Word[]) => fc.oneof(fc.constant('*' as const), some(words));
const text = fc.option(fc.constantFrom('甲', '乙', '丙'));
const basis = fc.record({
  document: fc.constantFrom('方案', '办法'),
  sentence: fc.constantFrom('', '要进行音像记录。'),
});

export const anyDutyItem: fc.Arbitrary<DutyItem> = fc.record({
  number: fc.constantFrom('1', '2', '3', '4', '5', '6', '7', '8', '10'),
  categories: someOrAny(caseCategories),
  matter: text,
  steps: someOrAny(caseSteps),
  activities: someOrAny(activityKinds),
  place: text,
  mediaKinds: some(mediaKinds),
  recordedBy: text,
  startTrigger: text,
  endTrigger: text,
  content: text,
  recordClass: text,
  timeLimit: fc.option(
    fc.record({
      count: fc.integer({ min: 1, max: 60 }),
      unit: fc.constantFrom('day' as const, 'working-day' as const),
    }),
  ),
  retention: fc.constantFrom('permanent' as const, 'same-as-file' as const, { duration: 'P3Y' }),
  level: fc.constantFrom(...dutyLevels),
  note: text,
  basis,
  isDerived: fc.boolean(),
});

/** Any list whose items have numbers of their own. */
export const anyDutyList: fc.Arbitrary<DutyListContent> = fc.record({
  categories: some(caseCategories),
  steps: fc.record({ names: some(caseSteps), isDefault: fc.boolean() }),
  items: fc.uniqueArray(anyDutyItem, { selector: ({ number }) => number, maxLength: 8 }),
  wholeProcess: fc.record({
    effect: fc.constantFrom('mandatory' as const, 'proposed' as const, 'own-list' as const),
    triggers: fc.subarray([...riskTriggers]),
    activities: someOrAny(activityKinds),
    basis,
    isDerived: fc.boolean(),
    note: text,
  }),
  publishing: fc.constant([]),
  certificateIssuers: fc.subarray([...certificateIssuers]),
  reviewCategories: someOrAny(caseCategories),
  publishesValidity: fc.boolean(),
  sources: fc.constant([]),
});
