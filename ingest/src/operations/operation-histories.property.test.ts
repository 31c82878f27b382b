import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isIngestError } from '../errors.ts';
import { activityFacts } from '../mapping/testing/case-bench.ts';
import { openOperationBench, operationOf } from './testing/operation-bench.ts';

/** What people and recorders may do one after another, with three recorders and two cases. */
type Act =
  | { kind: 'open' | 'join' | 'leave' | 'close' | 'live'; recorder: number; operation: number }
  | { kind: 'relate'; operation: number; caseNumber: number };

const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({
    kind: fc.constantFrom(
      'open' as const,
      'join' as const,
      'leave' as const,
      'close' as const,
      'live' as const,
    ),
    recorder: fc.nat(2),
    operation: fc.nat(2),
  }),
  fc.record({ kind: fc.constant('relate' as const), operation: fc.nat(2), caseNumber: fc.nat(1) }),
);

interface Known {
  operationId: string;
  caseId: string | null;
  isOpen: boolean;
}

test('whatever people do, a recorder is in one operation at most, and each live clip is linked where the one it began in belongs', async () => {
  const bench = await openOperationBench();
  const { operations, clock, addRecorder, addActivity, beginLive, settle, linksOf, context } = bench;
  const recorderIds = [context.recorderId, await addRecorder('CAM002'), await addRecorder('CAM003')];
  for (const name of ['A', 'B']) await addActivity(activityFacts(name, null, null));
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 5, maxLength: 25 }), async (acts) => {
      const known: Known[] = [];
      const partOf = new Map<string, Known>();
      const begun: { clipId: string; operation: Known | null }[] = [];
      const expected = async (isLegal: boolean, done: Promise<unknown>) => {
        const code = await done.then(
          () => null,
          (error: unknown) => (isIngestError(error) ? error.code : String(error)),
        );
        expect(code === null, String(code)).toBe(isLegal);
        return code === null;
      };
      for (const one of acts) {
        clock.nowMs += 60_000;
        const operation = known[one.operation];
        if (one.kind === 'relate') {
          if (operation === undefined) continue;
          const caseId = ['case of A', 'case of B'][one.caseNumber] as string;
          await operations.relate(operation.operationId, { caseId, activityId: null, step: null }, '张三');
          operation.caseId = caseId;
          continue;
        }
        const recorderId = recorderIds[one.recorder] as string;
        const recorder = { recorderId, officerId: null };
        if (one.kind === 'live') {
          begun.push({ clipId: await beginLive(recorderId), operation: partOf.get(recorderId) ?? null });
        } else if (one.kind === 'open') {
          const opening = operations.open(operationOf({ recorders: [recorder] }), '张三');
          if (!(await expected(!partOf.has(recorderId), opening))) continue;
          const opened = { operationId: (await opening).operationId, caseId: null, isOpen: true };
          known.push(opened);
          partOf.set(recorderId, opened);
        } else if (operation !== undefined && one.kind === 'join') {
          const isLegal = operation.isOpen && !partOf.has(recorderId);
          if (await expected(isLegal, operations.join(operation.operationId, recorder, '张三')))
            partOf.set(recorderId, operation);
        } else if (operation !== undefined && one.kind === 'leave') {
          const isLegal = operation.isOpen && partOf.get(recorderId) === operation;
          if (await expected(isLegal, operations.leave(operation.operationId, recorderId, '张三')))
            partOf.delete(recorderId);
        } else if (operation !== undefined) {
          if (!(await expected(operation.isOpen, operations.close(operation.operationId, '张三')))) continue;
          operation.isOpen = false;
          for (const [id, part] of partOf) if (part === operation) partOf.delete(id);
        }
        const now = (await operations.recordersNow()).map((part) => `${part.recorderId} ${part.operationId}`);
        expect(now.sort()).toEqual([...partOf].map(([id, part]) => `${id} ${part.operationId}`).sort());
      }
      await settle();
      for (const { clipId, operation } of begun) {
        const caseId = operation?.caseId ?? null;
        expect(await linksOf(clipId)).toEqual(caseId === null ? [] : [`${caseId} ·  ·  · live · certain`]);
      }
      for (const { operationId, isOpen } of known) if (isOpen) await operations.close(operationId, '张三');
      clock.nowMs += 3_600_000;
    }),
    { numRuns: 12 },
  );
}, 120_000);
