import { expect, test } from 'vitest';
import { openIndexWithDocking } from '../testing/index-rows.ts';
import { LiveAlarms } from './live-alarms.ts';
import type { LiveReason } from './live-reason.ts';

async function openAlarms() {
  const { database, custody, context } = await openIndexWithDocking();
  const alarms = new LiveAlarms(database, custody);
  const actions = async () =>
    (
      await database.read("SELECT action FROM custody_entry WHERE action LIKE 'alarm-%' ORDER BY sequence")
    ).map((row) => row.action);
  return {
    alarms,
    recorderId: context.recorderId,
    actions,
    all: () => alarms.list({}, { before: null, limit: 50 }),
  };
}

function words(said: string): LiveReason {
  return { kind: 'not-reached', words: said };
}

test('an alarm that goes on is one alarm, however often it is raised; after its end it is another', async () => {
  const { alarms, recorderId, actions } = await openAlarms();
  const lost = { kind: 'stream-lost' as const, recorderId, reason: words('no answer') };
  const first = await alarms.raise(lost);
  expect(await alarms.raise({ ...lost, reason: words('still no answer') })).toBe(first);
  expect(await alarms.raise({ ...lost, kind: 'not-recording' })).not.toBe(first);
  await alarms.end(first);
  await alarms.end(first);
  expect(await alarms.raise(lost)).not.toBe(first);
  expect(await actions()).toEqual(['alarm-raised', 'alarm-raised', 'alarm-ended', 'alarm-raised']);
});

test('raised at the same time it is still one', async () => {
  const { alarms, recorderId, all } = await openAlarms();
  const ids = await Promise.all(
    Array.from({ length: 20 }, () =>
      alarms.raise({ kind: 'store-failed', recorderId, reason: words('no space left') }),
    ),
  );
  expect(new Set(ids).size).toBe(1);
  expect((await all()).alarms).toHaveLength(1);
});

test('who saw it first is kept, and the dock is unwell until a grave alarm has ended and was seen', async () => {
  const { alarms, recorderId, actions } = await openAlarms();
  await alarms.raise({ kind: 'stream-lost', recorderId, reason: words('no answer') });
  expect(await alarms.grave()).toEqual([]);
  const alarmId = await alarms.raise({ kind: 'not-recording', recorderId, reason: words('nothing comes') });
  expect(await alarms.grave()).toMatchObject([{ alarmId, kind: 'not-recording' }]);
  expect(await alarms.seen(alarmId, '张三')).toMatchObject({ seenBy: '张三', endedAt: null });
  expect(await alarms.seen(alarmId, '李四')).toMatchObject({ seenBy: '张三' });
  expect(await alarms.grave()).toHaveLength(1);
  await alarms.end(alarmId);
  expect(await alarms.grave()).toEqual([]);
  expect((await actions()).filter((action) => action === 'alarm-seen')).toHaveLength(1);
  await expect(alarms.seen('nothing', '张三')).rejects.toMatchObject({ code: 'ALARM_UNKNOWN' });
});

test('what was over as soon as it happened ends when a person has seen it', async () => {
  const { alarms } = await openAlarms();
  const stranger = { kind: 'unregistered-push' as const, reason: words('cam\r\n\u202e7 from 192.0.2.9') };
  const alarmId = await alarms.raise(stranger);
  const seen = await alarms.seen(alarmId, '张三');
  expect(seen.endedAt).not.toBeNull();
  expect(seen.detail).toBe('cam���7 from 192.0.2.9');
  expect(await alarms.raise(stranger)).not.toBe(alarmId);
});

test('what a stranger says is cut, lists are paged and filtered, and listeners are told of each change once', async () => {
  const { alarms, recorderId, all } = await openAlarms();
  const told: string[] = [];
  const stop = alarms.onChange((alarmId) => void told.push(alarmId));
  const one = await alarms.raise({ kind: 'clock-jump', recorderId, reason: words('x'.repeat(5_000)) });
  const other = await alarms.raise({
    kind: 'too-many-streams',
    reason: { kind: 'too-many-streams', streams: 33 },
  });
  await alarms.raise({ kind: 'too-many-streams', reason: { kind: 'too-many-streams', streams: 34 } });
  await alarms.end(other);
  await alarms.seen(other, '张三');
  stop();
  expect(told).toEqual([one, other, other, other]);
  const { alarms: newest, next } = await alarms.list({}, { before: null, limit: 1 });
  expect(newest).toMatchObject([{ alarmId: other }]);
  expect((await alarms.list({}, { before: next, limit: 1 })).alarms).toMatchObject([{ alarmId: one }]);
  expect((await all()).alarms.at(-1)?.detail).toHaveLength(400);
  const open = await alarms.list({ isOpen: true }, { before: null, limit: 9 });
  expect(open.alarms.map(({ alarmId }) => alarmId)).toEqual([one]);
  expect((await alarms.list({ recorderId }, { before: null, limit: 9 })).alarms).toHaveLength(1);
});

test('what the gateway left behind when it stopped is ended by kind', async () => {
  const { alarms, recorderId, all } = await openAlarms();
  await alarms.raise({ kind: 'not-recording', recorderId, reason: words('nothing comes') });
  const kept = await alarms.raise({ kind: 'live-only', recorderId, reason: words('one minute') });
  await alarms.endAll(['not-recording', 'store-failed']);
  expect((await all()).alarms.filter(({ endedAt }) => endedAt === null)).toMatchObject([{ alarmId: kept }]);
});
