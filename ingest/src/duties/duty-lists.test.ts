import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { CaseBook } from '../cases/case-book.ts';
import type { ActivityFacts, CaseFacts } from '../cases/case-record.ts';
import { canonicalJson, type JsonValue } from '../custody/canonical-json.ts';
import { CustodyLog } from '../custody/custody-log.ts';
import { listCustody } from '../custody/custody-queries.ts';
import { IndexDatabase } from '../index-store/index-database.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import type { DutyListContent } from './duty-list.ts';
import { DutyLists } from './duty-lists.ts';
import { changzhiSwj } from './presets/changzhi-swj.ts';

async function open() {
  const file = join(await temporaryFolder('in-memory'), 'index.sqlite');
  const database = await IndexDatabase.open(file);
  onTestFinished(() => database.close());
  const custody = await CustodyLog.open(database, 'gateway:dock-1');
  return { database, custody, lists: new DutyLists(database, custody) };
}

const content = changzhiSwj.content;
const withoutHearings: DutyListContent = {
  ...content,
  items: content.items.filter(({ number }) => number !== '5'),
};
const list = { name: '清单', inForceFrom: '2024-01-01', content, reason: '首次公布' };

describe('a duty list', () => {
  test('is published as the next version, with its hash, author and day in the custody log', async () => {
    const { database, lists } = await open();
    const first = await lists.publish('swj', list, '张三');
    const second = await lists.publish('swj', { ...list, content: withoutHearings }, '李四');
    expect([first.version, second.version]).toEqual([1, 2]);
    const sha256 = createHash('sha256')
      .update(canonicalJson(content as unknown as JsonValue))
      .digest('hex');
    expect(first).toMatchObject({ sha256, publishedBy: '张三', reason: '首次公布' });
    const { entries } = await listCustody(database, { after: null, limit: 10 });
    expect(entries.map(({ action, actor }) => [action, actor])).toEqual([
      ['duty-list-published', 'operator:张三'],
      ['duty-list-published', 'operator:李四'],
    ]);
    expect(JSON.parse(entries[0]?.entry ?? '').details).toEqual({
      departmentId: 'swj',
      version: 1,
      name: '清单',
      inForceFrom: '2024-01-01',
      isRetroactive: true,
      sha256,
      reason: '首次公布',
    });
    expect(await lists.read('swj', 1)).toEqual(first);
    expect((await lists.versions('swj')).map(({ version }) => version)).toEqual([2, 1]);
    expect(await lists.departments()).toEqual(['swj']);
  });

  test('that begins to judge today or later is not called retroactive', async () => {
    const { database, lists } = await open();
    await lists.publish('swj', { ...list, inForceFrom: lists.today() }, '张三');
    const { entries } = await listCustody(database, { after: null, limit: 10 });
    expect(JSON.parse(entries[0]?.entry ?? '').details.isRetroactive).toBe(false);
  });

  test('that would change nothing for any day is refused, and leaves no trace', async () => {
    const { custody, lists } = await open();
    await lists.publish('swj', list, '张三');
    const refused = { code: 'DUTY_LIST_UNCHANGED' };
    await expect(lists.publish('swj', list, '李四')).rejects.toMatchObject(refused);
    await expect(lists.publish('swj', { ...list, inForceFrom: '2025-01-01' }, '李四')).rejects.toMatchObject(
      refused,
    );
    expect(custody.size).toBe(1);
    expect(await lists.versions('swj')).toHaveLength(1);
    expect(await lists.publish('swj', { ...list, inForceFrom: '2023-01-01' }, '李四')).toMatchObject({
      version: 2,
    });
    expect(
      await lists.publish('swj', { ...list, name: '新名', inForceFrom: '2023-01-01' }, '李四'),
    ).toMatchObject({
      version: 3,
    });
  });

  test('with two items of one number is refused', async () => {
    const { lists } = await open();
    const [item] = content.items;
    if (item === undefined) throw new Error('the preset has no items');
    await expect(
      lists.publish('swj', { ...list, content: { ...content, items: [item, item] } }, '张三'),
    ).rejects.toMatchObject({ code: 'DUTY_LIST_INVALID' });
  });

  test('judges a day when it is the newest of those in force by then', async () => {
    const { lists } = await open();
    await lists.publish('swj', list, '张三');
    await lists.publish('swj', { ...list, inForceFrom: '2025-01-01', content: withoutHearings }, '张三');
    const versionOn = async (day: string) => (await lists.inForce('swj', day))?.version ?? null;
    expect(await versionOn('2023-12-31')).toBeNull();
    expect(await versionOn('2024-01-01')).toBe(1);
    expect(await versionOn('2024-12-31')).toBe(1);
    expect(await versionOn('2025-01-01')).toBe(2);
    expect(await lists.inForce('fgw', '2025-01-01')).toBeNull();
    // A later word for an earlier day speaks for every day from then on.
    await lists.publish('swj', { ...list, inForceFrom: '2024-06-01' }, '张三');
    expect(await versionOn('2024-05-31')).toBe(1);
    expect(await versionOn('2024-06-01')).toBe(3);
    expect(await versionOn('2025-06-01')).toBe(3);
  });

  test('stands as it was published after the gateway starts again', async () => {
    const { database, custody, lists } = await open();
    const published = await lists.publish('swj', list, '张三');
    expect(await new DutyLists(database, custody).read('swj', 1)).toEqual(published);
  });

  test.each(["UPDATE duty_list SET reason = 'other'", 'DELETE FROM duty_list'])(
    'cannot be written over: %s',
    async (sql) => {
      const { database, lists } = await open();
      await lists.publish('swj', list, '张三');
      await expect(database.write((transaction) => transaction.run(sql))).rejects.toThrow('append-only');
    },
  );

  test('and its custody entry stand or fall together', async () => {
    const { database, lists } = await open();
    await database.write((transaction) =>
      transaction.run(
        "CREATE TRIGGER no_custody BEFORE INSERT ON custody_entry BEGIN SELECT RAISE(ABORT, 'no custody'); END",
      ),
    );
    await expect(lists.publish('swj', list, '张三')).rejects.toThrow('no custody');
    expect(await lists.versions('swj')).toEqual([]);
    expect(await lists.departments()).toEqual([]);
  });

  test('that comes with Docket is adopted by any department', async () => {
    const { lists } = await open();
    const ground = { inForceFrom: '2024-01-01', reason: '采用预置清单' };
    expect(await lists.adoptPreset('changzhi-swj', ground, '张三')).toMatchObject({ version: 1, content });
    expect(await lists.adoptPreset('oa/17', { ...ground, presetId: 'changzhi-swj' }, '张三')).toMatchObject({
      departmentId: 'oa/17',
      name: changzhiSwj.name,
    });
    await expect(lists.adoptPreset('oa/17', ground, '张三')).rejects.toMatchObject({
      code: 'PRESET_UNKNOWN',
    });
  });
});

