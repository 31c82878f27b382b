import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import { fastify } from 'fastify';
import { afterEach, describe, expect, test } from 'vitest';
import { TestGateway, testToken } from '../testing/test-gateway.ts';
import { AttemptLimiter } from './attempt-limiter.ts';
import { Door } from './door.ts';
import { SessionStore, sessionLifetimeMs } from './session-store.ts';

const reader = testToken('reader', ['read']);
const viewer = testToken('viewer', ['read', 'media']);
const tokens = [reader.entry, viewer.entry];
let gateway: TestGateway;
afterEach(() => gateway.close());

function bearer(secret: string): Record<string, string> {
  return { authorization: `Bearer ${secret}` };
}

describe('without tokens, on the loopback address', () => {
  test('whoever asks this machine by a loopback name is the operator', async () => {
    gateway = await TestGateway.open();
    for (const host of ['localhost:8686', '127.0.0.1', '[::1]:80', 'dock.localhost']) {
      const answer = await gateway.ask('/api/v1/session', { headers: { host } });
      expect(answer.json).toEqual({
        authenticated: true,
        name: 'local',
        scopes: ['read', 'media', 'operate', 'approve', 'deliver'],
      });
    }
  });

  test.each([
    'evil.example',
    '127.0.0.1.evil.example',
    'localhost@evil.example',
    '192.168.1.5:8686',
    '[::2]',
    'a b',
  ])('a rebound name is refused everywhere: %s', async (host) => {
    gateway = await TestGateway.open();
    for (const path of ['/api/v1/slots', '/', '/health', '/api/v1/session', '/api/v1/nothing']) {
      const answer = await gateway.ask(path, { headers: { host } });
      expect([answer.status, answer.json.code]).toEqual([403, 'host-not-trusted']);
    }
  });

  test('a trusted name may be asked by', async () => {
    gateway = await TestGateway.open({ trustedHosts: ['Dock.Example'] });
    expect((await gateway.ask('/api/v1/slots', { headers: { host: 'dock.example:443' } })).status).toBe(200);
  });
});

describe('requests of other sites', () => {
  const navigation = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };

  test.each([
    ['another site', { 'sec-fetch-site': 'cross-site' }],
    ['another port of this machine', { 'sec-fetch-site': 'same-site' }],
    ['a foreign origin', { origin: 'http://evil.example' }],
    ['an opaque origin', { origin: 'null' }],
    ['this machine on another port', { origin: 'http://localhost:1' }],
    ['a link to the API', { 'sec-fetch-site': 'cross-site', ...navigation }],
  ])('are refused: %s', async (_what, headers) => {
    gateway = await TestGateway.open();
    for (const method of ['GET', 'POST', 'DELETE']) {
      const answer = await gateway.ask('/api/v1/session', { method, headers });
      expect([answer.status, answer.json.code]).toEqual([403, 'cross-site']);
    }
  });

  test('only a link to the page is followed', async () => {
    gateway = await TestGateway.open();
    const visit = { 'sec-fetch-site': 'cross-site', ...navigation };
    expect((await gateway.ask('/clips', { headers: visit })).json.code).toBe('not-found');
    const frame = { ...visit, 'sec-fetch-dest': 'iframe' };
    expect((await gateway.ask('/clips', { headers: frame })).json.code).toBe('cross-site');
  });

  test('the page itself may ask', async () => {
    gateway = await TestGateway.open();
    const host = new URL(gateway.server.url()).host;
    const own = { host, origin: `http://${host}`, 'sec-fetch-site': 'same-origin' };
    expect((await gateway.ask('/api/v1/slots', { headers: own })).status).toBe(200);
  });
});

