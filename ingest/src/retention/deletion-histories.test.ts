import { stat } from 'node:fs/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CaseFacts } from '../cases/case-record.ts';
import { takeAged } from '../testing/aged-clips.ts';
import { expectSoundStore } from '../testing/sound-store.ts';
import { TestDock } from '../testing/test-dock.ts';
import { afterMonths } from './retention-period.ts';

/**
 * Whatever happens to clips, in whatever order, by the API or by SQL: a clip with a reason to stay keeps its bytes. The
 * reasons are kept here by a model of their own, which asks neither the code nor the guards.
 */
type Step =
  | {
      do: 'link' | 'set-aside' | 'reopen' | 'ask' | 'raw-delete' | 'raw-forget' | 'mark' | 'quarantine';
      clip: number;
    }
  | { do: 'hold'; clip: number; on: 'clip' | 'case' }
  | { do: 'lift' | 'approve' | 'erase' | 'drop-receipt'; clip: number };

const clip = fc.integer({ min: 0, max: 1 });
const one = <Name extends Step['do']>(name: Name, weight: number) => ({
  arbitrary: clip.map((number) => ({ do: name, clip: number }) as Step),
  weight,
});
const step: fc.Arbitrary<Step> = fc.oneof(
  one('link', 2),
  one('set-aside', 5),
  one('reopen', 1),
  one('ask', 5),
  one('approve', 5),
  one('erase', 5),
  one('lift', 2),
  one('raw-delete', 3),
  one('raw-forget', 1),
  one('mark', 1),
  one('quarantine', 1),
  one('drop-receipt', 1),
  {
    arbitrary: fc
      .tuple(clip, fc.constantFrom('clip', 'case'))
      .map(([number, on]) => ({ do: 'hold', clip: number, on }) as Step),
    weight: 2,
  },
);

/** All that a deletion takes, in a row, so that histories come to it often. */
const wholeWay = clip.map((number) =>
  (['set-aside', 'ask', 'approve', 'erase'] as const).map((act) => ({ do: act, clip: number }) as Step),
);

const theCase: CaseFacts = {
  caseId: 'demo/1',
  number: null,
  name: '案件一',
  departmentId: 'demo',
  unitId: 'demo/u',
  category: 'penalty',
  matter: null,
  isRandomInspection: false,
  riskTriggers: [],
  secrecy: 'none',
  openedOn: '2024-01-02',
  closedOn: '2024-01-10',
  retention: { duration: 'P1D' },
  filedOn: null,
  decision: null,
};

/** What the test itself knows of one clip. */
interface Known {
  sealedDaysAgo: number;
  isLinked: boolean;
  wasLinked: boolean;
  isSetAside: boolean;
  isMarked: boolean;
  isQuarantined: boolean;
  isReceipted: boolean;
  holds: number;
}

const by = { operator: '张三', reason: '测试' };
const asker = { person: '张三', reason: '测试' };
const other = { person: '李四', reason: '测试' };
const { signal: never } = new AbortController();
const dayMs = 86_400_000;

function mustStay(known: Known, caseHolds: number): boolean {
  const sealedAt = new Date(Date.now() - known.sealedDaysAgo * dayMs).toISOString();
  const isYoung = afterMonths(sealedAt, 6) > new Date().toISOString();
  return (
    isYoung ||
    known.isLinked ||
    known.wasLinked ||
    !known.isSetAside ||
    known.isMarked ||
    known.isQuarantined ||
    !known.isReceipted ||
    known.holds > 0 ||
    (known.wasLinked && caseHolds > 0)
  );
}

const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );

test('no history takes the bytes of a clip that has a reason to stay', { timeout: 300_000 }, async () => {
  let deleted = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.tuple(fc.constantFrom(150, 179, 200, 400), fc.constantFrom(10, 200, 300)),
      fc
        .array(fc.oneof({ arbitrary: step.map((each) => [each]), weight: 3 }, wholeWay), {
          minLength: 4,
          maxLength: 12,
        })
        .map((parts) => parts.flat()),
      async (ages, steps) => {
        const dock = await TestDock.open();
        try {
          deleted += await live(dock, ages, steps);
        } finally {
          await dock.close();
        }
      },
    ),
    { numRuns: 20 },
  );
  // A property about deletions that never delete anything would say nothing.
  expect(deleted).toBeGreaterThan(0);
});

