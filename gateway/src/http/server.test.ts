import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Clip } from '../contract/index.ts';
import { TestGateway } from './testing/test-gateway.ts';

let gateway: TestGateway;
afterEach(() => gateway.close());

describe('resources', () => {
  beforeEach(async () => {
    gateway = await TestGateway.open();
    await gateway.addDocking('d1', '1-1');
    await gateway.addDocking('d2', '1-2');
    for (const clipId of ['c1', 'c2', 'c3']) await gateway.addClip(clipId, 'd1', { name: `${clipId}.mp4` });
  });

  test('slots, dockings, recorders', async () => {
    expect((await gateway.ask('/api/v1/slots')).json).toEqual({ slots: [] });
    expect((await gateway.ask('/api/v1/slots/1-1')).json.code).toBe('not-found');
    expect((await gateway.ask('/api/v1/dockings?slot=1-2')).json).toMatchObject({
      dockings: [{ dockingId: 'd2', recorder: { serialNumber: 'A' }, failure: null }],
      nextCursor: null,
    });
    expect((await gateway.ask('/api/v1/dockings/d1')).json).toMatchObject({ slot: '1-1', state: 'open' });
    expect((await gateway.ask('/api/v1/dockings/none')).status).toBe(404);
    const recorders = (await gateway.ask('/api/v1/recorders')).json;
    expect(recorders).toMatchObject({ recorders: [{ recorderId: 'sn:A', clips: 3, dockings: 2 }] });
  });

  test('clips in pages, nothing of the index beside them', async () => {
    const first = await gateway.ask('/api/v1/clips?limit=2&state=listed&marked=false');
    expect(first.json).toMatchObject({ total: 3, clips: [{ clipId: 'c3' }, { clipId: 'c2' }] });
    const rest = await gateway.ask(`/api/v1/clips?limit=2&cursor=${String(first.json.nextCursor)}`);
    expect(rest.json).toMatchObject({ clips: [{ clipId: 'c1' }], nextCursor: null });
    const one = await gateway.ask('/api/v1/clips/c1');
    expect(Object.keys(one.json).sort()).toEqual(Object.keys(Clip.properties).sort());
    expect((await gateway.ask('/api/v1/clips?text=c2')).json).toMatchObject({ total: 1 });
  });

  test('a cursor of another list, or of nobody', async () => {
    const { json } = await gateway.ask('/api/v1/clips?limit=1');
    for (const path of [`/api/v1/dockings?cursor=${String(json.nextCursor)}`, '/api/v1/custody?cursor=zzz']) {
      const answer = await gateway.ask(path);
      expect([answer.status, answer.json.code]).toEqual([400, 'cursor-invalid']);
    }
  });

  test('custody, of all and of one clip', async () => {
    expect((await gateway.ask('/api/v1/custody')).json).toMatchObject({
      entries: [{ action: 'receipt-key-trusted', sequence: 0 }],
      nextCursor: null,
    });
    expect((await gateway.ask('/api/v1/clips/c1/custody')).json).toEqual({ entries: [], nextCursor: null });
    expect((await gateway.ask('/api/v1/clips/none/custody')).status).toBe(404);
  });

  test('health, in full and in a word', async () => {
    expect((await gateway.ask('/api/v1/health')).json).toMatchObject({ state: 'ok', releasePolicy: 'never' });
    expect((await gateway.ask('/health')).json).toEqual({ state: 'ok' });
    gateway.healthState = 'failed';
    expect((await gateway.ask('/health')).status).toBe(503);
    expect((await gateway.ask('/api/v1/health')).status).toBe(200);
  });
});

