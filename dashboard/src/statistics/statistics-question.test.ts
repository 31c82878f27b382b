import { expect, test } from 'vitest';
import { addressOf, choiceOf, questionOf } from './statistics-question.ts';

const today = new Date(2026, 7, 4, 12);

test('without an address the page asks for the coverage of the last thirty days by category', () => {
  expect(choiceOf({}, today)).toEqual({
    measure: 'coverage',
    by: 'category',
    over: 'day',
    from: '2026-07-06',
    to: '2026-08-04',
    isRandomInspection: null,
  });
});

test('an address line brings the same choice back', () => {
  const choice = choiceOf(
    { measure: 'gap-time', by: 'officer', over: 'week', from: '2026-01-01', random: 'no' },
    today,
  );
  expect(choiceOf(addressOf(choice), new Date(2030, 0, 1))).toEqual(choice);
});

test('what is no day, and no step of time, is left out', () => {
  expect(choiceOf({ from: 'yesterday', over: 'hour', to: 7 }, today)).toMatchObject({
    from: '2026-07-06',
    over: 'day',
    to: '2026-08-04',
  });
});

test('the gateway is asked only what was chosen', () => {
  expect(questionOf(choiceOf({ random: 'yes' }, today), 'unit')).toEqual({
    measure: 'coverage',
    by: ['unit'],
    from: '2026-07-06',
    to: '2026-08-04',
    isRandomInspection: true,
  });
});
