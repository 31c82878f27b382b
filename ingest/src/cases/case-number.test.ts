import fc from 'fast-check';
import { expect, test } from 'vitest';
import { longestCaseNumber, normalCaseNumber } from './case-number.ts';

test.each([
  ['示发改罚〔2026〕1号', '示发改罚〔2026〕1号'],
  ['示发改罚[2026]1号', '示发改罚〔2026〕1号'],
  ['示发改罚（２０２６）第 ０１２ 号', '示发改罚〔2026〕第012号'],
  ['示市监罚字【2026】12-3 号', '示市监罚字〔2026〕12-3号'],
  ['  示Q交许 {2026} 7 号 ', '示Q交许〔2026〕7号'],
])('%s is %s', (typed, normal) => {
  expect(normalCaseNumber(typed)).toBe(normal);
});

test.each(['案件 (三)', 'CASE-2026-1', '示发改罚〔2026〕', '〔2026〕1号', '示发改罚〔1026〕1号', ''])(
  'what is no number stays as it is: %j',
  (text) => expect(normalCaseNumber(text)).toBe(text),
);

const anyNumber = fc
  .tuple(
    fc.array(fc.constantFrom(...'示例市监发改商务罚检强许征'), { minLength: 1, maxLength: 12 }),
    fc.integer({ min: 1900, max: 2099 }),
    fc.nat({ max: 99_999_999 }),
    fc.boolean(),
    fc.boolean(),
  )
  .map(([agency, year, serial, word, ordinal]) => ({
    agency: `${agency.join('')}${word ? '字' : ''}`,
    year: String(year),
    serial: `${ordinal ? '第' : ''}${serial}`,
  }));
const anyBrackets = fc.constantFrom('〔〕', '[]', '［］', '()', '（）', '【】', '{}', '〖〗');
const anySpace = fc.constantFrom('', ' ', '\u3000', '\u00a0', '\u200b');

test('one number has one form, however it is typed', () => {
  fc.assert(
    fc.property(
      anyNumber,
      anyBrackets,
      anySpace,
      fc.boolean(),
      ({ agency, year, serial }, pair, space, isWide) => {
        const typed = [agency, pair[0], year, pair[1], serial, '号'].join(space);
        const wide = typed.replace(/\d/gu, (figure) => String.fromCodePoint(figure.charCodeAt(0) + 0xfee0));
        expect(normalCaseNumber(isWide ? wide : typed)).toBe(`${agency}〔${year}〕${serial}号`);
      },
    ),
  );
});

test('the form of a form is the same, and is never longer than it may be', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string({ unit: 'grapheme', maxLength: 200 }), fc.string({ maxLength: 200 })),
      (text) => {
        const normal = normalCaseNumber(text);
        expect(normalCaseNumber(normal)).toBe(normal);
        expect([...normal].length).toBeLessThanOrEqual(longestCaseNumber);
      },
    ),
  );
});
