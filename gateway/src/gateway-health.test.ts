import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CaseFactsRecord } from '@docket/ingest';
import { expect, onTestFinished, test } from 'vitest';
import { gatewayHealth } from './gateway-health.ts';
import { openTestIngest } from './testing/test-ingest.ts';

async function open() {
  const root = await mkdtemp(join(tmpdir(), 'health-'));
  const ingest = await openTestIngest(root);
  onTestFinished(async () => {
    await ingest.close();
    await rm(root, { recursive: true });
  });
  const health = () =>
    gatewayHealth({
      ingest,
      version: '0.0.0-test',
      startedAt: new Date(),
      releasePolicy: 'never',
      reserveBytes: 0,
    });
  return { ingest, health };
}

/** A day so many days from now. */
const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

/** A case that closed on a day: 30 days later its file is due, carried over days off. */
const closed = (caseId: string, closedOn: string): CaseFactsRecord => ({
  kind: 'case',
  isWithdrawn: false,
  facts: {
    caseId,
    number: null,
    name: '示例一案',
    departmentId: 'demo',
    unitId: 'demo/u',
    category: 'penalty',
    matter: null,
    isRandomInspection: false,
    riskTriggers: [],
    secrecy: 'none',
    openedOn: closedOn,
    closedOn,
    retention: null,
    filedOn: null,
    decision: null,
  },
});

test('deadlines that press are told, and make the gateway no worse', async () => {
  const { ingest, health } = await open();
  expect(await health()).toMatchObject({ deadlines: { dueSoon: 0, missedLately: 0 } });
  const { state } = await health();
  const { caseWork } = ingest;
  const cases = [closed('demo/missed', day(-45)), closed('demo/far', day(0)), closed('demo/old', day(-200))];
  await caseWork.book.receive(
    'demo',
    cases.map((record) => ({ record, revision: null })),
    'test',
  );
  await caseWork.reckoner.settle(new AbortController().signal);
  expect(await health()).toMatchObject({ state, deadlines: { dueSoon: 0, missedLately: 1 } });
  // What was missed and then done presses nobody any more.
  await caseWork.deadlines.state({
    caseId: 'demo/missed',
    kind: 'archive-file',
    activityId: null,
    doneAt: new Date().toISOString(),
    person: '张三',
    reason: '已归档',
  });
  expect(await health()).toMatchObject({ state, deadlines: { dueSoon: 0, missedLately: 0 } });
});

test('a grave alarm about live streams keeps the dock unwell until it has ended and somebody has seen it', async () => {
  const { ingest, health } = await open();
  const live = async () => (await health()).components.find(({ name }) => name === 'live');
  const { liveAlarms } = ingest.caseWork;
  await liveAlarms.raise({ kind: 'stream-lost', reason: { kind: 'not-reached', words: 'no answer' } });
  expect(await live()).toMatchObject({ state: 'ok' });
  const alarmId = await liveAlarms.raise({ kind: 'not-recording', reason: { kind: 'nothing-sent' } });
  expect(await live()).toMatchObject({
    state: 'degraded',
    detail: 'not-recording the recorder sends nothing',
  });
  await liveAlarms.end(alarmId);
  expect((await health()).state).toBe('degraded');
  await liveAlarms.seen(alarmId, '张三');
  expect(await live()).toMatchObject({ state: 'ok', detail: null });
});
