/** Which decisions may be published: held against rules written here once more, over random histories of a case. */
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { CaseWork } from '../case-work.ts';
import type { CaseDecision, CaseFacts } from '../cases/case-record.ts';
import type { Secrecy } from '../cases/case-terms.ts';
import { CustodyLog } from '../custody/custody-log.ts';
import { isIngestError } from '../errors.ts';
import { IndexDatabase } from '../index-store/index-database.ts';
import { fuzzRuns } from '../testing/fuzz-runs.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';

const decision: CaseDecision = {
  number: '示罚〔2026〕1号',
  decidedOn: '2026-08-05',
  isMajor: true,
  result: '罚款',
  revokedOn: null,
};
const facts: CaseFacts = {
  caseId: 'oa/1',
  number: '示立〔2026〕1号',
  name: '张三占道经营案',
  departmentId: 'demo',
  unitId: 'oa/u',
  category: 'penalty',
  matter: '占道经营',
  isRandomInspection: false,
  riskTriggers: [],
  secrecy: 'none',
  openedOn: '2026-08-04',
  closedOn: null,
  retention: null,
  filedOn: null,
  decision,
};
const never = new AbortController().signal;

async function open() {
  const database = await IndexDatabase.open(join(await temporaryFolder('in-memory'), 'index.sqlite'));
  onTestFinished(() => database.close());
  const custody = await CustodyLog.open(database, 'gateway:test');
  const work = new CaseWork({
    database,
    custody,
    onReckonError: (error) => {
      throw error;
    },
    disclosure: { ways: ['https'], kinds: ['decision'], statisticsEvery: null },
  });
  const unit = { unitId: 'oa/u', name: '一大队', code: null, departmentId: 'demo', parentUnitId: null };
  await work.book.receive(
    'oa',
    [{ record: { kind: 'unit', facts: unit, isWithdrawn: false }, revision: null }],
    'oa',
  );
  const tell = async (change: Partial<CaseFacts>, isWithdrawn = false) => {
    const record = { kind: 'case', facts: { ...facts, ...change }, isWithdrawn } as const;
    await work.book.receive('oa', [{ record, revision: null }], 'oa');
    await work.reckoner.settle(never);
  };
  const review = async (caseId: string, act: 'passed' | 'failed' | 'returned') => {
    const packet = await work.review.makePacket(caseId, '张三');
    if (packet === null) throw new Error('no case');
    await work.review.submit(caseId, packet.sha256, '张三', '送审');
    await work.review.find(caseId, {
      act,
      packetSha256: packet.sha256,
      person: '李四',
      opinion: '意见',
      reason: '审核',
    });
  };
  return { database, work, tell, review };
}

interface Told {
  secrecy: Secrecy;
  isWithdrawn: boolean;
  decision: CaseDecision | null;
}

const toldArbitrary: fc.Arbitrary<Told> = fc.record({
  secrecy: fc.constantFrom<Secrecy>('none', 'none', 'none', 'privacy'),
  isWithdrawn: fc.constantFrom(false, false, false, true),
  decision: fc.option(
    fc.record({
      number: fc.constant('示罚〔2026〕1号'),
      decidedOn: fc.constant('2026-08-05'),
      isMajor: fc.constantFrom(true, false, null),
      result: fc.constantFrom('罚款', '警告'),
      revokedOn: fc.constantFrom(null, null, '2026-09-01'),
    }),
    { freq: 6 },
  ),
});
const stepArbitrary = fc.oneof(
  fc.record({ tell: toldArbitrary }),
  fc.record({ review: fc.constantFrom('passed', 'passed', 'failed', 'returned') }),
  fc.constant({ submit: true as const }),
);

test('a decision is marked publishable just when the rules written here say so', async () => {
  const { work, tell, review } = await open();
  let cases = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(stepArbitrary, { maxLength: 8 }), async (steps) => {
      cases += 1;
      const caseId = `oa/${cases}`;
      let told: Told = { secrecy: 'none', isWithdrawn: false, decision };
      let standing: { act: string; of: CaseDecision | null } | null = null;
      await tell({ caseId });
      for (const step of steps) {
        if ('tell' in step) {
          told = step.tell;
          await tell({ caseId, secrecy: told.secrecy, decision: told.decision }, told.isWithdrawn);
        } else if ('review' in step) {
          standing = { act: step.review, of: told.decision };
          await review(caseId, step.review as 'passed');
        } else {
          const packet = await work.review.makePacket(caseId, '张三');
          await work.review.submit(caseId, packet?.sha256 ?? '', '张三', '送审');
          standing = { act: 'submitted', of: told.decision };
        }
        const same = JSON.stringify(standing?.of) === JSON.stringify(told.decision);
        // No list is published, so that only a decision said not to be major needs no review.
        const isReviewed =
          standing === null ? told.decision?.isMajor === false : standing.act === 'passed' && same;
        const mayBePublic =
          told.decision !== null &&
          told.decision.revokedOn === null &&
          told.secrecy === 'none' &&
          !told.isWithdrawn &&
          isReviewed;
        const outcome = await work.publication.markPublishable(caseId, '张三', '公示').then(
          () => true,
          (error: unknown) => {
            if (!isIngestError(error, 'DECISION_NOT_PUBLISHABLE')) throw error;
            expect(error.message).not.toBe('');
            return false;
          },
        );
        expect(outcome).toBe(mayBePublic);
      }
    }),
    { numRuns: fuzzRuns(25, 10) },
  );
});

