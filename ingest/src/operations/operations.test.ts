import { describe, expect, test } from 'vitest';
import { activityFacts, at } from '../mapping/testing/case-bench.ts';
import { readBookmarksOfClip } from './bookmarks-of-clip.ts';
import { openOperationBench, operationOf } from './testing/operation-bench.ts';

describe('an on-site operation', () => {
  test('is opened, joined, left and closed; every act is in the custody log, and listeners are told', async () => {
    const { operations, context, addRecorder, setTime, actions } = await openOperationBench();
    const told: string[] = [];
    operations.onChange((operationId) => void told.push(operationId));
    const { recorderId } = context;
    const other = await addRecorder('CAM002');
    const { operationId } = await operations.open(
      operationOf({ officerIds: ['000007', '000007'], recorders: [{ recorderId, officerId: '000007' }] }),
      '张三',
    );
    setTime('08:10');
    await operations.join(operationId, { recorderId: other, officerId: null }, '张三');
    setTime('08:20');
    await operations.leave(operationId, recorderId, '张三');
    expect(await operations.recordersNow()).toMatchObject([{ recorderId: other, operationId }]);
    setTime('08:30');
    const closed = await operations.close(operationId, '李四');
    expect(closed).toMatchObject({
      officerIds: ['000007'],
      closedAt: at('08:30'),
      closedBy: '李四',
      recorderIds: [],
    });
    expect((await operations.read(operationId))?.parts).toEqual([
      { operationId, recorderId, officerId: '000007', joinedAt: at('08:00'), leftAt: at('08:20') },
      { operationId, recorderId: other, officerId: null, joinedAt: at('08:10'), leftAt: at('08:30') },
    ]);
    expect(await actions()).toEqual([
      'operation-opened',
      'operation-joined',
      'operation-joined',
      'operation-left',
      'operation-left',
      'operation-closed',
    ]);
    expect(told).toEqual([operationId, operationId, operationId, operationId]);
  });

  test('that cannot be opened as asked is not opened at all', async () => {
    const { operations, context, addActivity, actions } = await openOperationBench();
    const { recorderId } = context;
    await addActivity(activityFacts('A', null, null));
    const refused = async (change: Parameters<typeof operationOf>[0]) =>
      operations.open(operationOf(change), '张三').catch((error: { code: string }) => error.code);
    expect(await refused({ caseId: 'nowhere' })).toBe('LINK_TARGET_UNKNOWN');
    expect(await refused({ activityId: 'nowhere' })).toBe('LINK_TARGET_UNKNOWN');
    expect(await refused({ caseId: 'another', activityId: 'A' })).toBe('LINK_TARGET_UNKNOWN');
    expect(
      await refused({
        recorders: [
          { recorderId, officerId: null },
          { recorderId: 'nobody', officerId: null },
        ],
      }),
    ).toBe('RECORDER_UNKNOWN');
    expect(await actions()).toEqual([]);
    expect((await operations.list({}, { before: null, limit: 9 })).operations).toEqual([]);
  });

  test('has a recorder to itself until that one leaves', async () => {
    const { operations, context } = await openOperationBench();
    const recorder = { recorderId: context.recorderId, officerId: null };
    const one = await operations.open(operationOf({ recorders: [recorder] }), '张三');
    const other = await operations.open(operationOf(), '张三');
    const join = () => operations.join(other.operationId, recorder, '张三');
    await expect(join()).rejects.toMatchObject({ code: 'RECORDER_IN_OPERATION' });
    await operations.leave(one.operationId, recorder.recorderId, '张三');
    expect(await join()).toMatchObject({ recorderIds: [recorder.recorderId] });
    await expect(operations.leave(one.operationId, recorder.recorderId, '张三')).rejects.toMatchObject({
      code: 'RECORDER_NOT_IN_OPERATION',
    });
  });

  test('that is closed takes nobody in; a recorder that left may come back while it goes on', async () => {
    const { operations, context } = await openOperationBench();
    const recorder = { recorderId: context.recorderId, officerId: null };
    const { operationId } = await operations.open(operationOf({ recorders: [recorder] }), '张三');
    await operations.leave(operationId, recorder.recorderId, '张三');
    await operations.join(operationId, recorder, '张三');
    expect((await operations.read(operationId))?.parts).toHaveLength(2);
    await operations.close(operationId, '张三');
    await expect(operations.join(operationId, recorder, '张三')).rejects.toMatchObject({
      code: 'OPERATION_CLOSED',
    });
    await expect(operations.close(operationId, '张三')).rejects.toMatchObject({ code: 'OPERATION_CLOSED' });
    await expect(operations.close('none', '张三')).rejects.toMatchObject({ code: 'OPERATION_UNKNOWN' });
  });

  test('keeps what was said of it: SQL changes neither bookmarks nor who took part', async () => {
    const { operations, context, database } = await openOperationBench();
    const recorder = { recorderId: context.recorderId, officerId: null };
    const { operationId } = await operations.open(operationOf({ recorders: [recorder] }), '张三');
    await operations.bookmark(
      operationId,
      { kind: 'note', text: '门口', at: null, recorderId: null },
      '张三',
    );
    await operations.close(operationId, '张三');
    const run = (sql: string) => database.write((transaction) => transaction.run(sql));
    await expect(run("UPDATE operation_bookmark SET text = 'x'")).rejects.toThrow('append-only');
    await expect(run('DELETE FROM operation_bookmark')).rejects.toThrow('append-only');
    await expect(run('DELETE FROM operation_recorder')).rejects.toThrow('append-only');
    await expect(run("UPDATE operation_recorder SET left_at = 'x'")).rejects.toThrow('has left');
    await expect(run('UPDATE operation SET closed_at = NULL')).rejects.toThrow('closed');
  });
});

