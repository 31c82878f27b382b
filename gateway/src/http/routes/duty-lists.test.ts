import { type DutyListContent, dutyListPresets } from '@docket/ingest';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Answer, TestGateway, testToken } from '../testing/test-gateway.ts';

let gateway: TestGateway;

beforeEach(async () => {
  gateway = await TestGateway.open();
});
afterEach(() => gateway.close());

const lists = '/api/v1/duty-lists';

function post(path: string, body: unknown): Promise<Answer> {
  return gateway.ask(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

function presetOf(departmentId: string): DutyListContent {
  const preset = dutyListPresets.find((one) => one.departmentId === departmentId);
  if (preset === undefined) throw new Error(`there is no preset ${departmentId}`);
  return preset.content;
}

const content = presetOf('changzhi-swj');
const request = { name: '清单', inForceFrom: '2024-01-01', content, reason: '首次公布', person: '张三' };
const shorter = { ...content, items: content.items.slice(1) };

describe('a duty list', () => {
  test.each(dutyListPresets.map(({ departmentId }) => departmentId))(
    'goes through the API and comes back as it was: %s',
    async (departmentId) => {
      const sent = presetOf(departmentId);
      const published = await post(`${lists}/oa%2F17/versions`, { ...request, content: sent });
      expect(published).toMatchObject({
        status: 200,
        json: { departmentId: 'oa/17', version: 1, publishedBy: 'local:张三', items: sent.items.length },
      });
      const read = await gateway.ask(`${lists}/oa%2F17/versions/1`);
      expect(read.json.content).toEqual(sent);
      expect(read.json.sha256).toBe(published.json.sha256);
    },
  );

  test('is taken from a case system, and the same one again is no new version', async () => {
    const system = testToken('case-system', ['deliver']);
    await gateway.close();
    gateway = await TestGateway.open({ tokens: [system.entry] });
    const deliver = (sent: DutyListContent, path = '/api/v1/inbound/duty-lists/swj') =>
      gateway.ask(path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${system.secret}` },
        body: JSON.stringify({
          sender: 'oa',
          name: '清单',
          inForceFrom: '2024-01-01',
          content: sent,
          reason: '同步',
        }),
      });
    expect((await deliver(content)).json).toMatchObject({
      outcome: 'published',
      version: { version: 1, publishedBy: 'oa (case-system)' },
    });
    expect((await deliver(content)).json).toMatchObject({ outcome: 'unchanged', version: { version: 1 } });
    expect((await deliver(shorter)).json).toMatchObject({ outcome: 'published', version: { version: 2 } });
    expect((await deliver(content, `${lists}/swj/versions`)).json.code).toBe('scope-missing');
  });

  test('is listed with the version in force today and the newest', async () => {
    expect((await gateway.ask(lists)).json).toMatchObject({ departments: [] });
    await post(`${lists}/swj/versions`, request);
    await post(`${lists}/swj/versions`, { ...request, content: shorter, inForceFrom: '9999-01-01' });
    expect((await gateway.ask(lists)).json).toMatchObject({
      departments: [{ departmentId: 'swj', versions: 2, inForce: { version: 1 }, newest: { version: 2 } }],
    });
    expect((await gateway.ask(`${lists}/swj/versions`)).json).toMatchObject({
      versions: [{ version: 2 }, { version: 1, reason: '首次公布' }],
    });
  });

  test('wakes what judges by it', async () => {
    const rest = gateway.caseWork.reckoner;
    let woken = 0;
    const wake = rest.wake.bind(rest);
    rest.wake = () => {
      woken += 1;
      wake();
    };
    await post(`${lists}/swj/versions`, request);
    expect(woken).toBe(1);
  });

  test('that comes with Docket is listed, and adopted by name', async () => {
    const { json } = await gateway.ask('/api/v1/duty-list-presets');
    expect(json.presets).toEqual(JSON.parse(JSON.stringify(dutyListPresets)));
    const ground = { inForceFrom: '2024-01-01', reason: '采用', person: '张三' };
    expect(await post(`${lists}/swj/adopt-preset`, { ...ground, presetId: 'ganzi-jxj' })).toMatchObject({
      status: 200,
      json: { departmentId: 'swj', version: 1 },
    });
    expect(await post(`${lists}/swj/adopt-preset`, ground)).toMatchObject({ status: 404 });
    expect(await post(`${lists}/ganzi-jxj/adopt-preset`, ground)).toMatchObject({ status: 200 });
  });

  test('is compared with another version, and before it is published with the one in force on its day', async () => {
    await post(`${lists}/swj/versions`, request);
    await post(`${lists}/swj/versions`, { ...request, content: shorter, inForceFrom: '2025-01-01' });
    const removed = [{ number: '1' }];
    expect((await gateway.ask(`${lists}/swj/compare?from=1&to=2`)).json).toMatchObject({
      from: 1,
      to: 2,
      difference: { added: [], removed, changed: [], rules: [], order: null },
    });
    expect((await gateway.ask(`${lists}/swj/compare?from=1&to=3`)).status).toBe(404);
    const draft = (inForceFrom: string) => post(`${lists}/swj/compare`, { inForceFrom, content: shorter });
    expect((await draft('2024-06-01')).json).toMatchObject({ from: 1, to: null, difference: { removed } });
    expect((await draft('2025-06-01')).json).toMatchObject({ from: 2, difference: { removed: [] } });
    expect((await draft('2023-06-01')).json).toEqual({ from: null, to: null, difference: null });
  });

  test('is read from the rows of a table', async () => {
    const rows = [
      ['序号', '记录事项'],
      ['1', '听证'],
      ['2', '喝茶'],
    ];
    expect((await post('/api/v1/duty-list-rows', { document: '清单', rows })).json).toMatchObject({
      items: [{ number: '1', activities: ['hearing'] }],
      complaints: [{ row: 3, code: 'word-unknown', text: '喝茶' }],
    });
  });
});

describe('refused is', () => {
  const [item] = content.items;
  test.each<[string, Record<string, unknown>, number, string]>([
    ['what the newest version says already', {}, 409, 'duty-list-unchanged'],
    ['a number given twice', { content: { ...content, items: [item, item] } }, 422, 'duty-list-invalid'],
    ['a day that is none', { inForceFrom: '2024-02-30' }, 400, 'request-invalid'],
    ['no reason', { reason: ' ' }, 400, 'request-invalid'],
    ['no person', { person: undefined, name: '另一份' }, 400, 'person-missing'],
    [
      'a column nobody knows',
      { content: { ...content, items: [{ ...item, extra: 1 }] } },
      400,
      'request-invalid',
    ],
    [
      'an unknown word',
      { content: { ...content, items: [{ ...item, level: 'whole' }] } },
      400,
      'request-invalid',
    ],
    [
      'a storage period of nothing',
      { content: { ...content, items: [{ ...item, retention: { duration: 'P' } }] } },
      400,
      'request-invalid',
    ],
  ])('%s', async (_what, change, status, code) => {
    await post(`${lists}/swj/versions`, request);
    expect(await post(`${lists}/swj/versions`, { ...request, ...change })).toMatchObject({
      status,
      json: { code },
    });
    expect((await gateway.ask(`${lists}/swj/versions`)).json.versions).toHaveLength(1);
  });

  test('whoever may only read', async () => {
    const reader = testToken('reader', ['read']);
    const guarded = await TestGateway.open({ tokens: [reader.entry] });
    const headers = { authorization: `Bearer ${reader.secret}`, 'content-type': 'application/json' };
    const body = JSON.stringify(request);
    const answer = await guarded.ask(`${lists}/swj/versions`, { method: 'POST', headers, body });
    const draft = JSON.stringify({ inForceFrom: '2024-01-01', content });
    const compared = await guarded.ask(`${lists}/swj/compare`, { method: 'POST', headers, body: draft });
    await guarded.close();
    expect(answer).toMatchObject({ status: 403, json: { code: 'scope-missing' } });
    expect(compared.status).toBe(200);
  });
});
