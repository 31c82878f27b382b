import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { TestGateway, testToken } from '../testing/test-gateway.ts';

const play = '/api/v1/live/streams/sn:A/play';
const media = testToken('viewer', ['media']);
const reader = testToken('reader', ['read']);
let gateway: TestGateway;

beforeEach(async () => {
  gateway = await TestGateway.open({ tokens: [media.entry, reader.entry] });
});
afterEach(() => gateway.close());

/** The status of the answer to a handshake, or the messages of the connection until it closes. */
function knock(headers: Record<string, string>, path = play): Promise<number | string[]> {
  const socket = new WebSocket(`${gateway.server.url().replace('http', 'ws')}${path}`, { headers });
  const messages: string[] = [];
  return new Promise((resolve, reject) => {
    socket.on('message', (data) => messages.push(String(data)));
    socket.on('close', () => resolve(messages));
    socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
    socket.on('error', reject);
  });
}

const authorization = `Bearer ${media.secret}`;

test('a WebSocket comes in by the same door as every request', async () => {
  expect(await knock({})).toBe(401);
  expect(await knock({ authorization: `Bearer ${reader.secret}` })).toBe(403);
  expect(await knock({ authorization, origin: 'http://elsewhere.example' })).toBe(403);
  expect(await knock({ authorization, 'sec-fetch-site': 'cross-site' })).toBe(403);
  expect(await knock({ authorization }, `${play}?can=H265;rm`)).toBe(400);
  expect(await knock({ authorization }, '/api/v1/none')).toBe(404);
  expect(await knock({ authorization }, '/api/v1/session')).toBe(404);
});

test('where no stream comes in, the viewer is told so', async () => {
  expect(await knock({ authorization, origin: gateway.server.url() })).toEqual([
    JSON.stringify({ type: 'end', reason: 'no-stream' }),
  ]);
});

test('a plain request is told to be a WebSocket, and there is no picture without a stream', async () => {
  const plain = await gateway.ask(play, { headers: { authorization } });
  expect([plain.status, plain.json.code]).toEqual([426, 'websocket-needed']);
  const still = await gateway.ask('/api/v1/live/streams/sn:A/snapshot.jpg', { headers: { authorization } });
  expect([still.status, still.json.code]).toEqual([404, 'no-live-stream']);
});
