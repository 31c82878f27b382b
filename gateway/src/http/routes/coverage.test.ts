import type { CaseFactsRecord } from '@docket/ingest';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { TestGateway, testToken } from '../testing/test-gateway.ts';

const asker = testToken('zhang-san', ['read', 'operate']);
const decider = testToken('li-si', ['read', 'operate', 'approve']);
const bearer = ({ secret }: { secret: string }) => ({
  authorization: `Bearer ${secret}`,
  'content-type': 'application/json',
});
const activityId = 'oa/a 1/2';
const caseId = 'oa/c-1';
const path = (id: string) => encodeURIComponent(id);

let gateway: TestGateway;

beforeEach(async () => {
  gateway = await TestGateway.open({ tokens: [asker.entry, decider.entry] });
  const records: CaseFactsRecord[] = [
    {
      kind: 'case',
      isWithdrawn: false,
      facts: {
        caseId,
        number: '示商罚〔2026〕1号',
        name: '示例一案',
        departmentId: 'changzhi-swj',
        unitId: 'oa/u-1',
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
        activityId,
        caseId,
        kind: 'on-site-inspection',
        step: 'investigation',
        place: '示例市场',
        area: null,
        officerIds: [],
        startedAt: '2026-03-01T17:00:00.000Z',
        endedAt: '2026-03-01T18:00:00.000Z',
        timeDoubtMs: 0,
        isRandomInspection: true,
        riskTriggers: [],
        isWholeProcess: true,
      },
    },
  ];
  await gateway.caseWork.dutyLists.adoptPreset(
    'changzhi-swj',
    { inForceFrom: '2026-01-01', reason: 'test' },
    '张三',
  );
  await gateway.caseWork.book.receive(
    'oa',
    records.map((record) => ({ record, revision: null })),
    'test',
  );
  await settle();
});
afterEach(() => gateway.close());

const settle = () => gateway.caseWork.reckoner.settle(new AbortController().signal);
const ask = (where: string) => gateway.ask(`/api/v1${where}`, { headers: bearer(asker) });
const post = (where: string, by: { secret: string }, body: object) =>
  gateway.ask(`/api/v1${where}`, { method: 'POST', headers: bearer(by), body: JSON.stringify(body) });

test('a case is told with its lanes: steps, activities, judgement and gaps', async () => {
  const { status, json } = await ask(`/cases/${path(caseId)}/coverage`);
  expect(status).toBe(200);
  expect(json).toMatchObject({
    rollUp: { state: 'missing', activities: 1, overdue: 1, gapMs: 3_600_000, wholeProcessMs: 3_600_000 },
    steps: [
      {
        step: 'investigation',
        rollUp: { state: 'missing' },
        activities: [
          {
            activityId,
            place: '示例市场',
            judgement: {
              state: 'missing',
              level: 'whole-process',
              raisedBy: ['order'],
              duty: { departmentId: 'changzhi-swj', version: 1 },
              gaps: [{ kind: 'sure', from: '2026-03-01T17:00:00.000Z', fromDoubtMs: 0, explanation: null }],
              people: [{ code: 'officers-not-named', officerId: null }],
            },
          },
        ],
      },
    ],
    looseClipIds: [],
  });
  expect((await ask(`/cases/${path('oa/nobody')}/coverage`)).status).toBe(404);
});

test('the history of an activity is told, and the list by state, unit and day of the dock', async () => {
  const history = await ask(`/activities/${path(activityId)}/judgements`);
  expect(history.json).toMatchObject({ judgements: [{ judgement: { state: 'missing' } }], nextCursor: null });
  expect((await ask(`/activities/${path('oa/nobody')}/judgements`)).status).toBe(404);
  // By the clock of Shanghai the inspection began at one in the night of the second.
  const count = async (query: string) =>
    ((await ask(`/coverage?${query}`)).json.activities as unknown[] | undefined)?.length;
  expect(await count('state=missing&from=2026-03-02&to=2026-03-02')).toBe(1);
  expect(await count('state=missing&to=2026-03-01')).toBe(0);
  expect(await count(`unit=${path('oa/u-1')}`)).toBe(1);
  expect(await count('state=met')).toBe(0);
  expect((await ask('/coverage?state=perfect')).status).toBe(400);
  expect((await ask('/coverage?cursor=bm9uc2Vuc2U')).json).toMatchObject({ code: 'cursor-invalid' });
});

test('an exception is asked for by one person, approved by another, and withdrawn', async () => {
  const claim = { kind: 'exemption', activityId, reasonCode: 'privacy', reason: '当事人隐私' };
  const asked = await post('/exceptions', asker, claim);
  expect(asked.json).toMatchObject({ standing: 'requested', requestedBy: 'zhang-san', decisions: [] });
  const exceptionId = String(asked.json.exceptionId);
  const decide = (verdict: string, by: { secret: string }) =>
    post(`/exceptions/${exceptionId}/${verdict}`, by, { reason: '属实' });

  expect((await decide('approve', asker)).json).toMatchObject({ code: 'scope-missing' });
  expect((await decide('approve', decider)).json).toMatchObject({
    standing: 'approved',
    decisions: [{ verdict: 'approved', by: 'li-si', reason: '属实' }],
  });
  await settle();
  expect((await ask(`/cases/${path(caseId)}/coverage`)).json).toMatchObject({ rollUp: { state: 'exempt' } });
  expect((await decide('refuse', decider)).json).toMatchObject({ code: 'exception-decided' });
  expect((await decide('withdraw', decider)).status).toBe(200);
  await settle();
  expect((await ask(`/cases/${path(caseId)}/coverage`)).json).toMatchObject({ rollUp: { state: 'missing' } });
});

test('nobody approves what they asked for, and nothing half-named is taken', async () => {
  const own = await post('/exceptions', decider, {
    kind: 'gap-reason',
    activityId,
    reasonCode: 'weather',
    reason: '暴雨',
  });
  const approved = await post(`/exceptions/${own.json.exceptionId}/approve`, decider, { reason: '属实' });
  expect(approved.json).toMatchObject({ status: 409, code: 'same-person' });
  const lost = { kind: 'recorder-lost', activityId, reason: '遗失', paperRecord: '第3号' };
  expect((await post('/exceptions', asker, lost)).json).toMatchObject({
    status: 400,
    code: 'request-invalid',
    detail: 'name the recorder',
  });
  const unknown = { kind: 'gap-reason', activityId: 'oa/nobody', reasonCode: 'weather', reason: '暴雨' };
  expect((await post('/exceptions', asker, unknown)).status).toBe(404);
});

test('exceptions are listed page by page', async () => {
  for (const reason of ['一', '二', '三']) {
    await post('/exceptions', asker, { kind: 'gap-reason', activityId, reasonCode: 'weather', reason });
  }
  const first = (await ask('/exceptions?limit=2&standing=requested')).json;
  expect((first.exceptions as { reason: string }[]).map(({ reason }) => reason)).toEqual(['三', '二']);
  const rest = (await ask(`/exceptions?limit=2&cursor=${first.nextCursor}`)).json;
  expect(rest).toMatchObject({ exceptions: [{ reason: '一' }], nextCursor: null });
  expect((await ask('/exceptions?kind=exemption')).json.exceptions).toEqual([]);
});
