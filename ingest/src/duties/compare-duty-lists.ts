import { canonicalJson, type JsonValue } from '../custody/canonical-json.ts';
import type { DutyItem, DutyListContent } from './duty-list.ts';

/** The columns of an item that can change; its number names it. */
export const dutyColumns = [
  'categories',
  'matter',
  'steps',
  'activities',
  'place',
  'mediaKinds',
  'recordedBy',
  'startTrigger',
  'endTrigger',
  'content',
  'recordClass',
  'timeLimit',
  'retention',
  'level',
  'note',
  'basis',
  'isDerived',
] as const satisfies (keyof DutyItem)[];
export type DutyColumn = (typeof dutyColumns)[number];

/** The rules of a list beside its items. */
export const dutyRules = [
  'categories',
  'steps',
  'wholeProcess',
  'publishing',
  'certificateIssuers',
  'reviewCategories',
  'publishesValidity',
  'sources',
] as const satisfies (keyof DutyListContent)[];
export type DutyRule = (typeof dutyRules)[number];

export interface Change<Name extends string> {
  name: Name;
  before: JsonValue;
  after: JsonValue;
}

/** What changed from one list to another. */
export interface DutyListDifference {
  added: DutyItem[];
  removed: DutyItem[];
  changed: { number: string; columns: Change<DutyColumn>[] }[];
  rules: Change<DutyRule>[];
  /** The numbers of all items in their new order, where keeping the old order and adding at the end gives another. */
  order: string[] | null;
}

/** Tells what changed, item by item; items are known by their numbers. */
export function compareDutyLists(before: DutyListContent, after: DutyListContent): DutyListDifference {
  const earlier = new Map(before.items.map((item) => [item.number, item]));
  const later = new Map(after.items.map((item) => [item.number, item]));
  const added = after.items.filter(({ number }) => !earlier.has(number));
  const kept = before.items.filter(({ number }) => later.has(number));
  const changed = kept.flatMap((item) => {
    const columns = changesOf(dutyColumns, item, later.get(item.number) ?? item);
    return columns.length === 0 ? [] : [{ number: item.number, columns }];
  });
  const usual = [...kept, ...added].map(({ number }) => number);
  const order = after.items.map(({ number }) => number);
  return {
    added,
    removed: before.items.filter(({ number }) => !later.has(number)),
    changed,
    rules: changesOf(dutyRules, before, after),
    order: isSame(usual, order) ? null : order,
  };
}

function changesOf<Name extends string>(
  names: readonly Name[],
  before: { readonly [name in Name]: unknown },
  after: { readonly [name in Name]: unknown },
): Change<Name>[] {
  return names
    .map((name) => ({ name, before: before[name] as JsonValue, after: after[name] as JsonValue }))
    .filter((change) => !isSame(change.before, change.after));
}

function isSame(one: JsonValue, other: JsonValue): boolean {
  return canonicalJson(one) === canonicalJson(other);
}
