import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyDutyList } from '../testing/any-duty-list.ts';
import { compareDutyLists, type DutyListDifference } from './compare-duty-lists.ts';
import type { DutyItem, DutyListContent } from './duty-list.ts';
import { changdaoZhzf } from './presets/changdao-zhzf.ts';

/** Does to a list what a difference says. */
function applied(list: DutyListContent, difference: DutyListDifference): DutyListContent {
  const gone = new Set(difference.removed.map(({ number }) => number));
  const changes = new Map(difference.changed.map(({ number, columns }) => [number, columns]));
  const items = list.items
    .filter(({ number }) => !gone.has(number))
    .map((item) => withChanges(item, changes.get(item.number) ?? []))
    .concat(difference.added);
  const byNumber = new Map(items.map((item) => [item.number, item]));
  const ordered = difference.order?.map((number) => byNumber.get(number)) ?? items;
  return withChanges({ ...list, items: ordered as DutyItem[] }, difference.rules);
}

function withChanges<Thing>(thing: Thing, changes: readonly { name: string; after: unknown }[]): Thing {
  return { ...thing, ...Object.fromEntries(changes.map(({ name, after }) => [name, after])) };
}

const nothing = { added: [], removed: [], changed: [], rules: [], order: null };

describe('a comparison', () => {
  test('of a list with itself is empty', () => {
    fc.assert(
      fc.property(anyDutyList, (list) => {
        expect(compareDutyLists(list, structuredClone(list))).toEqual(nothing);
      }),
    );
  });

  test('says all that is needed to make the later list of the earlier', () => {
    fc.assert(
      fc.property(anyDutyList, anyDutyList, (before, after) => {
        expect(applied(before, compareDutyLists(before, after))).toEqual(after);
      }),
    );
  });

  test('names the column of an item that changed, before and after', () => {
    const before = changdaoZhzf.content;
    const [first, ...others] = before.items;
    if (first === undefined) throw new Error('the preset has no items');
    const after = {
      ...before,
      items: [{ ...first, level: 'whole-process' as const }, ...others],
      certificateIssuers: [],
    };
    expect(compareDutyLists(before, after)).toEqual({
      ...nothing,
      changed: [{ number: '1', columns: [{ name: 'level', before: 'required', after: 'whole-process' }] }],
      rules: [{ name: 'certificateIssuers', before: ['provincial'], after: [] }],
    });
  });
});
