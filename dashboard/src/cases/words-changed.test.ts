import { expect, test } from 'vitest';
import { wordsChanged } from './words-changed.ts';

test('only what a later word says differently is told', () => {
  const before = { name: '示例一案', matter: null, riskTriggers: ['life-health'], closedOn: '2026-03-01' };
  const after = { name: '示例一案', matter: '无照经营', riskTriggers: [], closedOn: null };
  expect(wordsChanged(before, after)).toEqual([
    { field: 'matter', before: null, after: '无照经营' },
    { field: 'riskTriggers', before: '["life-health"]', after: '[]' },
    { field: 'closedOn', before: '2026-03-01', after: null },
  ]);
});
