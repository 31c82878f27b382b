import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import type { Slot } from '../../contract/index.ts';
import { TestGateway, testToken } from '../testing/test-gateway.ts';

let gateway: TestGateway;
afterEach(() => gateway.close());

async function openStream(headers: Record<string, string> = {}): Promise<IncomingMessage> {
  const call = request(`${gateway.server.url()}/api/v1/events`, { headers, agent: false });
  call.end();
  const [response] = (await once(call, 'response')) as [IncomingMessage];
  response.setEncoding('utf8');
  return response;
}

/** Reads until the text holds `end`. */
async function readUntil(stream: IncomingMessage, end: string): Promise<string> {
  let text = '';
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
    text += String(chunk);
    if (text.includes(end)) return text;
  }
  throw new Error(`the stream ended before ${end}`);
}

function slotNamed(slot: string, label: string): Slot {
  return {
    slot,
    label,
    state: 'empty',
    safeToUndock: true,
    since: '2026-01-01T00:00:00.000Z',
    dockingId: null,
    recorder: null,
    capabilities: [],
    concerns: [],
    clock: { state: 'unreadable', reason: 'not-read-yet' },
    clockVerdict: { state: 'unknown', reasons: [] },
    progress: null,
    issue: null,
  };
}

test('headers come at once, then what changes', async () => {
  gateway = await TestGateway.open();
  await gateway.addDocking('d1');
  await gateway.addClip('c1', 'd1');
  const stream = await openStream();
  expect(stream.headers).toMatchObject({
    'content-type': 'text/event-stream',
    'content-security-policy': expect.stringContaining("default-src 'self'"),
  });
  gateway.board.update(slotNamed('1-1', 'A1'));
  const slot = await readUntil(stream, '\n\n');
  expect(slot).toBe(
    `event: slot\ndata: ${JSON.stringify({ type: 'slot', slot: slotNamed('1-1', 'A1') })}\n\n`,
  );
  gateway.events.clipChanged('c1');
  const clip = await readUntil(stream, '\n\n');
  expect(clip).toContain('event: clip\n');
  expect(clip).toContain('"clipId":"c1"');
  expect(clip).not.toContain('pathBytes');
  gateway.events.publish({ type: 'health', state: 'degraded' });
  expect(await readUntil(stream, '\n\n')).toBe(
    'event: health\ndata: {"type":"health","state":"degraded"}\n\n',
  );
  stream.destroy();
  while (gateway.events.listeners > 0) await new Promise(setImmediate);
});

test('signs of life between events', async () => {
  gateway = await TestGateway.open({}, { heartbeatIntervalMs: 5 });
  const stream = await openStream();
  await readUntil(stream, ': heartbeat\n\n');
  stream.destroy();
});

test('a client that does not read is cut off, and the others are not', async () => {
  gateway = await TestGateway.open();
  const good = await openStream();
  good.resume();
  const { hostname, port } = new URL(gateway.server.url());
  const slow = connect(Number(port), hostname);
  slow.write(`GET /api/v1/events HTTP/1.1\r\nHost: ${hostname}\r\n\r\n`);
  await once(slow, 'readable');
  expect(gateway.events.listeners).toBe(2);
  const label = 'x'.repeat(100_000);
  let sent = 0;
  while (gateway.events.listeners > 1) {
    gateway.board.update(slotNamed(`1-${sent}`, label));
    sent += 1;
    await new Promise(setImmediate);
    expect(sent).toBeLessThan(5_000);
  }
  slow.on('error', () => {});
  slow.resume();
  await once(slow, 'close');
  good.destroy();
  while (gateway.events.listeners > 0) await new Promise(setImmediate);
});

test('of many states of one slot only the newest waits', async () => {
  gateway = await TestGateway.open();
  const stream = await openStream();
  for (let count = 0; count <= 2_000; count += 1) gateway.board.update(slotNamed('1-1', String(count)));
  const text = await readUntil(stream, '"label":"2000"');
  expect(text.split('event: slot').length).toBeLessThan(10);
  stream.destroy();
});

test('a stream ends with its session', async () => {
  const { secret, entry } = testToken('reader', ['read']);
  gateway = await TestGateway.open({ tokens: [entry] });
  const opened = await gateway.ask('/api/v1/session', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token: secret }),
  });
  const cookie = opened.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
  const stream = await openStream({ cookie });
  stream.resume();
  await gateway.ask('/api/v1/session', { method: 'DELETE', headers: { cookie } });
  gateway.board.update(slotNamed('1-1', 'after'));
  await once(stream, 'end');
});

test('streams end when the server stops', async () => {
  gateway = await TestGateway.open();
  const stream = await openStream();
  stream.resume();
  const end = once(stream, 'end');
  await gateway.server.stop();
  await end;
  expect(gateway.events.listeners).toBe(0);
});
