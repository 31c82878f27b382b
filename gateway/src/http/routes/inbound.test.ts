import type { CaseFacts } from '@docket/ingest';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { InboundAnswer } from '../../contract/index.ts';
import { TestGateway, testToken } from '../testing/test-gateway.ts';

const unit = { kind: 'unit', id: 'u1', name: '示例支队', departmentId: 'example-bureau' };
const officer = {
  kind: '执法人员',
  id: 'o1',
  name: '张三',
  unitId: 'u1',
  certificateNumber: 'DEMO-001',
  categories: '行政处罚、行政检查',
  validUntil: '2027-12-31',
  issuer: '省政府统一印制',
};
const someCase = {
  kind: '案件',
  id: 'c1',
  revision: '1',
  number: '示发改罚 [2026] 第 1 号',
  name: '示例一案',
  departmentId: 'example-bureau',
  unitId: 'u1',
  category: '处罚',
  riskTriggers: ['生命健康'],
  openedOn: '2026-03-01',
  retention: '10年',
  decision: { decidedOn: '2026-04-01', isMajor: '是' },
};
const activity = {
  kind: 'activity',
  id: 'a1',
  caseId: 'c1',
  activity: '现场检查',
  officerIds: ['o1'],
  startedAt: '2026-03-05T09:30:00+08:00',
  endedAt: '2026-03-05T10:30:00+08:00',
};

let gateway: TestGateway;
beforeEach(async () => {
  gateway = await TestGateway.open();
});
afterEach(() => gateway.close());

