import { expect, test } from 'vitest';
import { openIndexWithDocking } from '../testing/index-rows.ts';
import type { Grouping } from './groupings.ts';
import type { MeasureName } from './measures.ts';
import { askStatistics } from './statistics-queries.ts';

interface Row {
  id: string;
  level?: string | null;
  state: string;
  due?: boolean;
  requiredMs?: number | null;
  coveredMs?: number;
  gapMs?: number;
  officers?: string[];
  recorders?: string[];
  random?: boolean;
}

/** Facts as the reckoning of judged activities leaves them. */
async function withActivities(rows: readonly Row[]) {
  const { database } = await openIndexWithDocking();
  await database.write(async (transaction) => {
    for (const row of rows) {
      const { id, level = 'whole-process', state, due = true, requiredMs = null } = row;
      await transaction.run(
        `INSERT INTO activity_fact VALUES ('2026-08-04', ?, 'case', 'unit', 'penalty', 'evidence', 'hearing', ?, ?, ?, ?, ?, ?, ?)`,
        [id, row.random ?? false, level, state, due, requiredMs, row.coveredMs ?? null, row.gapMs ?? null],
      );
      for (const role of ['officer', 'recorder'] as const) {
        for (const party of row[`${role}s`] ?? []) {
          await transaction.run("INSERT INTO activity_fact_party VALUES ('2026-08-04', ?, ?, ?)", [
            id,
            role,
            party,
          ]);
        }
      }
    }
  });
  return (measure: MeasureName, by: Grouping[] = [], filter = {}) =>
    askStatistics(database, { measure, by, from: '2026-08-01', to: '2026-08-31', filter });
}

test('coverage leaves out what is exempt, what nobody asks for, and what may still come', async () => {
  const ask = await withActivities([
    { id: 'met', state: 'met' },
    { id: 'late', state: 'late' },
    { id: 'partial', state: 'partial' },
    { id: 'gone', state: 'missing' },
    { id: 'to-come', state: 'missing', due: false },
    { id: 'exempt', state: 'exempt' },
    { id: 'unasked', state: 'not-required', level: 'none' },
    { id: 'no-list', state: 'unverifiable', level: null },
  ]);
  expect((await ask('coverage')).total).toEqual({
    numerator: 2,
    denominator: 4,
    value: 0.5,
    parts: {
      met: 1,
      late: 1,
      partial: 1,
      missing: 1,
      exempt: 1,
      unverifiable: 0,
      'not-due': 1,
      'no-duty': 2,
    },
  });
  expect((await ask('recording-rate')).total).toMatchObject({
    numerator: 3,
    denominator: 4,
    parts: { missing: 1 },
  });
});

test('an activity counts for each of its officers, and once in the whole', async () => {
  const ask = await withActivities([
    { id: 'two', state: 'met', officers: ['o1', 'o2'], recorders: ['r1'] },
    { id: 'one', state: 'missing', officers: ['o1'] },
  ]);
  const answer = await ask('coverage', ['officer']);
  expect(answer.groups.map(({ keys, value }) => [keys[0]?.key, value])).toEqual([
    ['o1', 0.5],
    ['o2', 1],
  ]);
  expect(answer.total.denominator).toBe(2);
  const byRecorder = await ask('coverage', ['recorder']);
  expect(byRecorder.groups.map(({ keys, value }) => [keys[0]?.key, value])).toEqual([
    [null, 0],
    ['r1', 1],
  ]);
  expect((await ask('coverage', [], { officerId: 'o2' })).total.denominator).toBe(1);
});

test('gap time adds up what surely is not covered, and random inspections stand apart', async () => {
  const ask = await withActivities([
    { id: 'a', state: 'partial', requiredMs: 600_000, coveredMs: 480_000, gapMs: 120_000, random: true },
    { id: 'b', state: 'met', requiredMs: 300_000, coveredMs: 300_000, gapMs: 0 },
    { id: 'untimed', state: 'unverifiable' },
    { id: 'any-footage', level: 'required', state: 'met', requiredMs: 900_000, coveredMs: 60_000 },
  ]);
  expect((await ask('gap-time')).total).toMatchObject({
    numerator: 120_000,
    denominator: null,
    parts: { required: 900_000, covered: 780_000, untimed: 1 },
  });
  const apart = await ask('gap-time', ['random-inspection']);
  expect(apart.groups.map(({ keys, numerator }) => [keys[0]?.key, numerator])).toEqual([
    ['no', 0],
    ['yes', 120_000],
  ]);
});