describe('what a new list judges', () => {
  const caseFacts: CaseFacts = {
    caseId: 'oa/c1',
    number: null,
    name: '案件',
    departmentId: 'swj',
    unitId: 'oa/u1',
    category: 'penalty',
    matter: null,
    isRandomInspection: false,
    riskTriggers: [],
    secrecy: 'none',
    openedOn: '2024-12-01',
    closedOn: null,
    retention: null,
    filedOn: null,
    decision: null,
  };
  const activity: ActivityFacts = {
    activityId: 'oa/a1',
    caseId: 'oa/c1',
    kind: 'hearing',
    step: 'review',
    place: null,
    area: null,
    officerIds: [],
    startedAt: '2025-01-01T01:00:00.000Z',
    endedAt: '2025-01-01T02:00:00.000Z',
    timeDoubtMs: 0,
    isRandomInspection: false,
    riskTriggers: [],
    isWholeProcess: false,
  };

  test('is due anew from its day on: that department’s open cases, and activities not over before it', async () => {
    const { database, custody, lists } = await open();
    const book = new CaseBook(database, custody);
    const cases = [
      caseFacts,
      { ...caseFacts, caseId: 'oa/closed', closedOn: '2024-12-30' },
      { ...caseFacts, caseId: 'oa/other', departmentId: 'fgw' },
    ];
    const activities = [
      activity,
      // The last quarter of an hour of 2024 by the zone of the dock, and the first of 2025.
      { ...activity, activityId: 'oa/before', startedAt: null, endedAt: '2024-12-31T15:45:00.000Z' },
      {
        ...activity,
        activityId: 'oa/over',
        startedAt: '2024-12-31T15:30:00.000Z',
        endedAt: '2024-12-31T15:45:00.000Z',
      },
      { ...activity, activityId: 'oa/first', endedAt: '2024-12-31T16:15:00.000Z' },
      { ...activity, activityId: 'oa/elsewhere', caseId: 'oa/other' },
    ];
    await book.receive(
      'oa',
      [
        ...cases.map((facts) => ({
          record: { kind: 'case' as const, facts, isWithdrawn: false },
          revision: null,
        })),
        ...activities.map((facts) => ({
          record: { kind: 'activity' as const, facts, isWithdrawn: false },
          revision: null,
        })),
      ],
      'test',
    );
    await database.write((transaction) => transaction.run('DELETE FROM reckoning_due'));
    await lists.publish('swj', { ...list, inForceFrom: '2025-01-01' }, '张三');
    const due = await database.read('SELECT kind, id, marked FROM reckoning_due ORDER BY kind, id');
    expect(due.map(({ kind, id }) => `${kind} ${id}`)).toEqual([
      'activity oa/a1',
      'activity oa/before',
      'activity oa/first',
      'case oa/c1',
    ]);
    await lists.publish('swj', { ...list, content: withoutHearings, inForceFrom: '2025-01-01' }, '张三');
    const [again] = await database.read("SELECT marked FROM reckoning_due WHERE id = 'oa/a1'");
    expect(again?.marked).toBe(2);
  });
});
