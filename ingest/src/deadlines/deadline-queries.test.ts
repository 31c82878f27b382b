/** How a deadline stands, by the code and by the conditions of the index: one rule said twice. */
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { CaseWork } from '../case-work.ts';
import { CustodyLog } from '../custody/custody-log.ts';
import { IndexDatabase } from '../index-store/index-database.ts';
import { caseRecord, exampleCase } from '../testing/example-facts.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { deadlineState, deadlineStates } from './deadline.ts';
import { countPressing, listDeadlines } from './deadline-queries.ts';

const now = '2026-03-02T00:00:00.000Z';
const after = (instant: string, ms: number) => new Date(Date.parse(instant) + ms).toISOString();
const hourMs = 3_600_000;

/** Every way a deadline can lie to now, and its being done to the deadline. */
const ways = [-48 * hourMs, -1, 0, 1, 48 * hourMs].flatMap((ms) => {
  const dueAt = after(now, ms);
  return [null, after(dueAt, -1), dueAt, after(dueAt, 1)].flatMap((metAt) =>
    [false, true].map((isProvisional) => ({ dueAt, metAt, isProvisional })),
  );
});

async function open(): Promise<IndexDatabase> {
  const database = await IndexDatabase.open(join(await temporaryFolder('in-memory'), 'index.sqlite'));
  onTestFinished(() => database.close());
  const custody = await CustodyLog.open(database, 'gateway:test');
  const { book } = new CaseWork({ database, custody, onReckonError: () => {} });
  await book.receive('oa', [{ record: caseRecord(), revision: null }], 'test');
  await database.write(async (transaction) => {
    for (const [place, { dueAt, metAt, isProvisional }] of ways.entries()) {
      await transaction.run(
        `INSERT INTO deadline (case_id, kind, activity_id, runs_from, due_on, due_at, met_at, met_by, is_provisional, rule)
         VALUES (?, 'hand-in', ?, '2026-01-01', NULL, ?, ?, ?, ?, '{}')`,
        [exampleCase.caseId, String(place), dueAt, metAt, metAt && 'facts', Number(isProvisional)],
      );
    }
  });
  return database;
}

test('the index finds under each state just the deadlines that stand so', async () => {
  const database = await open();
  const page = { after: null, limit: 1000 };
  for (const state of deadlineStates) {
    const { deadlines } = await listDeadlines(database, { state }, page, now);
    const found = deadlines.map(({ activityId }) => Number(activityId)).toSorted((a, b) => a - b);
    const expected = [...ways.keys()].filter((place) => {
      const way = ways[place];
      return way !== undefined && deadlineState(way, now) === state;
    });
    expect(found, state).toEqual(expected);
    expect(expected, state).not.toEqual([]);
    expect(
      deadlines.every((one) => one.state === state),
      state,
    ).toBe(true);
  }
});

test.each([
  ['done before it was due', 1, -1, 'met'],
  ['done when it was due is done too late', 0, 0, 'missed'],
  ['not done a moment before it is due', 1, null, 'open'],
  ['not done when it is due', 0, null, 'missed'],
] as const)('%s', (_rule, dueIn, doneAfterDue, state) => {
  const dueAt = after(now, dueIn);
  const metAt = doneAfterDue === null ? null : after(dueAt, doneAfterDue);
  expect(deadlineState({ dueAt, metAt, isProvisional: false }, now)).toBe(state);
  if (state !== 'met') {
    expect(deadlineState({ dueAt, metAt, isProvisional: true }, now)).toBe('provisional');
  }
});

test('what presses is not done: due within the time asked, or missed in it by a day that is sure', async () => {
  const database = await open();
  const at = { since: after(now, -24 * hourMs), now, soon: after(now, 24 * hourMs) };
  // Due in a moment, sure or provisional; missed a moment ago and just now, where sure.
  expect(await countPressing(database, at)).toEqual({ dueSoon: 2, missedLately: 2 });
  const wide = { since: after(now, -72 * hourMs), now, soon: after(now, 72 * hourMs) };
  expect(await countPressing(database, wide)).toEqual({ dueSoon: 4, missedLately: 3 });
});
