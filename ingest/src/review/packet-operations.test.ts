import { expect, test } from 'vitest';
import { activityFacts, at } from '../mapping/testing/case-bench.ts';
import { openOperationBench, operationOf } from '../operations/testing/operation-bench.ts';
import type { ReviewPacket } from './review-packet.ts';

test('a packet lists the operations of its case, and where its footage shows each bookmark', async () => {
  const { operations, caseWork, context, addActivity, setTime, beginLive, sealLive, settle } =
    await openOperationBench();
  const { recorderId } = context;
  await addActivity(activityFacts('B', null, null));
  const recorders = [{ recorderId, officerId: '000007' }];
  const { operationId } = await operations.open(operationOf({ activityId: 'B', recorders }), '张三');
  const clipId = await beginLive();
  setTime('08:05');
  const mark = { text: null, at: null, recorderId };
  await operations.bookmark(operationId, { ...mark, kind: 'credentials-shown' }, '张三');
  const wrong = await operations.bookmark(operationId, { ...mark, kind: 'rights-told' }, '张三');
  await operations.strike(operationId, wrong, 'tapped twice', '张三');
  setTime('08:20');
  await operations.close(operationId, '李四');
  await sealLive(clipId, '08:01', '08:19');
  await settle();
  const packet = async () => {
    const kept = await caseWork.review.makePacket('case of B', '李四');
    return JSON.parse(String(kept?.text)) as ReviewPacket;
  };
  expect((await packet()).content.operations).toEqual([
    {
      operationId,
      title: '现场检查',
      activityId: 'B',
      step: 'investigation',
      place: null,
      openedAt: at('08:00'),
      openedBy: '张三',
      closedAt: at('08:20'),
      closedBy: '李四',
      recorders: [{ recorderId, officerId: '000007', joinedAt: at('08:00'), leftAt: at('08:20') }],
      bookmarks: [
        {
          ...{ kind: 'credentials-shown', text: null, at: at('08:05'), recorderId },
          ...{ madeBy: '张三', madeAt: at('08:05'), struck: null },
          clips: [{ clipId, positionMs: 240_000, doubtMs: 500 }],
        },
        expect.objectContaining({
          kind: 'rights-told',
          struck: { by: '张三', at: at('08:05'), reason: 'tapped twice' },
        }),
      ],
    },
  ]);
  await operations.relate(operationId, { caseId: null, activityId: null, step: null }, '张三');
  await settle();
  expect((await packet()).content.operations).toEqual([]);
});
