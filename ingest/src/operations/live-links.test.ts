import { describe, expect, test } from 'vitest';
import { readLinkHistory } from '../mapping/clip-link.ts';
import { codeText } from '../mapping/code-text.ts';
import { activityFacts, bounded, caseFacts } from '../mapping/testing/case-bench.ts';
import { openOperationBench, operationOf } from './testing/operation-bench.ts';

const certain = (caseId: string, activityId = '', step = '') =>
  `${caseId} · ${activityId} · ${step} · live · certain`;

async function openFor(change: Parameters<typeof operationOf>[0] = {}) {
  const isOfA = change.activityId === 'A';
  const bench = await openOperationBench();
  if (isOfA) await bench.addActivity(activityFacts('A', '08:00', '10:00'));
  await bench.addActivity(activityFacts('B', null, null));
  const recorders = [{ recorderId: bench.context.recorderId, officerId: '000007' }];
  const operation = await bench.operations.open(operationOf({ recorders, ...change }), '张三');
  return { ...bench, operationId: operation.operationId, recorderId: bench.context.recorderId };
}

describe('what comes live during an operation', () => {
  test('is linked while it is still being recorded, and nothing changes when it is sealed', async () => {
    const { beginLive, sealLive, settle, linksOf, mappingOf, database } = await openFor({ activityId: 'B' });
    const clipId = await beginLive();
    await settle();
    const expected = [certain('case of B', 'B', 'investigation')];
    expect(await linksOf(clipId)).toEqual(expected);
    expect(await mappingOf(clipId)).toMatchObject({ state: 'linked', officerId: '000007', reasons: [] });
    await sealLive(clipId, '08:01', '08:06');
    await settle();
    expect(await linksOf(clipId)).toEqual([...expected]);
    expect(await readLinkHistory(database, clipId, 9)).toHaveLength(1);
  });

  test('is linked to the case and the step, where the operation names no activity', async () => {
    const { beginLive, settle, linksOf } = await openFor({ caseId: 'case of B', step: 'evidence' });
    const clipId = await beginLive();
    await settle();
    expect(await linksOf(clipId)).toEqual([certain('case of B', '', 'evidence')]);
  });

  test('waits for nobody while the operation is about nothing yet, and is linked once it is', async () => {
    const { operations, operationId, beginLive, settle, linksOf, mappingOf } = await openFor();
    const clipId = await beginLive();
    await settle();
    expect([await linksOf(clipId), await mappingOf(clipId)]).toEqual([[], undefined]);
    await operations.relate(operationId, { caseId: 'case of B', activityId: null, step: null }, '张三');
    await settle();
    expect(await linksOf(clipId)).toEqual([certain('case of B')]);
  });

  test('moves when the operation turns out to be about another case, also after it was closed', async () => {
    const { operations, operationId, beginLive, sealLive, setTime, settle, linksOf, mappingOf, database } =
      await openFor({
        activityId: 'A',
      });
    const clipId = await beginLive();
    await settle();
    setTime('08:10');
    await operations.close(operationId, '张三');
    await sealLive(clipId, '08:01', '08:10');
    await settle();
    expect(await linksOf(clipId)).toEqual([certain('case of A', 'A', 'investigation')]);
    await operations.relate(operationId, { caseId: null, activityId: 'B', step: null }, '李四');
    await settle();
    // Its wearer acted in A at that time too, by the case system's word: a person is shown that.
    expect(await linksOf(clipId)).toEqual([certain('case of B', 'B', 'investigation')]);
    expect(await mappingOf(clipId)).toMatchObject({ state: 'queued', reasons: ['live-against-time'] });
    const history = await readLinkHistory(database, clipId, 9);
    expect(history.map(({ act, activityId }) => `${act} ${activityId}`)).toEqual([
      'linked B',
      'unlinked A',
      'linked A',
    ]);
  });

  test('belongs to the operation it began in: before the recorder joined and after it left, to none', async () => {
    const { operations, operationId, recorderId, beginLive, setTime, settle, linksOf } = await openFor({
      activityId: 'B',
    });
    setTime('08:10');
    const during = await beginLive();
    setTime('08:20');
    await operations.leave(operationId, recorderId, '张三');
    setTime('08:21');
    const between = await beginLive();
    setTime('08:30');
    await operations.join(operationId, { recorderId, officerId: null }, '张三');
    const again = await beginLive();
    await settle();
    const linked = [certain('case of B', 'B', 'investigation')];
    expect(await Promise.all([during, between, again].map(linksOf))).toEqual([linked, [], linked]);
  });

  test('belongs to the operation it began in also where the clock of the dock is set back meanwhile', async () => {
    const { operations, operationId, recorderId, beginLive, sealLive, setTime, settle, linksOf } =
      await openFor({ activityId: 'B' });
    setTime('08:10');
    const before = await beginLive();
    setTime('07:30');
    const after = await beginLive();
    await sealLive(before, '08:10', '08:11');
    await sealLive(after, '07:30', '07:31');
    setTime('07:40');
    await operations.leave(operationId, recorderId, '张三');
    setTime('08:05');
    const gone = await beginLive();
    await settle();
    const linked = [certain('case of B', 'B', 'investigation')];
    expect(await Promise.all([before, after, gone].map(linksOf))).toEqual([linked, linked, []]);
  });

  test.each(['activity', 'case'] as const)(
    'is linked again where the %s was withdrawn by mistake, and returns',
    async (kind) => {
      const ofActivity = kind === 'activity';
      const { told, beginLive, settle, linksOf } = await openFor(
        ofActivity ? { activityId: 'B' } : { caseId: 'case of B' },
      );
      const clipId = await beginLive();
      await settle();
      const linked = await linksOf(clipId);
      const tell = (isWithdrawn: boolean) =>
        told(
          ofActivity
            ? { kind, facts: activityFacts('B', null, null), isWithdrawn }
            : { kind: 'case', facts: caseFacts('case of B'), isWithdrawn },
        );
      await tell(true);
      await settle();
      expect(await linksOf(clipId)).toEqual([]);
      await tell(false);
      await settle();
      expect(await linksOf(clipId)).toEqual(linked);
    },
  );

  test('of another recorder is not linked', async () => {
    const { addRecorder, beginLive, settle, linksOf } = await openFor({ activityId: 'B' });
    const clipId = await beginLive(await addRecorder('CAM002'));
    await settle();
    expect(await linksOf(clipId)).toEqual([]);
  });

  test('stays linked where a code or the times contradict the operation, and a person is shown both', async () => {
    const { caseWork, beginLive, sealLive, settle, linksOf, mappingOf } = await openFor({ activityId: 'A' });
    const [coded, late] = [await beginLive(), await beginLive()];
    await caseWork.mapping.takeCode(coded, 1_000, codeText({ kind: 'activity', id: 'B' }));
    await sealLive(coded, '08:01', '08:06');
    await sealLive(late, '12:00', '12:05');
    await settle();
    const ofA = [certain('case of A', 'A', 'investigation')];
    expect(await linksOf(coded)).toEqual(ofA);
    expect(await mappingOf(coded)).toMatchObject({ state: 'queued', reasons: ['codes-disagree'] });
    expect(await linksOf(late)).toEqual(ofA);
    expect(await mappingOf(late)).toMatchObject({ state: 'queued', reasons: ['live-against-time'] });
  });

  test('is no longer linked where a person says so', async () => {
    const { caseWork, beginLive, settle, linksOf } = await openFor({ activityId: 'B' });
    const clipId = await beginLive();
    await settle();
    await caseWork.mapping.setAside([clipId], { operator: '李四', reason: 'camera in the pocket' });
    await settle();
    expect(await linksOf(clipId)).toEqual([]);
  });
});

