import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FrameQueue } from './frame-queue.ts';

const server = createServer();
let near: Socket;
let far: Socket;

/** A connection whose far end reads nothing until it is told to. */
beforeEach(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  far = connect((server.address() as AddressInfo).port, '127.0.0.1').pause();
  [near] = (await once(server, 'connection')) as [Socket];
});
afterEach(async () => {
  near.destroy();
  far.destroy();
  server.close();
  await once(server, 'close');
});

test('tiny packets are counted for what keeping them takes', () => {
  const queue = new FrameQueue(near);
  const packets = Buffer.alloc(64 * 1024);
  const before = process.memoryUsage();
  for (let count = 0; queue.backlogBytes < 6 * 1024 * 1024; count++) {
    const at = (count % 4_000) * 12;
    queue.send(0, packets.subarray(at, at + 12));
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  expect(heapUsed + arrayBuffers - before.heapUsed - before.arrayBuffers).toBeLessThan(32 * 1024 * 1024);
});

test('what has gone out is not counted any more', async () => {
  const queue = new FrameQueue(near);
  for (let count = 0; count < 3_000; count++) queue.send(0, Buffer.alloc(1_000));
  let readBytes = 0;
  far.on('data', (chunk) => {
    readBytes += chunk.length;
  });
  far.resume();
  while (readBytes < 3_000 * 1_004) await once(far, 'data');
  while (queue.backlogBytes > 0) await new Promise(setImmediate);
  expect(queue.stalledForMs(performance.now() + 1_000)).toBe(0);
});
