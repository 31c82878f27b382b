import { expect, test } from 'vitest';
import { barLength, figureText, groupName, partText } from './figure-text.ts';

const words = {
  measures: {},
  groupings: {},
  keys: { any: { none: 'None', several: 'Several' }, step: { evidence: 'Evidence' } },
  columns: {},
};

test('figures read like what they are', () => {
  expect(figureText('share', 0.875, 'en')).toBe('87.5%');
  expect(figureText('share', null, 'en')).toBe('–');
  expect(figureText('milliseconds', 90_000, 'en')).toBe('1.5 min');
  expect(figureText('milliseconds', 9_000_000, 'en')).toBe('2.5 hr');
  expect(figureText('bytes', 1_500_000, 'en')).toBe('1.50 MB');
  expect(partText('milliseconds', 'untimed', 3, 'en')).toBe('3');
  expect(partText('milliseconds', 'covered', 60_000, 'en')).toBe('1 min');
});

test('a group is called by its name, else by the word for its key, else by the key', () => {
  const name = (key: string | null, given: string | null = null) =>
    groupName({ keys: [{ by: 'step', key, name: given }] }, words);
  expect([name('evidence'), name(null), name('several'), name('new-step'), name('u1', '执法一队')]).toEqual([
    'Evidence',
    'None',
    'Several',
    'new-step',
    '执法一队',
  ]);
});

test('bars of shares are of the whole, others of the largest', () => {
  expect(barLength('share', 0.25, [0.25, 0.5])).toBe(0.25);
  expect(barLength('count', 5, [5, 20])).toBe(0.25);
  expect(barLength('count', null, [null])).toBe(0);
});
