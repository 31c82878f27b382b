import { expect, test } from 'vitest';
import { addressOfCases, caseFilterOf, caseQueryOf, emptyCaseFilter } from './case-filter.ts';

test('a filter in the address is the same filter when it is read again', () => {
  const filter = {
    text: '临市监罚〔2026〕12号',
    unitId: 'oa/unit-1',
    category: 'penalty',
    coverage: 'partial',
    openedFrom: '2026-01-01',
    openedTo: '2026-03-31',
  } as const;
  expect(caseFilterOf(addressOfCases(filter))).toEqual(filter);
  expect(addressOfCases(emptyCaseFilter)).toEqual({});
});

test('what a stranger typed into the address is no filter', () => {
  const typed = { text: ['a', 'b'], category: 'murder', coverage: 'good', from: '2026-13-77', to: '1' };
  expect(caseFilterOf(typed)).toEqual(emptyCaseFilter);
});

test('withdrawn cases are left out', () => {
  expect(caseQueryOf(emptyCaseFilter)).toEqual({ withdrawn: false });
});
