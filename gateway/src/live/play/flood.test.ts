import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { createLog } from '../../log.ts';
import { StreamHub } from '../stream-hub/stream-hub.ts';
import { HandFed, h264, rtp, track } from '../stream-hub/testing/hand-fed.ts';
import { LivePlay } from './live-play.ts';

const video = track('video');
let server: WebSocketServer;
let play: LivePlay;
let client: WebSocket;
let atServer: WebSocket;

beforeEach(async () => {
  const hub = new StreamHub();
  const feed = new HandFed([video]);
  hub.carry('DEMO-001', 's', feed);
  feed.give(video, rtp(video, 1, 90_000, h264.idr));
  play = new LivePlay({ streams: hub, transcodings: 0, log: createLog('silent', process.stderr) });
  server = new WebSocketServer({ port: 0, host: '127.0.0.1', maxPayload: 1_024 });
  await once(server, 'listening');
  client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  client.on('error', () => {});
  [atServer] = (await once(server, 'connection')) as [WebSocket];
  play.watch('DEMO-001', atServer, {}, () => true);
  await once(client, 'open');
});
afterEach(async () => {
  client.terminate();
  await play.close();
  server.close();
  await once(server, 'close');
});

test.each([
  ['questions', () => client.send(JSON.stringify({ type: 'time', askedAtMs: 1 }))],
  ['pings, which are answered as well', () => client.ping(Buffer.alloc(125))],
])('a page that floods the gateway with %s is cut off, whether it reads or not', async (_what, say) => {
  const closed = once(atServer, 'close');
  client.pause();
  for (let count = 0; count < 2_000; count++) say();
  await closed;
  expect(play.viewersOf('DEMO-001')).toBe(0);
});

test('one that asks for the time now and then is answered', async () => {
  client.ping();
  client.send(JSON.stringify({ type: 'time', askedAtMs: 17 }));
  const [answer] = (await once(client, 'message')) as [Buffer];
  expect(JSON.parse(answer.toString())).toMatchObject({ type: 'time', askedAtMs: 17 });
});
