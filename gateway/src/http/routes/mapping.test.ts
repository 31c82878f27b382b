import type { CaseFactsRecord } from '@docket/ingest';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ClipLinks, QueuePage } from '../../contract/index.ts';
import { TestGateway } from '../testing/test-gateway.ts';

let gateway: TestGateway;

const records: CaseFactsRecord[] = [
  {
    kind: 'case',
    isWithdrawn: false,
    facts: {
      caseId: 'oa/1',
      number: '示发改罚〔2026〕1号',
      name: '示例一案',
      departmentId: 'example-bureau',
      unitId: 'oa/unit-1',
      category: 'penalty',
      matter: null,
      isRandomInspection: false,
      riskTriggers: [],
      secrecy: 'none',
      openedOn: '2026-03-01',
      closedOn: null,
      retention: null,
      filedOn: null,
      decision: null,
    },
  },
  {
    kind: 'activity',
    isWithdrawn: false,
    facts: {
      activityId: 'oa/a1',
      caseId: 'oa/1',
      kind: 'on-site-inspection',
      step: 'investigation',
      place: '示例路 1 号',
      area: null,
      officerIds: ['oa/o1'],
      startedAt: '2026-03-02T01:00:00.000Z',
      endedAt: '2026-03-02T02:00:00.000Z',
      timeDoubtMs: 0,
      isRandomInspection: false,
      riskTriggers: [],
      isWholeProcess: false,
    },
  },
];

beforeEach(async () => {
  gateway = await TestGateway.open();
  await gateway.caseWork.book.receive(
    'oa',
    records.map((record) => ({ record, revision: null })),
    'system:oa',
  );
  await gateway.addDocking('d1');
  for (const clipId of ['c1', 'c2']) {
    await gateway.addClip(clipId, 'd1', { name: `${clipId}.mp4`, bytes: Buffer.from(clipId) });
  }
  await gateway.database.write((transaction) =>
    transaction.run("INSERT INTO reckoning_due SELECT 'clip', clip_id, 1 FROM clip"),
  );
  await settle();
});
afterEach(() => gateway.close());

const settle = () => gateway.caseWork.reckoner.settle(new AbortController().signal);
const queue = async (query = '') =>
  (await gateway.ask(`/api/v1/mapping/queue${query}`)).json as unknown as QueuePage;
const links = async (clipId: string) =>
  (await gateway.ask(`/api/v1/clips/${clipId}/links`)).json as unknown as ClipLinks;
const post = (act: string, body: unknown) =>
  gateway.ask(`/api/v1/mapping/${act}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

test('the queue shows each clip with why it waits, by pages', async () => {
  const page = await queue('?limit=1');
  expect(page).toMatchObject({ total: 2, entries: [{ clip: { clipId: 'c2' }, state: 'queued', links: [] }] });
  expect(page.byReason).toEqual([
    { reason: 'officer-unnamed', clips: 2 },
    { reason: 'time-unknown', clips: 2 },
  ]);
  const next = await queue(`?limit=1&cursor=${page.nextCursor}`);
  expect(next).toMatchObject({ entries: [{ clip: { clipId: 'c1' } }], nextCursor: null });
  expect((await queue('?reason=code-unknown')).total).toBe(0);
  expect((await queue('?recorderId=sn:A&marked=false')).total).toBe(2);
  expect((await gateway.ask('/api/v1/mapping/queue?reason=nonsense')).status).toBe(400);
});

test('a person links many clips at once, and every word on them is told', async () => {
  const answer = await post('link', {
    clipIds: ['c1', 'c2'],
    targets: [{ activityId: 'oa/a1' }],
    reason: '画面可见门牌',
    person: '张三',
  });
  expect(answer.status).toBe(204);
  expect((await queue()).total).toBe(0);
  const file = await links('c1');
  expect(file).toMatchObject({
    state: 'linked',
    decidedBy: 'person',
    links: [
      {
        caseNumber: '示发改罚〔2026〕1号',
        caseName: '示例一案',
        activityKind: 'on-site-inspection',
        place: '示例路 1 号',
        source: 'manual',
        reason: '画面可见门牌',
      },
    ],
    history: [{ act: 'linked', supersedes: null }],
  });
  expect(file.links[0]?.actor).toContain('张三');
  const custody = await gateway.ask('/api/v1/clips/c1/custody');
  expect(custody.body.toString()).toContain('"linked"');
});

test('set aside, taken up again, and taken out', async () => {
  const reason = '与执法无关';
  expect((await post('set-aside', { clipIds: ['c1'], reason })).status).toBe(204);
  expect((await links('c1')).state).toBe('set-aside');
  expect((await queue()).total).toBe(1);
  expect((await post('reopen', { clipIds: ['c1'], reason })).status).toBe(204);
  expect((await queue()).total).toBe(2);
  await post('link', { clipIds: ['c1'], targets: [{ caseId: 'oa/1', step: 'service' }], reason });
  expect((await links('c1')).links).toMatchObject([{ activityId: null, step: 'service' }]);
  expect((await post('unlink', { clipIds: ['c1'], caseId: 'oa/1', reason })).status).toBe(204);
  expect(await links('c1')).toMatchObject({ state: 'queued', links: [], reasons: ['unlinked-by-person'] });
});

test('what is not there, and what is not well formed, is refused in whole', async () => {
  const body = { clipIds: ['c1'], targets: [{ activityId: 'oa/a1' }], reason: 'x' };
  const unknownTarget = await post('link', { ...body, targets: [{ activityId: 'oa/none' }] });
  expect([unknownTarget.status, unknownTarget.json.code]).toEqual([404, 'link-target-unknown']);
  const unknownClip = await post('link', { ...body, clipIds: ['c1', 'none'] });
  expect([unknownClip.status, unknownClip.json.code]).toEqual([404, 'not-found']);
  expect((await post('link', { ...body, targets: [] })).status).toBe(400);
  expect((await post('link', { ...body, targets: [{ caseId: 'oa/1', activityId: 'oa/a1' }] })).status).toBe(
    400,
  );
  expect((await post('set-aside', { clipIds: [], reason: 'x' })).status).toBe(400);
  expect((await gateway.ask('/api/v1/clips/none/links')).status).toBe(404);
  expect((await queue()).total).toBe(2);
});
