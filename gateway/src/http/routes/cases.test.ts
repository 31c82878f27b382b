import type { ActivityFacts, CaseFacts, CaseFactsRecord, OfficerFacts } from '@docket/ingest';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TestGateway } from '../testing/test-gateway.ts';

const someCase: CaseFacts = {
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
  retention: { duration: 'P10Y' },
  filedOn: null,
  decision: null,
};
const someActivity: ActivityFacts = {
  activityId: 'oa/a1',
  caseId: 'oa/1',
  kind: 'on-site-inspection',
  step: 'investigation',
  place: null,
  area: null,
  officerIds: ['oa/o1'],
  startedAt: '2026-03-02T01:00:00.000Z',
  endedAt: '2026-03-02T02:00:00.000Z',
  timeDoubtMs: 0,
  isRandomInspection: false,
  riskTriggers: ['life-health'],
  isWholeProcess: false,
};
const someOfficer: OfficerFacts = {
  officerId: 'oa/o1',
  name: '张三',
  unitId: 'oa/unit-1',
  post: null,
  certificateNumber: '37000001',
  officerNumber: '000101',
  categories: ['penalty'],
  area: null,
  validFrom: null,
  validUntil: null,
  issuer: 'provincial',
};

let gateway: TestGateway;

beforeEach(async () => {
  gateway = await TestGateway.open();
});
afterEach(() => gateway.close());

const receive = (...records: CaseFactsRecord[]) =>
  gateway.caseWork.book.receive(
    'oa',
    records.map((record) => ({ record, revision: null })),
    'test',
  );
const aCase = (facts: Partial<CaseFacts>): CaseFactsRecord => ({
  kind: 'case',
  facts: { ...someCase, ...facts },
  isWithdrawn: false,
});
const ask = (path: string) => gateway.ask(`/api/v1${path}`);

describe('cases', () => {
  test('one is read by its id, whose slash is written %2F, in whatever signs it is', async () => {
    const caseId = `oa/${'案'.repeat(125)}`;
    await receive(aCase({}), aCase({ caseId, number: null }));
    const { json } = await ask('/cases/oa%2F1');
    expect(json).toEqual({
      ...someCase,
      isWithdrawn: false,
      sender: 'oa',
      revision: null,
      receivedAt: expect.any(String),
    });
    expect((await ask(`/cases/${encodeURIComponent(caseId)}`)).json).toMatchObject({ caseId });
    expect((await ask('/cases/oa%2F2')).status).toBe(404);
    expect((await ask(`/cases/${encodeURIComponent(`${caseId}x`)}`)).status).toBe(400);
  });

  test('are listed with how they stand: activities by judgement, the first open deadline, review', async () => {
    await receive(aCase({}), aCase({ caseId: 'oa/2', number: null, openedOn: '2026-02-01' }), {
      kind: 'activity',
      facts: someActivity,
      isWithdrawn: false,
    });
    const { json } = await ask('/cases');
    expect(json).toMatchObject({
      cases: [
        { caseId: 'oa/1', standing: { coverage: { activities: 1, unjudged: 1, counts: { met: 0 } } } },
        {
          caseId: 'oa/2',
          standing: { coverage: { activities: 0, unjudged: 0 }, nextDeadline: null, review: 'none' },
        },
      ],
    });
    expect((await ask('/cases?coverage=missing')).json).toMatchObject({ cases: [], total: 0 });
    await gateway.caseWork.reckoner.settle(AbortSignal.timeout(20_000));
    expect((await ask('/cases?coverage=met')).json).toMatchObject({ cases: [], total: 0 });
  });

  test('are listed page by page, last opened first, each once', async () => {
    const facts = Array.from({ length: 25 }, (_, index) => ({
      caseId: `oa/${String(index).padStart(2, '0')}`,
      openedOn: `2026-03-0${1 + (index % 3)}`,
    }));
    await receive(...facts.map(aCase));
    const seen: string[] = [];
    let cursor: unknown = null;
    do {
      const { json } = await ask(`/cases?limit=10${cursor === null ? '' : `&cursor=${String(cursor)}`}`);
      expect(json.total).toBe(25);
      seen.push(...(json.cases as CaseFacts[]).map(({ openedOn, caseId }) => `${openedOn} ${caseId}`));
      cursor = json.nextCursor;
    } while (cursor !== null);
    expect(seen).toEqual(
      facts
        .map(({ openedOn, caseId }) => `${openedOn} ${caseId}`)
        .sort()
        .reverse(),
    );
  });

  test.each([
    ['text=[2026] 1 号', ['oa/1']],
    ['text=一案', ['oa/1', 'oa/2']],
    ['text=100%25', ['oa/2']],
    ['text=10_%25', []],
    ['category=license', ['oa/2']],
    ['unitId=oa/unit-2', ['oa/2']],
    ['openedFrom=2026-03-02&openedTo=2026-03-03', ['oa/2']],
    ['departmentId=nobody', []],
    ['withdrawn=true', ['oa/2']],
  ])('those are found that fit %s', async (query, expected) => {
    await receive(aCase({}), {
      ...aCase({
        caseId: 'oa/2',
        number: null,
        name: '另一案 100%',
        category: 'license',
        unitId: 'oa/unit-2',
        openedOn: '2026-03-03',
      }),
      isWithdrawn: true,
    } as CaseFactsRecord);
    const { json } = await ask(
      `/cases?${query.replaceAll(' ', '%20').replace(/[[\]]|\p{Script=Han}/gu, encodeURIComponent)}`,
    );
    expect((json.cases as CaseFacts[]).map(({ caseId }) => caseId).sort()).toEqual(expected);
  });

  test('a cursor of another list, or none of ours, is refused', async () => {
    await receive(...[1, 2].map((index) => aCase({ caseId: `oa/${index}` })));
    const { json } = await ask('/cases?limit=1');
    for (const path of [
      `/officers?cursor=${json.nextCursor}`,
      '/cases?cursor=x',
      '/cases?cursor=Y2FzZXMgeA',
    ]) {
      expect((await ask(path)).json).toMatchObject({ code: 'cursor-invalid' });
    }
  });
});