test('no statement gets a decision past the gate, nor a finding past its rules', async () => {
  const { database, tell, review, work } = await open();
  await tell({});
  const publish = () =>
    database.write(async (transaction) => {
      await transaction.run(
        `INSERT INTO decision_publication (sequence, case_id, act, decision, review_rule, person, reason, at)
         SELECT 0, case_id, 'publishable', decision, review_rule, 'x', 'x', 'x' FROM decision_gate`,
      );
    });
  await expect(publish()).rejects.toThrow('this decision may not be published');
  const packet = await work.review.makePacket('oa/1', '张三');
  await work.review.submit('oa/1', packet?.sha256 ?? '', '张三', '送审');
  const pass = (person: string) =>
    database.write(async (transaction) => {
      await transaction.run(
        `INSERT INTO review_entry (sequence, case_id, act, packet_sha256, person, opinion, reason, at)
         VALUES (99, 'oa/1', 'passed', ?, ?, 'x', 'x', 'x')`,
        [packet?.sha256 ?? '', person],
      );
    });
  await expect(pass('张三')).rejects.toThrow('another person');
  await review('oa/1', 'failed');
  await expect(publish()).rejects.toThrow('this decision may not be published');
  const disclose = () =>
    database.write(async (transaction) => {
      await transaction.run(
        `INSERT INTO disclosure_event (sequence, event_id, kind, subject, act, case_id, content, at)
         VALUES (0, 'x', 'decision', 'x', 'published', 'oa/1', '{}', 'x')`,
      );
    });
  await expect(disclose()).rejects.toThrow('this decision may not be disclosed');
});

test('a list that names the category wants a review of it where nobody said whether the decision is major', async () => {
  const { database, tell, work } = await open();
  await tell({ decision: { ...decision, isMajor: null } });
  const ruleWith = async (reviewCategories: unknown) => {
    await database.write((transaction) =>
      transaction.run(
        `INSERT INTO duty_list (department_id, version, name, in_force_from, published_at, published_by, reason, content, sha256)
         VALUES ('demo', (SELECT count(*) + 1 FROM duty_list), 'x', '2026-01-01', 'x', 'x', 'x', ?, 'x')`,
        [JSON.stringify({ reviewCategories })],
      ),
    );
    const standing = await work.publication.standing('oa/1');
    return [standing?.reviewRule, standing?.obstacles];
  };
  expect((await work.publication.standing('oa/1'))?.reviewRule).toBe('no-list');
  expect(await ruleWith(['license'])).toEqual(['category-not-reviewed', []]);
  expect(await ruleWith(['penalty'])).toEqual(['category-reviewed', ['review-missing']]);
  expect(await ruleWith('*')).toEqual(['category-reviewed', ['review-missing']]);
});

test('a decision that is revoked is taken back by itself, and the public is told', async () => {
  const { work, tell, review } = await open();
  await tell({});
  await review('oa/1', 'passed');
  await work.publication.markPublishable('oa/1', '张三', '公示');
  await tell({ decision: { ...decision, revokedOn: '2026-09-01' } });
  const standing = await work.publication.standing('oa/1');
  expect(standing?.acts.map(({ act, cause }) => [act, cause])).toEqual([
    ['publishable', null],
    ['unpublishable', 'revoked'],
  ]);
  const { events } = await work.disclosure.outbox.list({}, { before: null, limit: 10 });
  expect(events.map(({ act, deliveries }) => [act, deliveries.map(({ state }) => state)])).toEqual([
    ['withdrawn', ['waiting']],
    ['published', ['superseded']],
  ]);
  expect(events[0]?.replaces).toBe(events[1]?.eventId);
  expect(JSON.stringify(events)).not.toContain('张三');
});

test('a changed decision stays public as it was until a person corrects it, which wants a review of the new one', async () => {
  const { work, tell, review } = await open();
  await tell({});
  await review('oa/1', 'passed');
  await work.publication.markPublishable('oa/1', '张三', '公示');
  await tell({ decision: { ...decision, result: '警告' } });
  expect(await work.publication.standing('oa/1')).toMatchObject({
    isPublishable: true,
    isStale: true,
    obstacles: ['review-stale'],
  });
  await expect(work.publication.correct('oa/1', '张三', '更正')).rejects.toMatchObject({
    code: 'DECISION_NOT_PUBLISHABLE',
  });
  await review('oa/1', 'passed');
  await work.publication.correct('oa/1', '张三', '更正');
  const { events } = await work.disclosure.outbox.list({}, { before: null, limit: 10 });
  expect(events.map(({ act, content }) => [act, (content as { result: string }).result])).toEqual([
    ['corrected', '警告'],
    ['published', '罚款'],
  ]);
});

test('a case without anything tells why it is not ready for review', async () => {
  const { work, tell } = await open();
  await tell({ decision: null });
  const open_ = await work.review.openQuestions('oa/1');
  expect(open_?.readiness).toEqual({ reviewReady: false, blocking: ['no-activity'] });
  expect(open_?.questions.map(({ code }) => code)).toEqual(['decision-not-told', 'no-activity']);
});
