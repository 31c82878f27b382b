import type { CoverageState } from './judgement.ts';

/** What holding footage against a duty found; each is true or false by itself. */
export interface Findings {
  /** A list is in force, and it says whether such an activity is recorded. */
  isDutyKnown: boolean;
  /** The list asks that it be recorded. */
  isAsked: boolean;
  /** In every world the doubts allow, with what was handed in in time. */
  isAnsweredInTime: boolean;
  /** The same with all footage. */
  isAnswered: boolean;
  isExempt: boolean;
  /** Footage is here of which some world has it that it was recorded during the activity. */
  isAnythingHere: boolean;
  /** Start and end of the activity are known. */
  hasTimes: boolean;
  /** In every world the doubts allow, a gap longer than is allowed. */
  isSurelyBroken: boolean;
}

export interface StateRule {
  state: CoverageState;
  when(findings: Findings): boolean;
  /** The same in words, for `docs/coverage.md`. */
  because: string;
}

/** The first rule that holds gives the state; the last always does. */
export const stateRules: readonly StateRule[] = [
  {
    state: 'unverifiable',
    when: (found) => !found.isDutyKnown,
    because: 'no duty list is in force, or the list leaves it to the department to say and it has not',
  },
  {
    state: 'not-required',
    when: (found) => !found.isAsked,
    because: 'the list does not ask that such an activity be recorded',
  },
  {
    state: 'met',
    when: (found) => found.isAnsweredInTime,
    because: 'footage handed in in time answers the duty, whatever the true times are within their doubts',
  },
  {
    state: 'late',
    when: (found) => found.isAnswered,
    because: 'the same, but only with footage that was handed in too late',
  },
  {
    state: 'exempt',
    when: (found) => found.isExempt,
    because:
      'an exemption was asked for and approved by another person, and footage does not answer the duty anyway',
  },
  {
    state: 'missing',
    when: (found) => !found.isAnythingHere,
    because: 'no footage is here that can have been recorded during the activity',
  },
  {
    state: 'unverifiable',
    when: (found) => !found.hasTimes,
    because: 'footage is here, but the case system told no start or no end: presence, never completeness',
  },
  {
    state: 'partial',
    when: (found) => found.isSurelyBroken,
    because: 'the whole must be recorded, and whatever the true times are, a gap longer than allowed is left',
  },
  {
    state: 'unverifiable',
    when: () => true,
    because: 'the doubts of the times leave it open',
  },
];

export function stateOf(findings: Findings): CoverageState {
  return stateRules.find((rule) => rule.when(findings))?.state ?? 'unverifiable';
}

/** Worst first: what a step or a case is told to be is the worst of its activities. */
export const statesWorstFirst: readonly CoverageState[] = [
  'missing',
  'partial',
  'unverifiable',
  'late',
  'exempt',
  'met',
  'not-required',
];
