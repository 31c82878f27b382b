import { expect, test } from 'vitest';
import { nextLabel } from './next-label.ts';

test.each([
  ['A1', 'A2'],
  ['A09', 'A10'],
  ['9', '10'],
  ['2号', '3号'],
  ['B2-7', 'B2-8'],
  ['left', null],
  [null, null],
])('after %s comes %s', (label, next) => {
  expect(nextLabel(label)).toBe(next);
});
