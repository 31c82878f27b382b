import type { DutyLevel, DutyReference, MediaKind } from '../duties/duty-list.ts';

/** What a list demands of one activity, as far as judging needs it. */
export interface DutyFacts {
  /** The version that judges; `null`: the department has none. */
  reference: DutyReference | null;
  /** `null`: nobody can say. */
  level: DutyLevel | null;
  /** Kinds of footage that count; `null`: any. */
  mediaKinds: readonly MediaKind[] | null;
  raisedBy: ('risk-trigger' | 'order')[];
  isWholeProcessProposed: boolean;
}

/** Where a department has no list in force. */
export const noDutyList: DutyFacts = {
  reference: null,
  level: null,
  mediaKinds: null,
  raisedBy: [],
  isWholeProcessProposed: false,
};

export function isWholeProcess({ level }: DutyFacts): boolean {
  return level === 'whole-process';
}
