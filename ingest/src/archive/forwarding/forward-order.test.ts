import { expect, test } from 'vitest';
import { type ForwardFacts, forwardOrder } from './forward-order.ts';
import { usualForwarding } from './forwarding-policy.ts';

const hour = 3_600_000;
const policy = { ...usualForwarding, importantWithinHours: 24, ordinaryWithinHours: 720 };

/** Recorded until the hour 100, docked at the hour 110. */
function facts(change: Partial<ForwardFacts> = {}): ForwardFacts {
  const at = { lowMs: 100 * hour, highMs: 100 * hour };
  return {
    clipId: 'a',
    span: { start: { lowMs: 99 * hour, highMs: 99 * hour }, end: at },
    recordedByMs: 110 * hour,
    isMarked: false,
    isOfOperation: false,
    linkedSinceMs: null,
    heldSinceMs: null,
    demandedSinceMs: null,
    ...change,
  };
}

test.each<[string, Partial<ForwardFacts>, importance: number, dueHour: number]>([
  ['that nobody wants is due with the ordinary ones', {}, 0, 820],
  ['that is marked is due from the end of its recording', { isMarked: true }, 2, 124],
  ['of an operation is due from the end of its recording', { isOfOperation: true }, 1, 124],
  ['that was linked later is due from then', { linkedSinceMs: 300 * hour }, 1, 324],
  [
    'that is marked and linked later is due by its mark',
    { isMarked: true, linkedSinceMs: 300 * hour },
    2,
    124,
  ],
  ['that was held late is never due later than an ordinary one', { heldSinceMs: 815 * hour }, 1, 820],
  ['that was demanded goes before others of its hour', { demandedSinceMs: 200 * hour }, 3, 224],
  ['whose time is not known is due from when it lay in the dock', { span: null }, 0, 830],
  [
    'of a recorder whose clock is ahead is due from when it lay in the dock',
    { span: { start: { lowMs: 0, highMs: 0 }, end: { lowMs: 0, highMs: 9_000 * hour } } },
    0,
    830,
  ],
])('a clip %s', (_which, change, importance, dueHour) => {
  const order = forwardOrder(facts(change), policy);
  expect([order.importance, order.dueAtMs / hour]).toEqual([importance, dueHour]);
});
