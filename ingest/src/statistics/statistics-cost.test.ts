import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { IndexDatabase } from '../index-store/index-database.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { type Grouping, groupingColumns, groupings } from './groupings.ts';
import { type Measure, measureNames, measures } from './measures.ts';
import { statementOf } from './statistics-queries.ts';

const run = promisify(execFile);
const march = { from: '2026-03-01', to: '2026-03-31', filter: {} };

/** Every measure by every grouping it knows, and without any. */
const statements = measureNames.flatMap((name) => {
  const measure: Measure = measures[name];
  const columns = groupings.flatMap((grouping: Grouping) => groupingColumns[measure.facts][grouping] ?? []);
  return [[], ...columns.map((column) => [column])].map((by) => statementOf(measure, march, by));
});

/** Facts of `perDay` clips, activities and dockings on each of some days. */
async function addFacts(database: IndexDatabase, from: string, days: number, perDay: number): Promise<void> {
  const rows = `WITH RECURSIVE day (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM day WHERE n < ${days - 1}),
    one (m) AS (SELECT 0 UNION ALL SELECT m + 1 FROM one WHERE m < ${perDay - 1}),
    fact AS (SELECT date('${from}', n || ' days') AS day, '${from} ' || n || ' ' || m AS id, m FROM day, one)`;
  await database.write(async (transaction) => {
    await transaction.run(`INSERT INTO clip_fact ${rows} SELECT day, id, 'r' || (m % 3), 'o' || (m % 4), 'u', 'penalty',
      'evidence', 'hearing', m % 2, 'linked', 0, 1000, 5, 0, 0 FROM fact`);
    await transaction.run(`INSERT INTO activity_fact ${rows} SELECT day, id, 'case', 'u', 'penalty', 'evidence', 'hearing', m % 2,
      'required', 'met', 1, 1000, 1000, 0 FROM fact`);
    await transaction.run(
      `INSERT INTO activity_fact_party ${rows} SELECT day, id, 'officer', 'o' || (m % 4) FROM fact`,
    );
    await transaction.run(
      `INSERT INTO clock_fact ${rows} SELECT day, id, 'r' || (m % 3), 'o' || (m % 4), 'u', 'ok' FROM fact`,
    );
  });
}

/** How many steps SQLite's machine takes for each statement, as another binding of SQLite counts them. */
async function stepsOf(file: string): Promise<number[]> {
  const script = `
import json, sqlite3, sys
index = sqlite3.connect('file:' + sys.argv[1] + '?mode=ro', uri=True)
steps = []
for statement in json.loads(sys.argv[2]):
    counted = [0]
    def step():
        counted[0] += 1
    index.set_progress_handler(step, 1)
    index.execute(statement['sql'], statement['parameters']).fetchall()
    index.set_progress_handler(None, 1)
    steps.append(counted[0])
print(json.dumps(steps))`;
  const { stdout } = await run('python3', ['-c', script, file, JSON.stringify(statements)]);
  return JSON.parse(stdout) as number[];
}

test('a question over a period takes no more steps for twenty times as much outside it', async () => {
  const file = join(await temporaryFolder(), 'index.sqlite');
  const database = await IndexDatabase.open(file);
  onTestFinished(() => database.close());
  await addFacts(database, '2026-02-25', 40, 8);
  const before = await stepsOf(file);
  await addFacts(database, '2025-01-01', 400, 8);
  await addFacts(database, '2026-04-10', 400, 8);
  const after = await stepsOf(file);
  // The end of a table is noticed one step sooner than the beginning of what does not fit.
  for (const [index, steps] of after.entries())
    expect(Math.abs(steps - (before[index] ?? 0))).toBeLessThan(3);
  expect(Math.min(...before)).toBeGreaterThan(31 * 8);
});

test('every question reads its facts in the order of days, from the first of the period to the last', async () => {
  const database = await IndexDatabase.open(join(await temporaryFolder(), 'index.sqlite'));
  onTestFinished(() => database.close());
  for (const { sql, parameters } of statements) {
    const plan = await database.read(`EXPLAIN QUERY PLAN ${sql}`, parameters);
    const details = plan.map(({ detail }) => String(detail));
    expect(details).toContain('SEARCH fact USING PRIMARY KEY (day>? AND day<?)');
    expect(details.filter((detail) => detail.startsWith('SCAN'))).toEqual([]);
  }
});
