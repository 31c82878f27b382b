import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, onTestFinished, test } from 'vitest';
import { AnsweringProxy, type AskedTest } from './answering-proxy.ts';

/** A server that keeps what it is sent, and tells it. */
async function keeper(): Promise<{ proxy: AnsweringProxy; kept: string[] }> {
  const kept: string[] = [];
  const server = createServer(async (asked, answer) => {
    if (asked.method === 'PUT') {
      kept.push(await text(asked));
      answer.end();
    } else answer.end(`${asked.method} ${asked.url} of ${asked.headers.host}`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxy = await AnsweringProxy.open((server.address() as AddressInfo).port);
  onTestFinished(async () => {
    await proxy.close();
    server.closeAllConnections();
    server.close();
  });
  return { proxy, kept };
}

const put = (proxy: AnsweringProxy, body: string) => fetch(`${proxy.url}/a?b=c`, { method: 'PUT', body });
const isPut: AskedTest = ({ method }) => method === 'PUT';

describe('a proxy that answers', () => {
  test('lets through what it is not told about, with the host name that was signed', async () => {
    const { proxy } = await keeper();
    expect(await (await fetch(`${proxy.url}/x?y=%2f`)).text()).toBe(
      `GET /x?y=%2f of 127.0.0.1:${proxy.port}`,
    );
    expect(proxy.asked).toEqual([{ method: 'GET', path: '/x?y=%2f' }]);
  });

  test('answers the next so many in the place of the archive, which hears nothing of them', async () => {
    const { proxy, kept } = await keeper();
    const answer = { status: 503, headers: { 'retry-after': '7' }, body: '<Error/>' };
    const report = proxy.when(isPut, { kind: 'own-answer', answer }, 2);
    for (let time = 0; time < 2; time += 1) {
      const refused = await put(proxy, 'x');
      expect(refused.status).toBe(503);
      expect(refused.headers.get('retry-after')).toBe('7');
      expect(await refused.text()).toBe('<Error/>');
    }
    expect(kept).toEqual([]);
    expect((await put(proxy, 'x')).status).toBe(200);
    expect(kept).toEqual(['x']);
    expect(report.times).toBe(2);
  });

  test('answers before it was sent everything', async () => {
    const { proxy, kept } = await keeper();
    proxy.when(isPut, { kind: 'own-answer', answer: { status: 507, isEarly: true } }, 1);
    const outcome = await put(proxy, 'x'.repeat(20_000_000)).then(
      ({ status }) => status,
      () => 'cut',
    );
    // Whether the answer is seen before the cut is as open as with any server that does so.
    expect([507, 'cut']).toContain(outcome);
    expect(kept).toEqual([]);
  });

  test('loses the answer to what was done', async () => {
    const { proxy, kept } = await keeper();
    proxy.when(isPut, { kind: 'lost-answer' }, 1);
    await expect(put(proxy, 'x')).rejects.toThrow();
    expect(kept).toEqual(['x']);
    expect((await put(proxy, 'y')).status).toBe(200);
  });

  test('changes what is read', async () => {
    const { proxy } = await keeper();
    proxy.when(({ method }) => method === 'GET', {
      kind: 'changed-answer',
      change: (whole) => ({ ...whole, body: Buffer.from(String(whole.body).toUpperCase()) }),
    });
    expect(await (await fetch(`${proxy.url}/x`)).text()).toMatch(/^GET \/X OF/u);
    proxy.forgetRules();
    expect(await (await fetch(`${proxy.url}/x`)).text()).toMatch(/^GET \/x of/u);
  });

  test('cuts an answer short of the length it told', async () => {
    const { proxy } = await keeper();
    proxy.when(({ method }) => method === 'GET', {
      kind: 'changed-answer',
      change: (whole) => ({
        ...whole,
        headers: { ...whole.headers, 'content-length': String(whole.body.length) },
        body: whole.body.subarray(0, 3),
      }),
    });
    const cut = await fetch(`${proxy.url}/x`);
    await expect(cut.text()).rejects.toThrow();
  });
});