describe('bookmarks', () => {
  const mark = { kind: 'credentials-shown' as const, text: null, at: null, recorderId: null };

  test('mark now or a past moment of the operation, and no other', async () => {
    const { operations, context, setTime } = await openOperationBench();
    const { recorderId } = context;
    const { operationId } = await operations.open(operationOf(), '张三');
    setTime('08:30');
    await operations.join(operationId, { recorderId, officerId: null }, '张三');
    setTime('09:00');
    const outside = { code: 'BOOKMARK_OUTSIDE' };
    const make = (change: object) => operations.bookmark(operationId, { ...mark, ...change }, '张三');
    await make({ at: at('08:00') });
    await expect(make({ at: at('07:59') })).rejects.toMatchObject(outside);
    await expect(make({ at: at('09:01') })).rejects.toMatchObject(outside);
    await expect(make({ at: at('08:29'), recorderId })).rejects.toMatchObject(outside);
    await make({ recorderId });
    await operations.close(operationId, '张三');
    setTime('10:00');
    await make({ at: at('08:45'), recorderId });
    await expect(make({})).rejects.toMatchObject(outside);
    const bookmarks = (await operations.read(operationId))?.bookmarks ?? [];
    expect(bookmarks.map((bookmark) => bookmark.at)).toEqual([at('08:00'), at('08:45'), at('09:00')]);
  });

  test('are taken by a tap though the clock was set back meanwhile', async () => {
    const { operations, setTime } = await openOperationBench();
    const { operationId } = await operations.open(operationOf(), '张三');
    setTime('07:00');
    await expect(operations.bookmark(operationId, mark, '张三')).resolves.toBeTypeOf('string');
  });

  test('that are wrong are struck out once, with a reason, and stay to be seen', async () => {
    const { operations, actions } = await openOperationBench();
    const { operationId } = await operations.open(operationOf(), '张三');
    const bookmarkId = await operations.bookmark(operationId, mark, '张三');
    const strike = () => operations.strike(operationId, bookmarkId, 'tapped too early', '李四');
    expect(await strike()).toMatchObject({ bookmarks: 0 });
    await expect(strike()).rejects.toMatchObject({ code: 'BOOKMARK_STRUCK' });
    await expect(operations.strike(operationId, 'none', 'x', '李四')).rejects.toMatchObject({
      code: 'BOOKMARK_UNKNOWN',
    });
    expect((await operations.read(operationId))?.bookmarks).toMatchObject([
      { bookmarkId, struck: { by: '李四', reason: 'tapped too early' } },
    ]);
    expect((await actions()).slice(-2)).toEqual(['bookmark-made', 'bookmark-struck']);
  });

  test('have their place in every clip that may show them, with its doubt', async () => {
    const bench = await openOperationBench();
    const { operations, context, database, setTime, addRecorder, beginLive, sealLive } = bench;
    const { recorderId } = context;
    const other = await addRecorder('CAM002');
    const recorders = [recorderId, other].map((id) => ({ recorderId: id, officerId: null }));
    const { operationId } = await operations.open(operationOf({ recorders }), '张三');
    const [live, another] = [await beginLive(), await beginLive(other)];
    setTime('08:05');
    await operations.bookmark(operationId, { ...mark, recorderId }, '张三');
    setTime('08:20');
    await operations.bookmark(operationId, mark, '张三');
    expect(await readBookmarksOfClip(database, live)).toMatchObject([
      { at: at('08:05'), positionMs: 300_000, doubtMs: null },
      { at: at('08:20') },
    ]);
    await sealLive(live, '08:01', '08:10');
    expect(await readBookmarksOfClip(database, live)).toMatchObject([
      { kind: 'credentials-shown', positionMs: 240_000, doubtMs: 500 },
    ]);
    await sealLive(another, '08:01', '08:10');
    expect(await readBookmarksOfClip(database, another)).toEqual([]);
    expect(await readBookmarksOfClip(database, 'none')).toBeNull();
  });
});
