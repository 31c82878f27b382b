/** Legal review over HTTP: who may do what, and that a packet can always be shown again. */
import { createHash } from 'node:crypto';
import type { CaseFacts } from '@docket/ingest';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { exampleCase } from '../../testing/example-case.ts';
import { TestGateway, testToken } from '../testing/test-gateway.ts';

let gateway: TestGateway;
const officer = testToken('case-officer', ['read', 'operate']);
const reviewer = testToken('reviewer', ['read', 'approve']);
const both = testToken('one-for-all', ['read', 'operate', 'approve']);
const path = '/api/v1/cases/oa%2F1';

beforeEach(async () => {
  gateway = await TestGateway.open({ tokens: [officer.entry, reviewer.entry, both.entry] });
  await told({});
});

afterEach(() => gateway.close());

const decision = {
  number: '示罚〔2026〕1号',
  decidedOn: '2026-08-05',
  isMajor: true,
  result: '罚款',
  revokedOn: null,
};

async function told(change: Partial<CaseFacts>): Promise<void> {
  const facts: CaseFacts = {
    ...exampleCase,
    caseId: 'oa/1',
    number: '示立〔2026〕1号',
    name: '<script>alert(1)</script>',
    departmentId: 'demo',
    unitId: 'oa/u',
    category: 'penalty',
    matter: '占道经营',
    decision,
    ...change,
  };
  await gateway.caseWork.book.receive(
    'oa',
    [{ record: { kind: 'case', facts, isWithdrawn: false }, revision: null }],
    'oa',
  );
  await gateway.caseWork.reckoner.settle(new AbortController().signal);
}

function ask(token: { secret: string }, method: 'GET' | 'POST', suffix: string, body?: object) {
  return gateway.ask(`${path}${suffix}`, {
    method,
    headers: { authorization: `Bearer ${token.secret}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

async function packet(): Promise<string> {
  return String((await ask(officer, 'GET', '/review-packet')).headers['docket-packet-sha256']);
}

test('the packet’s hash is that of its bytes, and the packet is shown again unchanged after the case has changed', async () => {
  const first = await ask(officer, 'GET', '/review-packet');
  const hash = createHash('sha256').update(first.body).digest('hex');
  expect(first.headers['docket-packet-sha256']).toBe(hash);
  expect(first.json).toMatchObject({ madeBy: 'case-officer', content: { case: { caseId: 'oa/1' } } });
  expect((await ask(reviewer, 'GET', '/review-packet')).body.equals(first.body)).toBe(true);
  await told({ matter: '另一事项' });
  const changed = await ask(officer, 'GET', '/review-packet');
  expect(changed.headers['docket-packet-sha256']).not.toBe(hash);
  const again = await ask(reviewer, 'GET', `/review-packet?sha256=${hash}`);
  expect(again.body.equals(first.body)).toBe(true);
  expect((await ask(reviewer, 'GET', `/review-packet?sha256=${'0'.repeat(64)}`)).json.code).toBe(
    'review-packet-unknown',
  );
});

test('a decision is publishable once another person has passed its review, and not before', async () => {
  const refused = async () => (await ask(officer, 'POST', '/publishable', { reason: '公示' })).json;
  expect(await refused()).toMatchObject({ code: 'decision-not-publishable', detail: 'review-missing' });
  const packetSha256 = await packet();
  expect((await ask(reviewer, 'POST', '/review/submission', { packetSha256, reason: '送审' })).status).toBe(
    403,
  );
  await ask(officer, 'POST', '/review/submission', { packetSha256, reason: '送审' });
  expect(await refused()).toMatchObject({ detail: 'review-open' });
  const finding = { finding: 'passed', packetSha256, opinion: '事实清楚，证据充分', reason: '审核' };
  expect((await ask(officer, 'POST', '/review/finding', finding)).status).toBe(403);
  const passed = await ask(reviewer, 'POST', '/review/finding', finding);
  expect(passed.json).toMatchObject({
    state: 'passed',
    publication: { obstacles: [], isPublishable: false },
  });
  const published = await ask(officer, 'POST', '/publishable', { reason: '公示' });
  expect(published.json).toMatchObject({ publication: { isPublishable: true, isStale: false } });
});

test('whoever submitted a packet cannot review it, whatever the token allows', async () => {
  const packetSha256 = await packet();
  await ask(both, 'POST', '/review/submission', { packetSha256, reason: '送审' });
  const finding = { finding: 'passed', packetSha256, opinion: '同意', reason: '审核' };
  expect((await ask(both, 'POST', '/review/finding', finding)).json.code).toBe('same-person');
});

test('the page escapes what case systems say, may run nothing, and links the other language', async () => {
  const page = await ask(officer, 'GET', '/review-packet.html');
  const text = page.body.toString();
  expect(page.headers['content-security-policy']).toContain("default-src 'none'");
  expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  expect(text).not.toContain('<script');
  expect(text).toContain('法制审核');
  expect(text).toContain(String(page.headers['docket-packet-sha256']));
  const other = /href="(?<href>[^"]*lang=en)"/u.exec(text)?.groups?.href?.replaceAll('&amp;', '&');
  const english = await ask(officer, 'GET', `/review-packet.html${other}`);
  expect(english.body.toString()).toContain('Legal review of a major decision');
});

test('a case nobody told of has no review', async () => {
  const answer = await gateway.ask('/api/v1/cases/oa%2Fnone/review', {
    headers: { authorization: `Bearer ${officer.secret}` },
  });
  expect(answer.status).toBe(404);
});