test('activities of a case stand in the order of their beginning; a withdrawn one is told where asked', async () => {
  await receive(
    {
      kind: 'activity',
      facts: { ...someActivity, activityId: 'oa/a3', startedAt: null },
      isWithdrawn: false,
    },
    { kind: 'activity', facts: someActivity, isWithdrawn: false },
    { kind: 'activity', facts: { ...someActivity, activityId: 'oa/a2' }, isWithdrawn: true },
  );
  const ids = ({ json }: { json: Record<string, unknown> }) =>
    (json.activities as ActivityFacts[]).map(({ activityId }) => activityId);
  expect(ids(await ask('/cases/oa%2F1/activities'))).toEqual(['oa/a1', 'oa/a3']);
  expect(ids(await ask('/cases/oa%2F1/activities?withWithdrawn=true'))).toEqual(['oa/a1', 'oa/a2', 'oa/a3']);
  expect((await ask('/activities/oa%2Fa1')).json).toMatchObject(someActivity);
});

test('officers are found by name, certificate or number; units are listed', async () => {
  await receive(
    { kind: 'officer', facts: someOfficer, isWithdrawn: false },
    {
      kind: 'officer',
      facts: {
        ...someOfficer,
        officerId: 'oa/o2',
        name: '李四',
        certificateNumber: null,
        officerNumber: null,
      },
      isWithdrawn: false,
    },
    {
      kind: 'unit',
      facts: { unitId: 'oa/unit-1', name: '示例支队', code: null, departmentId: 'd', parentUnitId: null },
      isWithdrawn: false,
    },
  );
  for (const [text, expected] of [
    ['张', ['oa/o1']],
    ['3700', ['oa/o1']],
    ['0101', ['oa/o1']],
    ['李四', ['oa/o2']],
    ['', undefined],
  ] as const) {
    const { json } = await ask(`/officers?text=${encodeURIComponent(text)}`);
    const ids = (json.officers as OfficerFacts[]).map(({ officerId }) => officerId);
    expect(ids).toEqual(expected ?? ['oa/o1', 'oa/o2']);
  }
  expect((await ask('/officers/oa%2Fo1')).json).toMatchObject(someOfficer);
  expect((await ask('/units')).json).toMatchObject({ units: [{ name: '示例支队' }] });
});

test('the history has every word, newest first', async () => {
  await receive(aCase({ name: '初名' }));
  await receive(aCase({ name: '改名' }));
  await receive({ ...aCase({ name: '改名' }), isWithdrawn: true });
  const { json } = await ask('/facts-history?kind=case&id=oa/1');
  expect(json.history).toMatchObject([
    { isWithdrawn: true, facts: { name: '改名' }, outcome: 'applied', receivedFrom: 'test' },
    { isWithdrawn: false, facts: { name: '改名' } },
    { isWithdrawn: false, facts: { ...someCase, name: '初名' } },
  ]);
});
