import type { CaseFacts } from '@docket/ingest';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { GatewayEvent } from '../../contract/index.ts';
import { exampleCase } from '../../testing/example-case.ts';
import { type Answer, TestGateway, testToken } from '../testing/test-gateway.ts';

const reader = testToken('reader', ['read']);
const operator = testToken('zhang', ['read', 'operate']);
let gateway: TestGateway;

const ofCase: CaseFacts = { ...exampleCase, number: '临发改检〔2026〕1号', name: '某公司现场检查' };

beforeEach(async () => {
  gateway = await TestGateway.open({ tokens: [reader.entry, operator.entry] });
  await gateway.addDocking('docking');
  await gateway.caseWork.book.receive(
    'oa',
    [{ record: { kind: 'case', facts: ofCase, isWithdrawn: false }, revision: null }],
    'system:oa',
  );
});
afterEach(() => gateway.close());

function ask(method: string, path: string, body?: unknown, secret = operator.secret): Promise<Answer> {
  const headers: Record<string, string> = { authorization: `Bearer ${secret}` };
  if (body !== undefined) headers['content-type'] = 'application/json';
  return gateway.ask(`/api/v1${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

async function opened(change: object = {}): Promise<string> {
  const { status, json } = await ask('POST', '/operations', {
    title: '某公司现场检查',
    caseId: ofCase.caseId,
    recorders: [{ recorderId: 'sn:A' }],
    ...change,
  });
  expect(status).toBe(200);
  return (json.operation as { operationId: string }).operationId;
}

test('an operation is opened, marked and closed; each answer shows it as it then stands', async () => {
  const operationId = await opened();
  const marked = await ask('POST', `/operations/${operationId}/bookmarks`, { kind: 'credentials-shown' });
  expect(marked.json).toMatchObject({
    operation: {
      caseId: 'oa/2026-1',
      caseNumber: ofCase.number,
      openedBy: 'zhang',
      recorderIds: ['sn:A'],
      bookmarks: 1,
    },
    parts: [{ recorderId: 'sn:A', recorderSerialNumber: 'A', leftAt: null }],
    bookmarks: [{ kind: 'credentials-shown', madeBy: 'zhang', struck: null }],
  });
  const [{ bookmarkId }] = marked.json.bookmarks as [{ bookmarkId: string }];
  const strike = `/operations/${operationId}/bookmarks/${bookmarkId}/strike`;
  expect((await ask('POST', strike, { reason: 'too early' })).json).toMatchObject({
    operation: { bookmarks: 0 },
    bookmarks: [{ struck: { by: 'zhang', reason: 'too early' } }],
  });
  expect((await ask('POST', strike, { reason: 'too early' })).json).toMatchObject({
    code: 'bookmark-struck',
  });
  const closed = await ask('POST', `/operations/${operationId}/close`, {});
  expect(closed.json).toMatchObject({ operation: { recorderIds: [], closedBy: 'zhang' } });
  expect((await ask('POST', `/operations/${operationId}/close`, {})).json).toMatchObject({
    status: 409,
    code: 'operation-closed',
  });
  const byCase = await ask('GET', '/cases/oa%2F2026-1/operations');
  expect(byCase.json).toMatchObject({ operations: [{ operation: { operationId } }] });
});

test('what does not fit is told by its code', async () => {
  const operationId = await opened();
  const refused = async (path: string, body: object) => (await ask('POST', path, body)).json.code;
  expect(await refused('/operations', { title: 'x', recorders: [{ recorderId: 'sn:A' }] })).toBe(
    'recorder-in-operation',
  );
  expect(await refused('/operations', { title: 'x', caseId: 'oa/none' })).toBe('link-target-unknown');
  expect(await refused('/operations', { title: 'x', recorders: [{ recorderId: 'sn:Z' }] })).toBe('not-found');
  expect(await refused('/operations', { title: ' ' })).toBe('request-invalid');
  expect(await refused('/operations/none/close', {})).toBe('not-found');
  expect(await refused(`/operations/${operationId}/leave`, { recorderId: 'sn:B' })).toBe(
    'recorder-not-in-operation',
  );
  expect(await refused(`/operations/${operationId}/bookmarks`, { kind: 'note' })).toBe('request-invalid');
  const past = { kind: 'note', text: 'before', at: '2020-01-01T00:00:00Z' };
  expect(await refused(`/operations/${operationId}/bookmarks`, past)).toBe('bookmark-outside');
});

test('lists are paged and filtered, and reading alone changes nothing', async () => {
  const first = await opened();
  await ask('POST', `/operations/${first}/close`, {});
  const second = await opened({ title: '复查', caseId: null });
  const page = await ask('GET', '/operations?limit=1', undefined, reader.secret);
  expect(page.json).toMatchObject({ operations: [{ operationId: second }] });
  const rest = await ask('GET', `/operations?limit=1&cursor=${page.json.nextCursor}`);
  expect(rest.json).toMatchObject({ operations: [{ operationId: first }], nextCursor: null });
  const ids = async (query: string) =>
    ((await ask('GET', `/operations?${query}`)).json.operations as { operationId: string }[]).map(
      ({ operationId }) => operationId,
    );
  expect(await ids('open=true')).toEqual([second]);
  expect(await ids('caseId=oa%2F2026-1')).toEqual([first]);
  expect(await ids('recorderId=sn%3AA')).toEqual([second, first]);
  expect(await ids(`text=${encodeURIComponent('复查')}`)).toEqual([second]);
  expect((await ask('POST', `/operations/${second}/close`, {}, reader.secret)).status).toBe(403);
});

test('each change is told to whoever listens, as the operation then stands', async () => {
  const events: GatewayEvent[] = [];
  gateway.events.subscribe((event) => void events.push(event));
  const operationId = await opened({ caseId: null });
  await ask('POST', `/operations/${operationId}/relate`, { caseId: ofCase.caseId });
  await expect
    .poll(() => events.map((event) => (event.type === 'operation' ? event.operation.caseName : event.type)))
    .toEqual([null, ofCase.name]);
});
