/** Each word to the public once, in order, and only the newest on a subject. */
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { CustodyLog } from '../custody/custody-log.ts';
import { IndexDatabase } from '../index-store/index-database.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { DisclosureOutbox, type DisclosureWay } from './outbox.ts';
import { lastPeriod } from './statistics-period.ts';

async function open(ways: readonly DisclosureWay[] = ['https']) {
  const folder = await temporaryFolder('in-memory');
  const database = await IndexDatabase.open(join(folder, 'index.sqlite'));
  onTestFinished(() => database.close());
  const custody = await CustodyLog.open(database, 'gateway:test');
  const outboxFor = (others: readonly DisclosureWay[]) => new DisclosureOutbox(database, custody, others);
  const outbox = outboxFor(ways);
  const word = (version: number) => ({
    kind: 'duty-list' as const,
    subject: 'demo',
    caseId: null,
    content: { department: 'demo', version, name: '清单', inForceFrom: '2026-01-01', items: [] },
  });
  const publish = (version: number) =>
    database.write((transaction) => outbox.publish(transaction, word(version)));
  const withdraw = () => database.write((transaction) => outbox.withdraw(transaction, word(0)));
  const events = async () => (await outbox.list({}, { before: null, limit: 100 })).events.reverse();
  return { outbox, outboxFor, publish, withdraw, events };
}

test('the same word is said once; said again after another one it is a new word that names what it replaces', async () => {
  const { publish, withdraw, events } = await open();
  for (const version of [1, 1, 2, 1]) await publish(version);
  await withdraw();
  await withdraw();
  await publish(1);
  const told = await events();
  expect(told.map(({ act }) => act)).toEqual([
    'published',
    'corrected',
    'corrected',
    'withdrawn',
    'published',
  ]);
  expect(told.map(({ replaces }) => replaces)).toEqual([
    null,
    ...told.slice(0, -1).map(({ eventId }) => eventId),
  ]);
  expect(new Set(told.map(({ eventId }) => eventId)).size).toBe(5);
});

test('two docks that say the same give it the same id', async () => {
  const [one, other] = [await open(), await open()];
  await one.publish(1);
  await other.publish(1);
  expect((await one.events())[0]?.eventId).toBe((await other.events())[0]?.eventId);
});

test('an older word that was not delivered gives way to the newer one, and cannot be sent after it', async () => {
  const { outbox, publish, events } = await open();
  await publish(1);
  const due = await outbox.nextDue('https', new Date());
  if (due === null) throw new Error('nothing is due');
  await outbox.settle('https', due.event, { result: 'dead', status: 422, error: 'refused' });
  await publish(2);
  await expect(outbox.retry(due.event.eventId)).rejects.toMatchObject({ code: 'DISCLOSURE_UNKNOWN' });
  expect((await events()).map(({ deliveries }) => deliveries[0]?.state)).toEqual(['superseded', 'waiting']);
  // Its late answer brings it not back to life either.
  await outbox.settle('https', due.event, { result: 'again', afterMs: 0, status: 500, error: 'late' });
  expect((await outbox.nextDue('https', new Date()))?.event.content).toMatchObject({ version: 2 });
});

test('a dead letter is sent again when a person says so', async () => {
  const { outbox, publish } = await open();
  await publish(1);
  const due = await outbox.nextDue('https', new Date());
  if (due === null) throw new Error('nothing is due');
  await outbox.settle('https', due.event, { result: 'dead', status: 400, error: 'refused' });
  expect(await outbox.nextAttemptAt('https')).toBeNull();
  await outbox.retry(due.event.eventId);
  expect((await outbox.nextDue('https', new Date()))?.event.eventId).toBe(due.event.eventId);
});

test('a way that is set up later is told the newest word, and no older one', async () => {
  const { outboxFor, publish } = await open();
  await publish(1);
  await publish(2);
  const later = outboxFor(['https', 'directory']);
  await later.catchUp();
  await later.catchUp();
  const { events } = await later.list({}, { before: null, limit: 10 });
  const byFile = events.filter(({ deliveries }) => deliveries.some(({ way }) => way === 'directory'));
  expect(byFile.map(({ content }) => (content as { version: number }).version)).toEqual([2]);
});

test('the last period that is over', () => {
  expect(lastPeriod('month', '2026-03-01')).toEqual({
    name: '2026-02',
    from: '2026-02-01',
    to: '2026-02-28',
  });
  expect(lastPeriod('month', '2026-01-31')).toEqual({
    name: '2025-12',
    from: '2025-12-01',
    to: '2025-12-31',
  });
  expect(lastPeriod('quarter', '2026-11-22')).toEqual({
    name: '2026-Q3',
    from: '2026-07-01',
    to: '2026-09-30',
  });
  expect(lastPeriod('quarter', '2026-02-01')).toEqual({
    name: '2025-Q4',
    from: '2025-10-01',
    to: '2025-12-31',
  });
  expect(lastPeriod('year', '2026-02-01')).toEqual({ name: '2025', from: '2025-01-01', to: '2025-12-31' });
});
