import type { ActivityFacts, CaseFacts } from '../cases/case-record.ts';
import type { DutyItem, DutyLevel, DutyListContent, WholeProcessRule } from './duty-list.ts';

export type JudgedCase = Pick<CaseFacts, 'category' | 'matter' | 'riskTriggers' | 'isRandomInspection'>;
export type JudgedActivity = Pick<
  ActivityFacts,
  'kind' | 'step' | 'riskTriggers' | 'isWholeProcess' | 'isRandomInspection'
>;

/** What a list demands of an activity. */
export interface Duty {
  /** `null`: the list has no item for such an activity. */
  item: DutyItem | null;
  level: DutyLevel;
  /** What made the level higher than the item has it. */
  raisedBy: ('risk-trigger' | 'order')[];
  /** True where a person has to say whether the whole process is recorded (必要时). */
  isWholeProcessProposed: boolean;
  /** Numbers of all items that fit, the chosen one first. */
  considered: string[];
}

/** From the mildest to the strictest. */
const strictness: readonly DutyLevel[] = [
  'none',
  'own-list',
  'required',
  'whole-process-if-necessary',
  'whole-process',
];

/**
 * Chooses the item that judges an activity, and the level it demands.
 *
 * Of the items that fit, the most specific wins: first the one that names the matter (执法事项), then the one with the
 * fewest activities, then with the fewest steps, then with the fewest categories; `*` is more than any number. Of equally
 * specific ones the strictest wins, then the lower number. A 现场检查 of a 双随机 case fits items for 随机抽查 too, and
 * is more specifically that.
 *
 * A mandatory whole-process rule (S2, S4) raises a required item, or a list's silence, to `whole-process` where a risk
 * trigger of case or activity is among its own and it speaks of such activities; a proposing one (S1) asks a person.
 * Items that say `none` or `own-list` stand as they are. An order to record whole raises anything. Nothing is lowered.
 */
export function dutyOf(list: DutyListContent, ofCase: JudgedCase, activity: JudgedActivity): Duty {
  const fitting = list.items
    .filter((item) => fits(item, ofCase, activity))
    .sort((one, other) => compareItems(one, other, isRandom(ofCase, activity)));
  const item = fitting[0] ?? null;
  return {
    item,
    ...levelOf(item, list.wholeProcess, ofCase, activity),
    considered: fitting.map(({ number }) => number),
  };
}

function fits(item: DutyItem, ofCase: JudgedCase, activity: JudgedActivity): boolean {
  return (
    (item.matter === null || isSameMatter(item.matter, ofCase.matter)) &&
    names(item.categories, ofCase.category) &&
    names(item.steps, activity.step) &&
    (names(item.activities, activity.kind) ||
      (isRandom(ofCase, activity) && names(item.activities, 'random-inspection')))
  );
}

function names<Word>(words: readonly Word[] | '*', word: Word): boolean {
  return words === '*' || words.includes(word);
}

/** Written alike but for width and spaces. */
function isSameMatter(one: string, other: string | null): boolean {
  return other !== null && plain(one) === plain(other);
}

function plain(matter: string): string {
  return matter.normalize('NFKC').replace(/\s/gu, '');
}

/** A 现场检查 that was drawn by lot. */
function isRandom(ofCase: JudgedCase, activity: JudgedActivity): boolean {
  return activity.kind === 'on-site-inspection' && (activity.isRandomInspection || ofCase.isRandomInspection);
}

/** Negative where `one` comes before `other`. A total order, as numbers are unique in a list. */
function compareItems(one: DutyItem, other: DutyItem, random: boolean): number {
  return (
    Number(one.matter === null) - Number(other.matter === null) ||
    breadth(one.activities) - breadth(other.activities) ||
    Number(random) * (Number(isForLots(other)) - Number(isForLots(one))) ||
    breadth(one.steps) - breadth(other.steps) ||
    breadth(one.categories) - breadth(other.categories) ||
    strictness.indexOf(other.level) - strictness.indexOf(one.level) ||
    compareNumbers(one.number, other.number)
  );
}

function isForLots({ activities }: DutyItem): boolean {
  return activities !== '*' && activities.includes('random-inspection');
}

function breadth(words: readonly string[] | '*'): number {
  return words === '*' ? 1000 : new Set(words).size;
}

function compareNumbers(one: string, other: string): number {
  return one.localeCompare(other, 'zh-CN', { numeric: true }) || (one < other ? -1 : Number(one > other));
}

function levelOf(
  item: DutyItem | null,
  rule: WholeProcessRule,
  ofCase: JudgedCase,
  activity: JudgedActivity,
): Pick<Duty, 'level' | 'raisedBy' | 'isWholeProcessProposed'> {
  const listed = item?.level ?? 'none';
  const isTriggered = speaksOf(rule, ofCase, activity);
  const raisedBy: Duty['raisedBy'] = [];
  if (listed !== 'whole-process') {
    const isOpen = item === null || listed === 'required' || listed === 'whole-process-if-necessary';
    if (isTriggered && rule.effect === 'mandatory' && isOpen) raisedBy.push('risk-trigger');
    if (activity.isWholeProcess) raisedBy.push('order');
  }
  const level = raisedBy.length > 0 ? 'whole-process' : listed;
  const isProposed = isTriggered && rule.effect === 'proposed' && level === 'required';
  return {
    level,
    raisedBy,
    isWholeProcessProposed: level === 'whole-process-if-necessary' || isProposed,
  };
}

function speaksOf(rule: WholeProcessRule, ofCase: JudgedCase, activity: JudgedActivity): boolean {
  const triggers = new Set([...ofCase.riskTriggers, ...activity.riskTriggers]);
  return names(rule.activities, activity.kind) && rule.triggers.some((trigger) => triggers.has(trigger));
}
