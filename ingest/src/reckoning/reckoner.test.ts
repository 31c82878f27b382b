import { getEventListeners } from 'node:events';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { IndexDatabase } from '../index-store/index-database.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { markDue } from './due.ts';
import { Reckoner, type Reckoning } from './reckoner.ts';

async function open(reckon: (ids: readonly string[]) => Promise<void>, more: readonly Reckoning[] = []) {
  const database = await IndexDatabase.open(join(await temporaryFolder(), 'index.sqlite'));
  onTestFinished(() => database.close());
  const failed: string[] = [];
  let nowMs = 0;
  const make = () =>
    new Reckoner({
      database,
      reckonings: [{ kind: 'clip', reckon }, ...more],
      onError: (_error, kind, ids) => void failed.push(`${kind} ${ids.join(' ')}`),
      now: () => nowMs,
    });
  return {
    database,
    failed,
    make,
    reckoner: make(),
    pass: (milliseconds: number) => {
      nowMs += milliseconds;
    },
    mark: (...ids: string[]) => database.write((transaction) => markDue(transaction, 'clip', ids)),
    due: async () => (await database.read('SELECT id FROM reckoning_due ORDER BY id')).map((row) => row.id),
  };
}

const never = new AbortController().signal;
const numbers = (count: number) => Array.from({ length: count }, (_, position) => `c${1_000 + position}`);

test('one that fails by itself keeps no other from being reckoned', async () => {
  const reckoned = new Set<string>();
  const { reckoner, mark, due, failed } = await open(async (ids) => {
    if (ids.includes('c1123')) throw new Error('poison');
    for (const id of ids) reckoned.add(id);
  });
  await mark(...numbers(450));
  await reckoner.settle(never);
  expect([reckoned.size, await due(), failed]).toEqual([449, ['c1123'], ['clip c1123']]);
});

test('what failed is left alone for longer and longer, and tried at once when it is marked again', async () => {
  let tries = 0;
  const { reckoner, mark, pass } = await open(async () => {
    tries += 1;
    throw new Error('poison');
  });
  await mark('a');
  await reckoner.settle(never);
  await reckoner.settle(never);
  expect(tries).toBe(1);
  pass(60_000);
  await reckoner.settle(never);
  expect(tries).toBe(2);
  pass(60_000);
  await reckoner.settle(never);
  expect(tries).toBe(2);
  await mark('a');
  await reckoner.settle(never);
  expect(tries).toBe(3);
});

test('a mark set while its thing is being reckoned stays, and is worked through too', async () => {
  const calls: (readonly string[])[] = [];
  const bench = await open(async (ids) => {
    calls.push(ids);
    if (calls.length === 1) await bench.mark('a');
  });
  await bench.mark('a', 'b');
  await bench.reckoner.settle(never);
  expect([calls, await bench.due()]).toEqual([[['a', 'b'], ['a']], []]);
});

test('after a crash between reckoning and taking off the mark, all of it is reckoned again', async () => {
  const calls: string[] = [];
  let crash = true;
  const last: Reckoning = {
    kind: 'clip',
    reckon: async () => {
      if (crash) abort.abort();
    },
  };
  const abort = new AbortController();
  const bench = await open(async (ids) => void calls.push(...ids), [last]);
  await bench.mark('a');
  await bench.reckoner.settle(abort.signal);
  expect([calls, await bench.due()]).toEqual([['a'], ['a']]);
  crash = false;
  await bench.make().settle(never);
  expect([calls, await bench.due()]).toEqual([['a', 'a'], []]);
});

test('clips are reckoned before activities, and what a reckoning marks is worked through', async () => {
  const order: string[] = [];
  const activities: Reckoning = {
    kind: 'activity',
    reckon: async (ids) => void order.push(`activity ${ids}`),
  };
  const bench = await open(
    async (ids) => {
      order.push(`clip ${ids}`);
      await bench.database.write((transaction) => markDue(transaction, 'activity', ['x']));
    },
    [activities],
  );
  await bench.database.write((transaction) => markDue(transaction, 'activity', ['w']));
  await bench.mark('a');
  await bench.reckoner.settle(never);
  expect(order).toEqual(['clip a', 'activity w,x']);
});

test('it runs until it is told to stop, wakes when called, and leaves no listener behind', async () => {
  let reckoned = (_ids: readonly string[]) => {};
  const bench = await open(async (ids) => reckoned(ids));
  const stop = new AbortController();
  const running = bench.reckoner.run(stop.signal);
  for (let round = 0; round < 20; round++) {
    const seen = new Promise<void>((resolve) => {
      reckoned = () => resolve();
    });
    await bench.mark(`a${round}`);
    bench.reckoner.wake();
    await seen;
  }
  expect(getEventListeners(stop.signal, 'abort').length).toBeLessThanOrEqual(1);
  stop.abort();
  await running;
  expect(getEventListeners(stop.signal, 'abort')).toEqual([]);
});