async function deliver(records: unknown[], more: object = {}): Promise<InboundAnswer> {
  const { status, json } = await post({ sender: 'oa', records, ...more });
  expect([status, json.detail]).toEqual([200, undefined]);
  return json as unknown as InboundAnswer;
}
const post = (body: unknown, headers: Record<string, string> = {}) =>
  gateway.ask('/api/v1/inbound', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
const faultsOf = ({ results }: InboundAnswer) =>
  results.map(({ faults }) => faults.map(({ field, code }) => `${field} ${code}`));
const warningsOf = ({ results }: InboundAnswer) =>
  results.map(({ warnings }) => warnings.map(({ field, code }) => `${field} ${code}`));

test('a delivery in the field’s own words is kept in ours, and again changes nothing', async () => {
  const records = [unit, officer, someCase, activity];
  const first = await deliver(records);
  expect([faultsOf(first), warningsOf(first)]).toEqual([
    [[], [], [], []],
    [[], [], [], []],
  ]);
  expect(first.counts).toEqual({ created: 4, changed: 0, unchanged: 0, stale: 0, refused: 0 });
  expect((await gateway.ask('/api/v1/cases/oa%2Fc1')).json).toMatchObject({
    caseId: 'oa/c1',
    number: '示发改罚〔2026〕第1号',
    category: 'penalty',
    riskTriggers: ['life-health'],
    secrecy: 'none',
    retention: { duration: 'P10Y' },
    decision: { decidedOn: '2026-04-01', isMajor: true, number: null, result: null, revokedOn: null },
    revision: '1',
    sender: 'oa',
  });
  expect((await gateway.ask('/api/v1/activities/oa%2Fa1')).json).toMatchObject({
    kind: 'on-site-inspection',
    step: 'investigation',
    officerIds: ['oa/o1'],
    startedAt: '2026-03-05T01:30:00.000Z',
    isRandomInspection: false,
  });
  expect((await gateway.ask('/api/v1/officers/oa%2Fo1')).json).toMatchObject({
    categories: ['penalty', 'inspection'],
    issuer: 'provincial',
  });
  expect((await deliver(records)).counts).toEqual({
    created: 0,
    changed: 0,
    unchanged: 4,
    stale: 0,
    refused: 0,
  });
});

test('bad records are listed with every fault, good ones between them are kept', async () => {
  const answer = await deliver([
    unit,
    { ...officer, validFrom: '2028-01-01', categories: ['处罚', '抓捕'] },
    { ...someCase, openedOn: '2026-02-30', category: '行政' },
    { ...activity, endedAt: '2026-03-05T01:00:00Z', timeDoubtMs: -1 },
    'nonsense',
    { kind: 'fine', id: 'x' },
    { ...unit, id: 'a b', name: '\u0007', departmentId: null },
    { ...someCase, id: 'c2' },
  ]);
  expect(faultsOf(answer)).toEqual([
    [],
    ['categories term-unknown', 'validUntil end-before-start'],
    ['openedOn not-a-day', 'category term-unknown'],
    ['endedAt end-before-start', 'timeDoubtMs out-of-range'],
    ['null not-an-object'],
    ['kind kind-unknown'],
    ['id id-invalid', 'name bad-characters', 'departmentId missing'],
    [],
  ]);
  expect(answer.results[1]).toMatchObject({
    index: 1,
    kind: 'officer',
    id: 'oa/o1',
    outcome: 'refused',
    faults: [{ given: '抓捕', message: 'categories is none of the known terms' }, {}],
  });
  expect(answer.counts).toMatchObject({ created: 2, refused: 6 });
  expect((await gateway.ask('/api/v1/cases')).json).toMatchObject({ total: 1 });
});

describe('an activity’s step', () => {
  test.each([
    [{ activity: '听证' }, 'review'],
    [{ activity: '听证', step: '审核' }, 'review'],
    [{ activity: 'site_survey', step: '启动' }, 'filing'],
    [{ activity: '现场检查', step: '调查取证' }, 'investigation'],
    [{ activity: '证据保全', step: '调查取证' }, 'evidence'],
    [{ activity: '强制措施', step: '执行' }, 'execution'],
    [{ activity: '强制措施' }, ['step missing']],
    [{ activity: '强制措施', step: '调查取证' }, ['step term-ambiguous']],
    [{ activity: '其他', step: '启动', caseId: 'not-come' }, ['step term-ambiguous']],
    [{ activity: '其他', step: '启动', caseId: 'c9' }, 'acceptance'],
  ])('%j', async (change, expected) => {
    await deliver([someCase]);
    const license = { ...someCase, id: 'c9', category: '许可' };
    const answer = await deliver([{ ...activity, ...change }, license]);
    if (Array.isArray(expected)) return expect(faultsOf(answer)[0]).toEqual(expected);
    expect((await gateway.ask('/api/v1/activities/oa%2Fa1')).json).toMatchObject({ step: expected });
  });
});

describe('what is told without being refused', () => {
  test('references to what has not come, once it has come no more', async () => {
    expect(warningsOf(await deliver([activity]))).toEqual([
      ['caseId reference-unknown', 'officerIds reference-unknown'],
    ]);
    await deliver([someCase]);
    expect(warningsOf(await deliver([activity, { ...officer, unitId: 'hr/u9' }]))).toEqual([
      [],
      ['unitId reference-unknown'],
    ]);
  });

  test('fields nobody knows, no times, no officers, a reused revision', async () => {
    await deliver([unit, someCase]);
    const answer = await deliver([
      { ...activity, officerIds: [], startedAt: '', note: 'x' },
      { ...someCase, name: '改名', decision: { ...someCase.decision, judge: 'y' } },
    ]);
    expect(warningsOf(answer)).toEqual([
      ['note field-unknown', 'officerIds no-officer', 'startedAt no-times'],
      ['decision.judge field-unknown', 'revision revision-reused'],
    ]);
    expect(answer.counts).toMatchObject({ created: 1, changed: 1 });
  });
});

test('one entity with two contents in a delivery: neither is kept; with two revisions, both', async () => {
  const torn = await deliver([someCase, { ...someCase, name: '另一名' }, unit, unit]);
  expect(faultsOf(torn)).toEqual([['id duplicate-id'], ['id duplicate-id'], [], []]);
  expect(torn.results.map(({ outcome }) => outcome)).toEqual(['refused', 'refused', 'created', 'unchanged']);
  const both = await deliver([{ ...someCase, name: '二版', revision: 2 }, someCase]);
  expect(both.results.map(({ outcome }) => outcome)).toEqual(['created', 'stale']);
  const { json } = await gateway.ask('/api/v1/facts-history?kind=case&id=oa/c1');
  expect(
    (json.history as { facts: CaseFacts; outcome: string }[]).map(({ facts, outcome }) => [
      facts.name,
      outcome,
    ]),
  ).toEqual([
    ['示例一案', 'stale'],
    ['二版', 'applied'],
  ]);
});

test('what is withdrawn stays in the history, by its id alone or told once more', async () => {
  await deliver([someCase, unit]);
  const answer = await deliver([
    { kind: 'case', id: 'c1', revision: '2', withdrawn: true },
    { ...unit, withdrawn: true },
    { kind: 'officer', id: 'o9', withdrawn: true },
  ]);
  expect(answer.results.map(({ outcome }) => outcome)).toEqual(['changed', 'changed', 'changed']);
  expect(warningsOf(answer)).toEqual([[], [], ['id withdrawn-unknown']]);
  expect((await gateway.ask('/api/v1/cases/oa%2Fc1')).json).toMatchObject({
    isWithdrawn: true,
    name: '示例一案',
  });
  expect((await gateway.ask('/api/v1/units')).json).toEqual({ units: [] });
});

test('a dry run tells the same and keeps nothing', async () => {
  const records = [unit, officer, { ...someCase, openedOn: 'x' }, activity];
  const rehearsed = await deliver(records, { dryRun: true });
  expect((await gateway.ask('/api/v1/units')).json).toEqual({ units: [] });
  const kept = await deliver(records);
  expect(rehearsed).toEqual({ ...kept, dryRun: true });
});

describe('a delivery as a whole is refused', () => {
  test.each([
    [{ sender: 'OA', records: [unit] }],
    [{ sender: 'o/a', records: [unit] }],
    [{ sender: 'oa', records: [] }],
    [{ sender: 'oa', records: Array.from({ length: 5_001 }, () => 0) }],
    [{ sender: 'oa', records: [unit], more: 1 }],
    [{ records: [unit] }],
  ])('%#', async (body) => {
    expect((await post(body)).json).toMatchObject({ code: 'request-invalid' });
  });

  test('where it is longer than four mebibytes, and only then', async () => {
    const filler = (bytes: number) => ({ ...unit, filler: 'x'.repeat(bytes) });
    expect((await post({ sender: 'oa', records: [filler(3_900_000)] })).status).toBe(200);
    expect((await post({ sender: 'oa', records: [filler(4_200_000)] })).json).toMatchObject({
      code: 'body-too-large',
    });
  });
});

test('who may read may not deliver; who delivers is named in the history', async () => {
  const [reader, system] = [testToken('reader', ['read']), testToken('case-system', ['read', 'deliver'])];
  await gateway.close();
  gateway = await TestGateway.open({ tokens: [reader.entry, system.entry] });
  const as = ({ secret }: typeof reader) => ({ authorization: `Bearer ${secret}` });
  expect((await post({ sender: 'oa', records: [unit] }, as(reader))).json).toMatchObject({
    code: 'scope-missing',
  });
  expect((await post({ sender: 'oa', records: [unit] }, as(system))).status).toBe(200);
  const { json } = await gateway.ask('/api/v1/facts-history?kind=unit&id=oa/u1', { headers: as(system) });
  expect(json.history).toMatchObject([{ receivedFrom: 'case-system', sender: 'oa' }]);
});

test.each([
  ['__proto__', { kind: 'unit', id: '__proto__', name: 'x', departmentId: 'd' }],
  ['nested', JSON.parse(`${'{"decision":'.repeat(500)}1${'}'.repeat(500)}`)],
  ['lone surrogate', { ...unit, name: 'a\ud800' }],
  ['direction override', { ...unit, name: 'a\u202eb' }],
  ['a number beyond what is exact', { ...officer, certificateNumber: 1e19 }],
  ['lists of lists', { ...officer, categories: [['处罚']] }],
  ['objects for text', { ...unit, name: { toString: 'x' } }],
  ['constructor', { kind: 'constructor', id: '1' }],
])('a record of a stranger is a record: %s', async (_name, record) => {
  const { results } = await deliver([record, { ...unit, id: 'good' }]);
  expect(results.map(({ outcome }) => outcome)).toEqual([
    _name === '__proto__' ? 'created' : 'refused',
    'created',
  ]);
});
