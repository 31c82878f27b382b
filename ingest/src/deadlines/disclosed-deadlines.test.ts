/** What Docket itself told the public meets the deadlines of publishing and of taking back, with nobody saying so. */
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { CaseWork } from '../case-work.ts';
import type { CaseDecision, CaseFacts } from '../cases/case-record.ts';
import { CustodyLog } from '../custody/custody-log.ts';
import type { DisclosureOutcome } from '../disclosure/outbox.ts';
import { IndexDatabase } from '../index-store/index-database.ts';
import { caseRecord, exampleCase, unitRecord } from '../testing/example-facts.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { readDeadlines } from './deadline-queries.ts';

const { signal: never } = new AbortController();
const { caseId } = exampleCase;
const decision: CaseDecision = {
  number: '示罚〔2026〕1号',
  decidedOn: '2026-03-10',
  isMajor: false,
  result: '罚款',
  revokedOn: null,
};

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
  await work.book.receive('oa', [{ record: unitRecord(), revision: null }], 'test');
  const tell = async (change: Partial<CaseFacts>) => {
    await work.book.receive('oa', [{ record: caseRecord(change), revision: null }], 'test');
    await work.reckoner.settle(never);
  };
  /** Sends what waits, and answers with when the public was told. */
  const send = async (outcome: DisclosureOutcome): Promise<unknown> => {
    const due = await work.disclosure.outbox.nextDue('https', new Date());
    if (due === null) throw new Error('nothing is due');
    await work.disclosure.outbox.settle('https', due.event, outcome);
    await work.reckoner.settle(never);
    const [row] = await database.read(
      'SELECT delivered_at AS at FROM disclosure_delivery WHERE event_sequence = ?',
      [due.event.sequence],
    );
    return row?.at;
  };
  const standing = async (kind: string) => {
    const deadlines = await readDeadlines(database, caseId, new Date().toISOString());
    const found = deadlines.find((one) => one.kind === kind);
    return found === undefined ? null : [found.metAt, found.metBy];
  };
  return { work, tell, send, standing };
}

test('a decision that was delivered is published, one that was refused is not', async () => {
  const { work, tell, send, standing } = await open();
  await tell({ decision });
  await work.publication.markPublishable(caseId, '张三', '公示');
  await work.reckoner.settle(never);
  expect(await standing('publish')).toEqual([null, null]);
  await send({ result: 'again', afterMs: 0, status: 503, error: 'busy' });
  expect(await standing('publish')).toEqual([null, null]);
  const toldAt = await send({ result: 'delivered', status: 202 });
  expect(await standing('publish')).toEqual([toldAt, 'facts']);
});

test('a revoked decision is taken back when the withdrawal was delivered', async () => {
  const { work, tell, send, standing } = await open();
  await tell({ decision });
  await work.publication.markPublishable(caseId, '张三', '公示');
  const toldAt = await send({ result: 'delivered', status: 202 });
  await tell({ decision: { ...decision, revokedOn: '2026-04-01' } });
  expect(await standing('unpublish')).toEqual([null, null]);
  const takenBackAt = await send({ result: 'delivered', status: 202 });
  expect(await standing('unpublish')).toEqual([takenBackAt, 'facts']);
  expect(await standing('publish')).toEqual([toldAt, 'facts']);
});