async function live(dock: TestDock, ages: readonly number[], steps: readonly Step[]): Promise<number> {
  const { caseWork, database, eraser, layout } = dock.ingest;
  const { mapping, retention } = caseWork;
  const record = { kind: 'case' as const, facts: theCase, isWithdrawn: false };
  await caseWork.book.receive('demo', [{ record, revision: null }], 'test');
  const ids: string[] = [];
  for (const [number, age] of ages.entries()) {
    const taken = await takeAged(dock, age, { [`${number}.mp4`]: `footage ${number}` });
    ids.push(...Object.values(taken));
  }
  const known: Known[] = ages.map((sealedDaysAgo) => ({
    sealedDaysAgo,
    isLinked: false,
    wasLinked: false,
    isSetAside: false,
    isMarked: false,
    isQuarantined: false,
    isReceipted: true,
    holds: 0,
  }));
  let caseHolds = 0;
  const gone = new Set<number>();
  const sql = (text: string, clipId: string) =>
    database
      .write((transaction) => transaction.run(text, [clipId]))
      .then(
        () => true,
        () => false,
      );
  for (const { do: act, clip: number, ...more } of steps) {
    const clipId = ids[number] ?? '';
    const clip = known[number] as Known;
    const isGone = gone.has(number);
    if (act === 'link' && !isGone) {
      await mapping.link([clipId], [{ caseId: 'demo/1', step: null }], by);
      Object.assign(clip, { isLinked: true, wasLinked: true, isSetAside: false });
    } else if (act === 'set-aside' && !isGone) {
      await mapping.setAside([clipId], by);
      Object.assign(clip, { isLinked: false, isSetAside: true });
    } else if (act === 'reopen' && !isGone) {
      await mapping.reopen([clipId], by);
      await caseWork.reckoner.settle(never);
      Object.assign(clip, { isLinked: false, isSetAside: false });
    } else if (act === 'hold' && 'on' in more) {
      const onCase = more.on === 'case';
      const placed = await retention.holds
        .place(onCase ? { caseId: 'demo/1' } : { clipId }, 'evidence', asker)
        .then(
          () => true,
          () => false,
        );
      expect(placed).toBe(onCase || !isGone);
      if (onCase) caseHolds += 1;
      else if (placed) clip.holds += 1;
    } else if (act === 'lift') {
      for (const hold of await retention.holds.ofClip(clipId)) {
        await retention.holds.lift(hold.holdId, other);
        if (hold.caseId === null) clip.holds -= 1;
        else caseHolds -= 1;
      }
    } else if (act === 'mark') {
      if (await sql('UPDATE clip SET marked = 1 WHERE clip_id = ?', clipId)) clip.isMarked = true;
    } else if (act === 'quarantine') {
      await sql("UPDATE clip SET quarantine_reason = 'store-mismatch' WHERE clip_id = ?", clipId);
      clip.isQuarantined = true;
    } else if (act === 'drop-receipt') {
      await sql('DELETE FROM receipt WHERE clip_id = ?', clipId);
      clip.isReceipted = false;
    } else if (act === 'ask') {
      await retention.deletions.request([clipId], asker);
    } else if (act === 'approve') {
      const [request] = await database.read('SELECT request_id FROM deletion_request WHERE verdict IS NULL');
      if (request !== undefined) await retention.deletions.approve(String(request.request_id), other);
    } else if (act === 'erase') {
      const mayGo = known.map((each) => !mustStay(each, caseHolds));
      await eraser.settle(never);
      for (const [position, each] of ids.entries()) {
        const isThere = await exists(layout.mediaFile(each, `${position}.mp4`));
        if (!isThere && !gone.has(position)) {
          expect(mayGo[position]).toBe(true);
          gone.add(position);
        }
      }
    } else if (act === 'raw-delete') {
      const done = await sql("UPDATE clip SET state = 'deleted' WHERE clip_id = ?", clipId);
      if (!isGone) expect(done).toBe(false);
    } else if (act === 'raw-forget') {
      for (const table of ['hold', 'clip', 'deletion', 'deletion_request']) {
        const key = table === 'deletion_request' ? 'requested_by' : 'clip_id';
        await sql(`DELETE FROM ${table} WHERE ${key} = ?`, table === 'deletion_request' ? '张三' : clipId);
      }
    }
    for (const [position, each] of ids.entries()) {
      const isThere = await exists(layout.mediaFile(each, `${position}.mp4`));
      expect(isThere, `${act}: clip ${position}`).toBe(!gone.has(position));
    }
  }
  await expectSoundStore(dock);
  return gone.size;
}