describe('originals of a recorder that took part', () => {
  test('and what it sent before and while it joined in one segment, are named by the operation once it left', async () => {
    const { operations, operationId, recorderId, beginLive, sealLive, setTime, settle, linksOf } =
      await openFor({ activityId: 'B' });
    await operations.leave(operationId, recorderId, '张三');
    setTime('08:10');
    const across = await beginLive();
    setTime('08:11');
    await operations.join(operationId, { recorderId, officerId: null }, '张三');
    await sealLive(across, '08:10', '08:12');
    setTime('08:30');
    await operations.leave(operationId, recorderId, '张三');
    await settle();
    expect(await linksOf(across)).toEqual(['case of B · B · investigation · live · strong']);
  });

  test('are named by the operation once the recorder has left, where their time surely overlaps', async () => {
    const { operations, operationId, setTime, addActivity, addClip, settle, linksOf } = await openFor({
      activityId: 'B',
    });
    setTime('08:30');
    await operations.close(operationId, '张三');
    const inside = await addClip(bounded('08:05', '08:25'));
    const after = await addClip(bounded('08:31', '08:50'));
    const unsure = await addClip(bounded('08:29', '08:50', 120_000));
    await settle();
    expect(await linksOf(inside)).toContain('case of B · B · investigation · live · strong');
    for (const clipId of [after, unsure]) {
      expect((await linksOf(clipId)).filter((link) => link.includes('live'))).toEqual([]);
    }
    await addActivity(activityFacts('A', '08:00', '10:00'));
    await operations.relate(operationId, { caseId: null, activityId: 'A', step: null }, '张三');
    await settle();
    expect(await linksOf(inside)).toEqual(['case of A · A · investigation · live · strong']);
  });
});
