/** Feeds: every record to every place, in sequence, each place by itself, whatever fails and whenever the dock stops. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { TestDock } from '../../testing/test-dock.ts';
import { indexRecordDocument } from '../archive-layout.ts';
import { ArchiveRefusal } from '../archive-refusal.ts';
import type { IndexRecord } from './index-records.ts';
import { RecordFeeds } from './record-feeds.ts';
import type { FeedCursor, RecordPlace } from './record-place.ts';

const { signal: never } = new AbortController();
const noWait = { retryBaseMs: 1, retryMaxMs: 1 };

async function dockWithRecords(count: number): Promise<TestDock> {
  const root = await temporaryFolder();
  await mkdir(join(root, 'card'));
  for (let number = 0; number < count; number += 1) {
    await writeFile(join(root, 'card', `${number}.mp4`), `${number}`);
  }
  const dock = await TestDock.open({ root });
  await dock.dock();
  await dock.ingest.archive.records.settle(never);
  return dock;
}

/** Runs feeds until the condition holds. */
async function feedUntil(feeds: RecordFeeds, condition: () => Promise<boolean>): Promise<void> {
  const stop = new AbortController();
  const running = feeds.run(stop.signal);
  await expect.poll(condition, { timeout: 30_000 }).toBe(true);
  stop.abort();
  await running;
}

const nothingWaits = (feeds: RecordFeeds) => async () =>
  (await feeds.status()).every(({ waiting }) => waiting === 0);

/** A place that keeps what it is given and remembers every record in the order in which it came. */
class Kept implements RecordPlace {
  readonly feed: string;
  readonly destination: string;
  readonly mostAtOnce = 3;
  readonly retry = noWait;
  readonly came: IndexRecord[] = [];
  readonly onDeliver: (records: readonly IndexRecord[]) => void;

  constructor(
    feed: string,
    onDeliver: (records: readonly IndexRecord[]) => void = () => {},
    destination = feed,
  ) {
    this.feed = feed;
    this.destination = destination;
    this.onDeliver = onDeliver;
  }

  async deliver(records: readonly IndexRecord[], cursor: FeedCursor): Promise<FeedCursor> {
    this.onDeliver(records);
    this.came.push(...records);
    return { ...cursor, nextSequence: cursor.nextSequence + records.length };
  }
}

function feedsOf(dock: TestDock, places: readonly RecordPlace[]) {
  const errors: [feed: string, error: unknown][] = [];
  const losses: string[] = [];
  const { records } = dock.ingest.archive;
  const feeds = new RecordFeeds({
    database: dock.ingest.database,
    records,
    onError: (error, feed) => errors.push([feed, error]),
    onLoss: (_, loss) => losses.push(loss),
  });
  for (const place of places) feeds.add(place);
  return { feeds, errors, losses };
}

test('an archive target has the record of every clip before any footage goes there', async () => {
  const dock = await dockWithRecords(3);
  const { feeds, records } = dock.ingest.archive;
  await feedUntil(feeds, nothingWaits(feeds));
  for (const record of await records.since(0, 10)) {
    const { key, body } = indexRecordDocument('dock-1', record);
    expect(await readFile(join(dock.archive, key), 'utf8')).toBe(body);
  }
  expect((await dock.clips()).map(({ state }) => state)).toEqual(['sealed', 'sealed', 'sealed']);
});

test('a place that fails holds up no other, and is then given everything in sequence', async () => {
  const dock = await dockWithRecords(7);
  let failures = 5;
  const broken = new Kept('broken', () => {
    failures -= 1;
    if (failures >= 0) throw new ArchiveRefusal('unreachable', 'away');
  });
  const well = new Kept('well');
  const { feeds, errors } = feedsOf(dock, [broken, well]);
  await feedUntil(feeds, nothingWaits(feeds));
  const all = [0, 1, 2, 3, 4, 5, 6];
  expect(broken.came.map(({ sequence }) => sequence)).toEqual(all);
  expect(well.came.map(({ sequence }) => sequence)).toEqual(all);
  expect(errors.map(([feed]) => feed)).toEqual(Array(5).fill('broken'));
});