describe('with tokens', () => {
  test.each([
    ['/api/v1/slots', null, 401],
    ['/api/v1/slots', reader.secret, 200],
    ['/api/v1/clips/none/media', reader.secret, 403],
    ['/api/v1/clips/none/media', viewer.secret, 404],
    ['/api/v1/clips/none/thumbnail', reader.secret, 403],
    ['/api/v1/events', null, 401],
    ['/api/v1/session', null, 200],
    ['/api/v1/openapi.json', null, 200],
    ['/health', null, 200],
  ])('%s asked with %s is %i', async (path, secret, status) => {
    gateway = await TestGateway.open({ tokens });
    const answer = await gateway.ask(path, { headers: secret === null ? {} : bearer(secret) });
    expect(answer.status).toBe(status);
    if (status === 401) expect(answer.headers['www-authenticate']).toBe('Bearer realm="docket"');
    if (status >= 400) expect(answer.headers['content-type']).toContain('application/problem+json');
  });

  test('a wrong token is refused even where none is needed, and soon not looked at', async () => {
    gateway = await TestGateway.open({ tokens });
    const codes: unknown[] = [];
    for (let attempt = 0; attempt < 11; attempt += 1) {
      codes.push((await gateway.ask('/api/v1/session', { headers: bearer('guess') })).json.code);
    }
    expect(codes).toEqual([...Array(10).fill('token-invalid'), 'too-many-attempts']);
  });

  test('a session: opened with a token, asked by cookie, ended', async () => {
    gateway = await TestGateway.open({ tokens });
    const opened = await gateway.ask('/api/v1/session', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token: reader.secret }),
    });
    expect(opened.json).toEqual({ authenticated: true, name: 'reader', scopes: ['read'] });
    const [setCookie = ''] = opened.headers['set-cookie'] ?? [];
    expect(setCookie).toMatch(
      /^docket_session=[\w-]{43}; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/u,
    );
    const headers = { cookie: setCookie.split(';')[0] ?? '' };
    expect((await gateway.ask('/api/v1/slots', { headers })).status).toBe(200);
    expect((await gateway.ask('/api/v1/clips/none/media', { headers })).status).toBe(403);
    expect((await gateway.ask('/api/v1/session', { method: 'DELETE', headers })).status).toBe(204);
    expect((await gateway.ask('/api/v1/slots', { headers })).status).toBe(401);
  });

  test('behind a proxy on this machine each client counts for itself, and the cookie is for TLS only', async () => {
    gateway = await TestGateway.open({ tokens });
    const from = (address: string) => ({ 'x-forwarded-for': address, 'x-forwarded-proto': 'https' });
    for (let attempt = 0; attempt < 11; attempt += 1) {
      await gateway.ask('/api/v1/session', { headers: { ...bearer('guess'), ...from('192.0.2.1') } });
    }
    const open = (address: string) =>
      gateway.ask('/api/v1/session', {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...from(address) },
        body: JSON.stringify({ token: reader.secret }),
      });
    expect((await open('192.0.2.1')).status).toBe(429);
    const opened = await open('192.0.2.2');
    expect(opened.headers['set-cookie']?.[0]).toContain('; Secure;');
  });

  test('no secret reaches the log', async () => {
    gateway = await TestGateway.open({ tokens });
    const wrong = 'a-secret-that-is-wrong';
    await gateway.ask('/api/v1/slots', { headers: bearer(reader.secret) });
    await gateway.ask('/api/v1/slots', { headers: { ...bearer(wrong), cookie: `docket_session=${wrong}` } });
    const json = { method: 'POST', headers: { 'content-type': 'application/json' } };
    await gateway.ask('/api/v1/session', { ...json, body: JSON.stringify({ token: viewer.secret }) });
    await gateway.ask('/api/v1/session', { ...json, body: `{"token":"${wrong}` });
    const { log } = gateway.server.app;
    log.error({ token: wrong, request: { headers: { authorization: wrong, cookie: wrong } } }, 'careless');
    const written = gateway.logLines.join('');
    expect(written).toContain('careless');
    for (const secret of [reader.secret, viewer.secret, wrong]) expect(written).not.toContain(secret);
  });
});

test('a route that does not say what it asks is refused when it is made', async () => {
  gateway = await TestGateway.open();
  const app = fastify().withTypeProvider<TypeBoxTypeProvider>();
  new Door({ address: '127.0.0.1', port: 0, tokens: [], trustedHosts: [] }).guard(app);
  expect(() => app.get('/silent', () => 'x')).toThrow(/GET \/silent does not declare its scope/u);
  expect(() => app.get('/open', { config: { scope: 'public' } }, () => 'x')).not.toThrow();
  await app.close();
});

test('every documented route but the session asks for a caller', async () => {
  gateway = await TestGateway.open({ tokens });
  const { json } = await gateway.ask('/api/v1/openapi.json');
  const open: string[] = [];
  for (const [path, operations] of Object.entries(json.paths as Record<string, object>)) {
    for (const method of Object.keys(operations)) {
      const { status } = await gateway.ask(path.replace(/\{\w+\}/u, 'x'), { method: method.toUpperCase() });
      if (status !== 401) open.push(`${method} ${path}`);
    }
  }
  expect(open).toEqual(['get /api/v1/session', 'post /api/v1/session', 'delete /api/v1/session']);
});

test('sessions end by time, and there are never too many', async () => {
  gateway = await TestGateway.open();
  let now = 0;
  const store = new SessionStore(() => now);
  const first = store.open({ name: 'a', scopes: ['read'] });
  const caller = store.find(first);
  expect(caller?.isWelcome()).toBe(true);
  now = sessionLifetimeMs;
  expect([caller?.isWelcome(), store.find(first)]).toEqual([false, null]);
  const second = store.open({ name: 'b', scopes: [] });
  for (let count = 0; count < 1_000; count += 1) store.open({ name: 'c', scopes: [] });
  expect(store.find(second)).toBeNull();
});

test('failed attempts are forgotten after their window, and remembered in bounds', async () => {
  gateway = await TestGateway.open();
  let now = 0;
  const limiter = new AttemptLimiter(() => now);
  for (let count = 0; count < 10; count += 1) limiter.fail('a');
  expect(limiter.isBlocked('a')).toBe(true);
  now = 60_000;
  expect(limiter.isBlocked('a')).toBe(false);
  for (let count = 0; count < 10; count += 1) limiter.fail('a');
  for (let count = 0; count < 1_000; count += 1) limiter.fail(`b${count}`);
  expect(limiter.isBlocked('a')).toBe(false);
});
