import type { CaseCategory, CaseQuery, CoverageState } from '@docket/gateway/contract';
import type { LocationQuery } from 'vue-router';
import { coverageOrder } from './coverage-tone.ts';

/** What the list of cases can be narrowed to; it stands in the address of the page. Days are `yyyy-mm-dd`. */
export interface CaseFilter {
  text: string;
  unitId: string | null;
  category: CaseCategory | null;
  /** Cases with an activity in this state. */
  coverage: CoverageState | null;
  openedFrom: string | null;
  openedTo: string | null;
}

export const caseCategories = [
  'license',
  'penalty',
  'coercion',
  'inspection',
  'levy',
  'requisition',
  'fee',
  'other-power',
] as const satisfies readonly CaseCategory[];

export const emptyCaseFilter: Readonly<CaseFilter> = {
  text: '',
  unitId: null,
  category: null,
  coverage: null,
  openedFrom: null,
  openedTo: null,
};

const isDay = (text: string) => /^\d{4}-\d{2}-\d{2}$/u.test(text) && !Number.isNaN(Date.parse(text));

export function caseFilterOf(query: LocationQuery): CaseFilter {
  const text = (name: string) => (typeof query[name] === 'string' ? query[name] : '');
  const day = (name: string) => (isDay(text(name)) ? text(name) : null);
  return {
    text: text('text').slice(0, 100),
    unitId: text('unit').slice(0, 128) || null,
    category: caseCategories.find((category) => category === text('category')) ?? null,
    coverage: coverageOrder.find((state) => state === text('coverage')) ?? null,
    openedFrom: day('from'),
    openedTo: day('to'),
  };
}

export function addressOfCases(filter: CaseFilter): Record<string, string> {
  return {
    ...(filter.text === '' ? {} : { text: filter.text }),
    ...(filter.unitId === null ? {} : { unit: filter.unitId }),
    ...(filter.category === null ? {} : { category: filter.category }),
    ...(filter.coverage === null ? {} : { coverage: filter.coverage }),
    ...(filter.openedFrom === null ? {} : { from: filter.openedFrom }),
    ...(filter.openedTo === null ? {} : { to: filter.openedTo }),
  };
}

export function caseQueryOf(filter: CaseFilter): CaseQuery {
  return {
    ...(filter.text === '' ? {} : { text: filter.text }),
    ...(filter.unitId === null ? {} : { unitId: filter.unitId }),
    ...(filter.category === null ? {} : { category: filter.category }),
    ...(filter.coverage === null ? {} : { coverage: filter.coverage }),
    ...(filter.openedFrom === null ? {} : { openedFrom: filter.openedFrom }),
    ...(filter.openedTo === null ? {} : { openedTo: filter.openedTo }),
    withdrawn: false,
  };
}