test('a feed that leads elsewhere begins with the first record; one that leads where it led goes on', async () => {
  const dock = await dockWithRecords(4);
  const first = feedsOf(dock, [new Kept('webhook', undefined, 'https://a.example')]);
  await feedUntil(first.feeds, nothingWaits(first.feeds));
  const same = new Kept('webhook', undefined, 'https://a.example');
  const again = feedsOf(dock, [same]);
  await feedUntil(again.feeds, nothingWaits(again.feeds));
  expect(same.came).toEqual([]);
  const other = new Kept('webhook', undefined, 'https://b.example');
  const moved = feedsOf(dock, [other]);
  await feedUntil(moved.feeds, async () => other.came.length === 4);
  expect(other.came.map(({ sequence }) => sequence)).toEqual([0, 1, 2, 3]);
});

test('a paused target is given nothing until it is resumed', async () => {
  const dock = await dockWithRecords(2);
  const { feeds } = dock.ingest.archive;
  const pause = (at: string | null) =>
    dock.ingest.database.write((transaction) =>
      transaction.run("UPDATE archive_target SET paused_at = ? WHERE target = 'main'", [at]),
    );
  await pause('2026-01-01T00:00:00.000Z');
  const stop = new AbortController();
  const running = feeds.run(stop.signal);
  onTestFinished(() => stop.abort());
  const witness = feedsOf(dock, [new Kept('witness')]);
  await feedUntil(witness.feeds, nothingWaits(witness.feeds));
  expect((await feeds.status())[0]?.waiting).toBe(2);
  await pause(null);
  feeds.wake();
  await expect.poll(nothingWaits(feeds)).toBe(true);
  stop.abort();
  await running;
});

test('a wait after a failure ends at once where somebody asks for it', async () => {
  const dock = await dockWithRecords(1);
  let isAway = true;
  const place = new Kept('webhook', () => {
    if (isAway) throw new ArchiveRefusal('busy', 'later', { retryAfterMs: 3_600_000 });
  });
  const { feeds, errors } = feedsOf(dock, [place]);
  const stop = new AbortController();
  const running = feeds.run(stop.signal);
  await expect.poll(async () => (await feeds.status())[0]?.attempts).toBe(1);
  expect(errors).toHaveLength(1);
  isAway = false;
  feeds.wake();
  expect(place.came).toEqual([]);
  expect(feeds.retryNow('webhook')).toBe(true);
  expect(feeds.retryNow('nobody')).toBe(false);
  await expect.poll(nothingWaits(feeds)).toBe(true);
  stop.abort();
  await running;
});

/** A log as a stream keeps it, which can lose its end, and lose the answer after it has kept something. */
class Log implements RecordPlace {
  readonly feed = 'nats';
  readonly destination = 'log';
  readonly retry = noWait;
  readonly mostAtOnce: number;
  readonly kept: number[] = [];
  readonly #faults: Iterator<Fault>;

  constructor(faults: readonly Fault[], mostAtOnce: number) {
    this.#faults = faults[Symbol.iterator]();
    this.mostAtOnce = mostAtOnce;
  }

  async resume(cursor: FeedCursor) {
    const has = this.kept.length;
    return {
      nextSequence: has,
      mark: null,
      loss: has < cursor.nextSequence ? `lost ${cursor.nextSequence - has}` : null,
    };
  }

  async deliver(records: readonly IndexRecord[], cursor: FeedCursor): Promise<FeedCursor> {
    const fault: Fault = this.#faults.next().value ?? 'none';
    if (fault === 'away') throw new ArchiveRefusal('unreachable', 'away');
    if (fault === 'loses-all') this.kept.splice(0);
    if (records[0]?.sequence !== this.kept.length) throw new ArchiveRefusal('conflict', 'not what follows');
    this.kept.push(...records.map(({ sequence }) => sequence));
    if (fault === 'answer-lost') throw new ArchiveRefusal('unreachable', 'no answer');
    return { ...cursor, nextSequence: cursor.nextSequence + records.length };
  }
}
const faults = ['none', 'away', 'answer-lost', 'loses-all'] as const;
type Fault = (typeof faults)[number];

test('whatever a place loses, forgets to answer or refuses, in the end it has every record once and in order', async () => {
  const dock = await dockWithRecords(9);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom(...faults), { maxLength: 12 }),
      fc.integer({ min: 1, max: 4 }),
      async (history, mostAtOnce) => {
        await dock.ingest.database.write((transaction) => transaction.run('DELETE FROM record_feed'));
        const log = new Log(history, mostAtOnce);
        const { feeds, losses } = feedsOf(dock, [log]);
        await feedUntil(feeds, nothingWaits(feeds));
        expect(log.kept).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
        if (!history.includes('loses-all')) expect(losses).toEqual([]);
      },
    ),
    { numRuns: 40 },
  );
});
