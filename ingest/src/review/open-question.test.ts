import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { openQuestion, questionCodes, readinessOf } from './open-question.ts';

test('the document lists every question and whether it blocks', () => {
  const document = readFileSync(new URL('../../../docs/review.md', import.meta.url), 'utf8');
  const rows = [...document.matchAll(/^\| `(?<code>[a-z-]+)` \| (?<blocks>yes|no) \| [a-z]/gmu)]
    .map(({ groups }) => [groups?.code, groups?.blocks === 'yes'] as const)
    .filter(([code]) => code !== undefined && code in questionCodes);
  expect(Object.fromEntries(rows)).toEqual(
    Object.fromEntries(Object.entries(questionCodes).map(([code, { blocks }]) => [code, blocks])),
  );
});

test('a case is ready when nothing that blocks is open; each reason is told once', () => {
  expect(readinessOf([openQuestion('late'), openQuestion('person-concern')])).toEqual({
    reviewReady: true,
    blocking: [],
  });
  const gaps = [openQuestion('gap-unexplained'), openQuestion('gap-unexplained'), openQuestion('late')];
  expect(readinessOf(gaps)).toEqual({ reviewReady: false, blocking: ['gap-unexplained'] });
});
