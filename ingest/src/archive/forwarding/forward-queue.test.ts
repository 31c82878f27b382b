import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { CustodyLog } from '../../custody/custody-log.ts';
import { IndexDatabase } from '../../index-store/index-database.ts';
import { ForwardQueue, headOfLine } from './forward-queue.ts';
import { usualForwarding } from './forwarding-policy.ts';
import { LineWindows } from './line-windows.ts';
import { listQueue, parseQueuePosition, type QueuePosition } from './queue-listing.ts';
import { amountsInLine, predictMisses, readAmounts } from './target-forecast.ts';

const clips = 20_000;
/** Bulk, the third in the line, and only `main` waits for it. */
const lonely = 'clip-002132';
const nowMs = Date.parse('2026-11-22T00:00:00Z');

/** A queue of two targets: one clip in twenty is important, each is due some time in the next 30 days. */
async function longQueue(folder: string): Promise<IndexDatabase> {
  const database = await IndexDatabase.open(join(folder, 'index.sqlite'));
  await database.write(async (transaction) => {
    await transaction.run(
      `INSERT INTO recorder (recorder_id, driver, identity_source, first_seen_at, last_seen_at) VALUES ('r', 'volume', 'none', '', '')`,
    );
    await transaction.run(
      `INSERT INTO docking (docking_id, slot, driver, recorder_id, state, attached_at, clock) VALUES ('d', '1-1', 'volume', 'r', 'closed', '', '{}')`,
    );
    await transaction.run(
      `WITH RECURSIVE number (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM number WHERE n + 1 < ?)
       INSERT INTO clip (clip_id, recorder_id, docking_id, path_bytes, name, path, name_encoding, kind, size_bytes, marked, state, listed_at)
       SELECT printf('clip-%06d', n), 'r', 'd', CAST(n AS BLOB), n || '.mp4', n || '.mp4', 'utf-8', 'video', 1000000, 0, 'listed', '2026-11-21' FROM number`,
      [clips],
    );
    for (const target of ['main', 'second']) {
      await transaction.run(
        `INSERT INTO forward (clip_id, target, queued_at, size_bytes, importance, due_at, recorded_at)
         SELECT clip_id, ?, '2026-11-21', size_bytes, (rowid % 20 = 0) * (1 + rowid % 3),
           strftime('%Y-%m-%dT%H:%M:%fZ', '2026-11-22', (rowid * 7919 % 43200) || ' minutes'), '2026-11-21' FROM clip`,
        [target],
      );
    }
    await transaction.run("DELETE FROM forward WHERE target = 'second' AND clip_id = ?", [lonely]);
  });
  return database;
}

let database: IndexDatabase;
let queue: ForwardQueue;

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'docket-'));
  database = await longQueue(folder);
  const custody = await CustodyLog.open(database, 'gateway:dock-1');
  queue = new ForwardQueue({ database, custody, target: 'main', retryMaxMs: 900_000 });
  return async () => {
    await database.close();
    await rm(folder, { recursive: true });
  };
}, 60_000);

describe('a line of 20,000 clips', () => {
  test.each([
    ['read from its beginning', headOfLine, ['main', '', '', 1, '[]', 2]],
    ['counted', amountsInLine, []],
  ])('is %s by its index alone, without sorting', async (_how, sql, parameters) => {
    const plan = await database.read(`EXPLAIN QUERY PLAN ${sql}`, parameters);
    const steps = plan.map(({ detail }) => String(detail)).join('\n');
    expect(steps).toMatch(/USING COVERING INDEX forward_line/u);
    expect(steps).not.toMatch(/TEMP B-TREE/u);
  });

  test('goes by the hour of the deadline, then by importance, then by age', async () => {
    for (const tier of ['important', 'bulk'] as const) {
      const heads = await queue.heads(tier, 500, []);
      const rows = await database.read(
        'SELECT clip_id, due_at, importance FROM forward WHERE target = ? AND clip_id IN (SELECT value FROM json_each(?))',
        ['main', JSON.stringify(heads.map(({ clipId }) => clipId))],
      );
      const importanceOf = new Map(rows.map((row) => [String(row.clip_id), Number(row.importance)]));
      const places = heads.map(
        ({ clipId, dueAt }) => `${dueAt?.slice(0, 13)} ${9 - (importanceOf.get(clipId) ?? 0)} ${clipId}`,
      );
      expect(places).toEqual([...places].sort());
      expect(heads).toHaveLength(500);
    }
  });

  test('is listed page by page in that order, each entry once', async () => {
    const seen: string[] = [];
    let after: QueuePosition | null = null;
    do {
      const page = await listQueue(database, { target: 'main', state: 'queued', after, limit: 3_000 });
      seen.push(...page.entries.map(({ clipId }) => clipId));
      after = page.next === null ? null : parseQueuePosition(page.next);
    } while (after !== null);
    expect(seen).toHaveLength(clips);
    expect(new Set(seen).size).toBe(clips);
    expect(seen.slice(0, 2)).toEqual((await queue.heads('important', 2, [])).map(({ clipId }) => clipId));
    expect(parseQueuePosition('nonsense')).toBeNull();
  });

  test('puts clips that no other target waits for first while room is short, but no deadline of today behind them', async () => {
    const [first, , third] = await queue.heads('bulk', 3, []);
    expect(third?.clipId).toBe(lonely);
    const free = async (until: string) => (await queue.headsThatFree('bulk', 1, [], until))[0]?.clipId;
    expect(await free('2026-11-21T00:00:00.000Z')).toBe(third?.clipId);
    expect(await free('2026-12-30T00:00:00.000Z')).toBe(first?.clipId);
  });

  test('tells how many will be late, as one clip after the other would', async () => {
    const amounts = (await readAmounts(database)).get('main');
    if (amounts === undefined) throw new Error('nothing waits');
    const ground = {
      index: database,
      policy: usualForwarding,
      windows: new LineWindows(usualForwarding.line),
      nowMs,
    };
    // 20 GB over 30 days: 7.7 kB/s carries it just so.
    for (const bytesPerSecond of [4_000, 7_000, 20_000]) {
      const misses = await predictMisses(ground, 'main', amounts, bytesPerSecond);
      const late = await lateOneByOne(bytesPerSecond);
      expect(Math.abs((misses?.clips ?? Number.NaN) - late)).toBeLessThanOrEqual(clips * 0.02);
    }
    expect(await predictMisses(ground, 'main', amounts, null)).toBeNull();
    expect((await predictMisses(ground, 'main', amounts, 1_000_000))?.clips).toBeLessThanOrEqual(1);
  });
});

/** Every clip of the line sent one by one, with a quarter of the line for important ones. */
async function lateOneByOne(bytesPerSecond: number): Promise<number> {
  const rows = await database.read(
    "SELECT due_at, is_bulk, size_bytes FROM forward WHERE target = 'main' ORDER BY due_hour, is_bulk, rank, age, clip_id",
  );
  let doneMs = nowMs;
  let importantDoneMs = nowMs;
  let late = 0;
  for (const { due_at, is_bulk, size_bytes } of rows) {
    const tookMs = (Number(size_bytes) / bytesPerSecond) * 1000;
    doneMs += tookMs;
    if (is_bulk === 0) importantDoneMs += tookMs / usualForwarding.line.importantShare;
    const atMs = is_bulk === 0 ? Math.min(doneMs, importantDoneMs) : doneMs;
    if (atMs > Date.parse(String(due_at))) late += 1;
  }
  return late;
}
