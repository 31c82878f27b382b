import { expect, test } from 'vitest';
import { emptyContent, newItem, nextNumber, withRows } from './draft-item.ts';

const item = (number: string, note: string | null = null) => ({
  ...newItem(emptyContent('清单'), '清单'),
  number,
  note,
});

test('a new row has a number that no other row has', () => {
  expect(nextNumber([])).toBe('1');
  expect(nextNumber([item('2'), item('10'), item('甲')])).toBe('11');
});

test('read rows replace those of their numbers in place, and the others follow', () => {
  const items = [item('1'), item('2'), item('3')];
  expect(
    withRows(items, [item('9', '新'), item('2', '新')]).map(({ number, note }) => [number, note]),
  ).toEqual([
    ['1', null],
    ['2', '新'],
    ['3', null],
    ['9', '新'],
  ]);
});
