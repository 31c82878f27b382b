import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { type AddressInfo, connect, createServer as listenPlainly } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { describe, expect, onTestFinished, test } from 'vitest';
import { footage } from './archive-contract.ts';
import { FaultProxy } from './fault-proxy.ts';

/** A server that answers with the hash of what it was sent, followed by it. */
async function echo(): Promise<number> {
  const server = createServer(async (asked, answer) => {
    const body = await buffer(asked).catch(() => null);
    if (body === null) return;
    answer.setHeader('x-sha256', createHash('sha256').update(body).digest('hex'));
    answer.end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

async function lineTo(port: number): Promise<FaultProxy> {
  const proxy = await FaultProxy.open(port);
  onTestFinished(() => proxy.close());
  return proxy;
}

async function post(proxy: FaultProxy, body: Buffer, signal?: AbortSignal) {
  const asking = request(proxy.url, {
    method: 'POST',
    agent: false,
    headers: { 'content-length': body.length },
    ...(signal === undefined ? {} : { signal }),
  });
  // A line cut after the head of the answer is told by its body.
  asking.on('error', () => undefined);
  asking.end(body);
  const [answer] = (await once(asking, 'response')) as [import('node:http').IncomingMessage];
  return { sha256: answer.headers['x-sha256'], body: await buffer(answer) };
}

describe('a line with faults', () => {
  test('without any carries every byte, both ways, and counts them', async () => {
    const proxy = await lineTo(await echo());
    const body = footage(3_000_000, 1);
    const answer = await post(proxy, body);
    expect(answer.body.equals(body)).toBe(true);
    expect(proxy.carried.up).toBeGreaterThan(3_000_000);
    expect(proxy.carried.up).toBeLessThan(3_001_000);
    expect(proxy.carried.down).toBeGreaterThan(3_000_000);
    expect(proxy.connections).toBe(1);
  });

  test('keeps one direction open when the other has ended', async () => {
    const server = listenPlainly({ allowHalfOpen: true }, async (socket) => {
      const heard = await buffer(socket.iterator({ destroyOnReturn: false }));
      socket.end(`heard ${heard.length}`);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const proxy = await lineTo((server.address() as AddressInfo).port);
    const socket = connect({ port: proxy.port, allowHalfOpen: true });
    socket.end(Buffer.alloc(100_000));
    expect(String(await buffer(socket))).toBe('heard 100000');
  });

  test('with a rate is as slow as that', async () => {
    const proxy = await lineTo(await echo());
    proxy.bytesPerSecond = 2_000_000;
    const startedAt = performance.now();
    await post(proxy, footage(1_000_000, 1));
    // Half a second each way, but for what the last piece does not wait for.
    expect(performance.now() - startedAt).toBeGreaterThan(700);
  });

  test.each(['up', 'down'] as const)('flips exactly one bit on the way %s', async (direction) => {
    const proxy = await lineTo(await echo());
    const body = footage(1_000_000, 1);
    const flipped = proxy.breakAfter(500_000, direction, 'flip-bit');
    const answer = await post(proxy, body);
    await flipped;
    expect(answer.body).toHaveLength(body.length);
    const differing = [...answer.body.keys()].filter((at) => answer.body[at] !== body[at]);
    expect(differing).toHaveLength(1);
    const sentHash = createHash('sha256').update(body).digest('hex');
    expect(answer.sha256 === sentHash).toBe(direction === 'down');
    expect((await post(proxy, body)).body.equals(body)).toBe(true);
  });

  test.each([
    ['up', 'reset'],
    ['down', 'reset'],
    ['up', 'close'],
    ['down', 'close'],
  ] as const)('breaks off on the way %s by a %s at the byte it is told, once', async (direction, kind) => {
    const proxy = await lineTo(await echo());
    const body = footage(2_000_000, 1);
    const broken = proxy.breakAfter(1_000_000, direction, kind);
    await expect(post(proxy, body)).rejects.toThrow();
    await broken;
    expect(proxy.carried[direction]).toBeGreaterThanOrEqual(1_000_000);
    expect((await post(proxy, body)).body.equals(body)).toBe(true);
  });

  test('that hangs shows no error, and goes on where it was', async () => {
    const proxy = await lineTo(await echo());
    const body = footage(2_000_000, 1);
    proxy.isHanging = true;
    let isAnswered = false;
    const posting = post(proxy, body).then((answer) => {
      isAnswered = true;
      return answer;
    });
    await expect.poll(() => proxy.carried.up).toBeGreaterThan(0);
    const gaveUp = new AbortController();
    const second = post(proxy, body, gaveUp.signal);
    gaveUp.abort();
    await expect(second).rejects.toThrow();
    expect(isAnswered).toBe(false);
    proxy.isHanging = false;
    expect((await posting).body.equals(body)).toBe(true);
  });

  test('that refuses resets each new connection', async () => {
    const proxy = await lineTo(await echo());
    proxy.isRefusing = true;
    await expect(post(proxy, footage(10, 1))).rejects.toThrow();
    proxy.isRefusing = false;
    await post(proxy, footage(10, 1));
  });

  test('closed in the middle of a hang leaves nothing open', async () => {
    const proxy = await FaultProxy.open(await echo());
    proxy.isHanging = true;
    const posting = post(proxy, footage(1_000_000, 1));
    await expect.poll(() => proxy.carried.up).toBeGreaterThan(0);
    await Promise.all([expect(posting).rejects.toThrow(), proxy.close()]);
    await expect(post(proxy, footage(10, 1))).rejects.toThrow();
  });
});