describe('problems', () => {
  beforeEach(async () => {
    gateway = await TestGateway.open();
  });

  test.each([
    ['/api/v1/clips?limit=0', {}, 400, 'request-invalid'],
    ['/api/v1/clips?state=nonsense', {}, 400, 'request-invalid'],
    ['/api/v1/clips/%zz', {}, 400, 'request-invalid'],
    [`/api/v1/clips/${'x'.repeat(200)}`, {}, 400, 'request-invalid'],
    [`/api/v1/clips/${'x'.repeat(2_000)}`, {}, 404, 'not-found'],
    ['/api/v1/nothing', {}, 404, 'not-found'],
    ['/api/v1/slots', { method: 'POST' }, 404, 'not-found'],
    [
      '/api/v1/session',
      { method: 'POST', headers: { 'content-type': 'text/plain' }, body: 'x' },
      415,
      'media-type-unsupported',
    ],
    [
      '/api/v1/session',
      { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{' },
      400,
      'request-invalid',
    ],
    [
      '/api/v1/session',
      { method: 'POST', headers: { 'content-type': 'application/json' }, body: `"${'x'.repeat(70_000)}"` },
      413,
      'body-too-large',
    ],
  ])('%s', async (path, question, status, code) => {
    const answer = await gateway.ask(path, question);
    expect([answer.status, answer.json.code]).toEqual([status, code]);
    expect(answer.json).toMatchObject({ type: `urn:docket:problem:${code}`, status });
    expect(answer.headers['content-type']).toContain('application/problem+json');
  });

  test('a fault of ours says nothing of itself', async () => {
    await gateway.database.close();
    const answer = await gateway.ask('/api/v1/clips');
    expect([answer.status, answer.json]).toEqual([
      500,
      { type: 'urn:docket:problem:internal', title: expect.any(String), status: 500, code: 'internal' },
    ]);
    expect(gateway.logLines.join('')).toContain('SQLITE');
    Object.assign(gateway.database, { close: async () => {} });
  });

  test('an answer that breaks its schema is not sent', async () => {
    Object.assign(gateway, { health: () => ({ state: 'ok' }) });
    expect((await gateway.ask('/api/v1/health')).status).toBe(500);
  });

  test('what is no HTTP', async () => {
    const { hostname, port } = new URL(gateway.server.url());
    const socket = connect(Number(port), hostname);
    socket.end('NONSENSE\r\n\r\n');
    const [data] = (await once(socket, 'data')) as [Buffer];
    expect(data.toString()).toMatch(/^HTTP\/1\.1 400 [\s\S]*"code":"request-invalid"/u);
  });
});

describe('the dashboard', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'docket-page-'));
    await mkdir(join(folder, 'assets'));
    await writeFile(join(folder, 'index.html'), '<title>Docket</title>');
    await writeFile(join(folder, 'assets', 'index-Ab12_-9z.js'), 'export {}');
    await writeFile(join(folder, '.hidden.txt'), 'x');
    gateway = await TestGateway.open({}, { dashboardDirectory: folder });
  });
  afterEach(() => rm(folder, { recursive: true }));

  test('is its page at every view, under a strict policy', async () => {
    for (const path of ['/', '/clips', '/slots/1-1?x=1']) {
      const { status, headers, body } = await gateway.ask(path);
      expect([status, body.toString()]).toEqual([200, '<title>Docket</title>']);
      expect(headers['cache-control']).toBe('no-cache');
      expect(headers['content-security-policy']).toBe(
        "default-src 'self';script-src 'self';style-src 'self';img-src 'self' blob: data:;media-src 'self' blob:;connect-src 'self';object-src 'none';base-uri 'none';form-action 'self';frame-ancestors 'none'",
      );
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
      });
    }
  });

  test('keeps hashed files for good', async () => {
    const { headers } = await gateway.ask('/assets/index-Ab12_-9z.js');
    expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect(headers['content-type']).toContain('javascript');
  });

  test.each([
    '/assets/missing-00000000.js',
    '/api/v1/nothing',
    '/api/v2',
    '/.hidden.txt',
    '/..%2findex.sqlite',
    '/%2e%2e/x.txt',
  ])('never answers %s with a page', async (path) => {
    const answer = await gateway.ask(path);
    expect([answer.status, answer.body.includes('<title>')]).toEqual([404, false]);
  });
});

test('OpenAPI tells of every route, with schemas that compile', async () => {
  gateway = await TestGateway.open();
  const { json } = await gateway.ask('/api/v1/openapi.json');
  expect(json.openapi).toBe('3.1.0');
  const paths = json.paths as Record<string, Record<string, Operation>>;
  expect(Object.keys(paths).sort()).toEqual(documented);
  const operations = Object.values(paths).flatMap((path) => Object.values(path));
  const names = operations.map((operation) => operation.operationId);
  expect(new Set(names).size).toBe(names.length);
  expect(names).not.toContain(undefined);
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  for (const operation of operations) {
    for (const parameter of operation.parameters ?? []) ajv.compile(parameter.schema);
    for (const answer of Object.values(operation.responses)) {
      expect(answer.description).not.toBe('Default Response');
      for (const content of Object.values(answer.content ?? {})) ajv.compile(content.schema);
    }
  }
});

const documented = [
  '/api/v1/activities/{activityId}',
  '/api/v1/activities/{activityId}/judgements',
  '/api/v1/archive',
  '/api/v1/archive/demands',
  '/api/v1/archive/key',
  '/api/v1/archive/queue',
  '/api/v1/archive/queue/{target}/{clipId}/retry',
  '/api/v1/archive/targets/{target}/pause',
  '/api/v1/archive/targets/{target}/probe',
  '/api/v1/archive/targets/{target}/resume',
  '/api/v1/archive/targets/{target}/retry-all',
  '/api/v1/calibration',
  '/api/v1/cases',
  '/api/v1/cases/{caseId}',
  '/api/v1/cases/{caseId}/activities',
  '/api/v1/cases/{caseId}/correction',
  '/api/v1/cases/{caseId}/coverage',
  '/api/v1/cases/{caseId}/deadlines',
  '/api/v1/cases/{caseId}/deadlines/statements',
  '/api/v1/cases/{caseId}/operations',
  '/api/v1/cases/{caseId}/publishable',
  '/api/v1/cases/{caseId}/review',
  '/api/v1/cases/{caseId}/review-packet',
  '/api/v1/cases/{caseId}/review-packet.html',
  '/api/v1/cases/{caseId}/review-packet.pdf',
  '/api/v1/cases/{caseId}/review/finding',
  '/api/v1/cases/{caseId}/review/submission',
  '/api/v1/cases/{caseId}/withdrawal',
  '/api/v1/clips',
  '/api/v1/clips/{clipId}',
  '/api/v1/clips/{clipId}/bookmarks',
  '/api/v1/clips/{clipId}/custody',
  '/api/v1/clips/{clipId}/links',
  '/api/v1/clips/{clipId}/live-matches',
  '/api/v1/clips/{clipId}/media',
  '/api/v1/clips/{clipId}/receipts/{target}',
  '/api/v1/clips/{clipId}/retention',
  '/api/v1/clips/{clipId}/thumbnail',
  '/api/v1/codes',
  '/api/v1/codes/activity/{id}',
  '/api/v1/codes/case/{id}',
  '/api/v1/coverage',
  '/api/v1/custody',
  '/api/v1/deadlines',
  '/api/v1/deletions',
  '/api/v1/deletions/{clipId}/certificate',
  '/api/v1/deletions/{clipId}/certificate.html',
  '/api/v1/deletions/{requestId}/approve',
  '/api/v1/deletions/{requestId}/refuse',
  '/api/v1/disclosure/key',
  '/api/v1/disclosure/outbox',
  '/api/v1/disclosure/outbox/{eventId}/retry',
  '/api/v1/dockings',
  '/api/v1/dockings/{dockingId}',
  '/api/v1/duty-list-presets',
  '/api/v1/duty-list-rows',
  '/api/v1/duty-lists',
  '/api/v1/duty-lists/{departmentId}/adopt-preset',
  '/api/v1/duty-lists/{departmentId}/compare',
  '/api/v1/duty-lists/{departmentId}/versions',
  '/api/v1/duty-lists/{departmentId}/versions/{version}',
  '/api/v1/events',
  '/api/v1/exceptions',
  '/api/v1/exceptions/{exceptionId}/approve',
  '/api/v1/exceptions/{exceptionId}/refuse',
  '/api/v1/exceptions/{exceptionId}/withdraw',
  '/api/v1/facts-history',
  '/api/v1/firmware/roll-outs',
  '/api/v1/firmware/roll-outs/{imageHash}/resume',
  '/api/v1/health',
  '/api/v1/holds',
  '/api/v1/holds/{holdId}/lift',
  '/api/v1/inbound',
  '/api/v1/inbound/duty-lists/{departmentId}',
  '/api/v1/live/alarms',
  '/api/v1/live/alarms/{alarmId}/seen',
  '/api/v1/live/sessions',
  '/api/v1/live/sessions/{sessionId}',
  '/api/v1/live/sessions/{sessionId}/reconciliation',
  '/api/v1/live/sources',
  '/api/v1/live/sources/{recorderId}',
  '/api/v1/live/streams',
  '/api/v1/live/streams/{recorderId}/play',
  '/api/v1/live/streams/{recorderId}/snapshot.jpg',
  '/api/v1/mapping/link',
  '/api/v1/mapping/queue',
  '/api/v1/mapping/reopen',
  '/api/v1/mapping/set-aside',
  '/api/v1/mapping/unlink',
  '/api/v1/officers',
  '/api/v1/officers/{officerId}',
  '/api/v1/operations',
  '/api/v1/operations/{operationId}',
  '/api/v1/operations/{operationId}/bookmarks',
  '/api/v1/operations/{operationId}/bookmarks/{bookmarkId}/strike',
  '/api/v1/operations/{operationId}/close',
  '/api/v1/operations/{operationId}/join',
  '/api/v1/operations/{operationId}/leave',
  '/api/v1/operations/{operationId}/relate',
  '/api/v1/places',
  '/api/v1/places/{placeId}',
  '/api/v1/recorders',
  '/api/v1/recorders/{recorderId}',
  '/api/v1/recorders/{recorderId}/clock',
  '/api/v1/recorders/{recorderId}/issue',
  '/api/v1/recorders/{recorderId}/return',
  '/api/v1/recorders/{recorderId}/state',
  '/api/v1/retention/expired',
  '/api/v1/session',
  '/api/v1/slots',
  '/api/v1/slots/{slot}',
  '/api/v1/slots/{slot}/identity',
  '/api/v1/statistics',
  '/api/v1/statistics.csv',
  '/api/v1/statistics.xlsx',
  '/api/v1/statistics/measures',
  '/api/v1/units',
];

interface Operation {
  operationId?: string;
  parameters?: { schema: object }[];
  responses: Record<string, { description: string; content?: Record<string, { schema: object }> }>;
}
