import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { isArchiveRefusal } from '../archive-refusal.ts';
import { type Exchange, S3Connection } from './s3-connection.ts';
import { retryAfterOf } from './s3-refusal.ts';
import { parseXml, textOf } from './s3-xml.ts';

/** A connection to a server that answers as a test says. */
async function connectionTo(
  answer: RequestListener,
): Promise<(change: Partial<Exchange>) => Promise<unknown>> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const connection = new S3Connection({
    endpoint: `http://127.0.0.1:${port}`,
    caFile: null,
    connections: 1,
    idleTimeoutMs: 60_000,
  });
  onTestFinished(() => {
    connection.close();
    server.closeAllConnections();
    server.close();
  });
  const usual: Exchange = {
    method: 'GET',
    host: `127.0.0.1:${port}`,
    target: '/',
    headers: {},
    body: null,
    signal: new AbortController().signal,
  };
  return (change) => connection.exchange({ ...usual, ...change });
}

describe('a connection to a store', () => {
  test('reads no answer without end', async () => {
    const exchange = await connectionTo((_request, response) => {
      const pour = () => {
        while (!response.destroyed && response.write(Buffer.alloc(1024 * 1024)));
        if (!response.destroyed) response.once('drain', pour);
      };
      pour();
    });
    await expect(exchange({})).rejects.toSatisfy((error) => isArchiveRefusal(error, 'failed'));
  });

  test('hears a refusal that comes before the body is out, and sends no more of it', async () => {
    const exchange = await connectionTo((_request, response) => {
      response.writeHead(403, { connection: 'close' }).end('no');
    });
    let pieces = 0;
    const body = Buffer.alloc(64 * 1024 * 1024);
    const exchanging = exchange({
      method: 'PUT',
      headers: { 'content-length': String(body.length) },
      body,
      pace: async () => {
        pieces += 1;
        // The rest is held up until the refusal is there.
        if (pieces === 3) await settled();
      },
    });
    await expect(exchanging).resolves.toMatchObject({ status: 403 });
    expect(pieces).toBeLessThan(128);
  });

  test('uses a connection again that the other side closed, and asks once more', async () => {
    let asked = 0;
    const exchange = await connectionTo((request, response) => {
      asked += 1;
      if (asked === 2) request.socket.resetAndDestroy();
      else response.end('here');
    });
    await exchange({});
    await expect(exchange({})).resolves.toMatchObject({ status: 200 });
    expect(asked).toBe(3);
  });

  test('takes an answer that was cut off for none, and does not ask again into the same ear', async () => {
    let asked = 0;
    const exchange = await connectionTo((request, response) => {
      asked += 1;
      if (asked === 1) {
        response.end('first');
        return;
      }
      response.writeHead(200, { 'content-length': 1000 });
      response.write('half of it', () => request.socket.resetAndDestroy());
    });
    await exchange({});
    const heard: string[] = [];
    const cut = exchange({ sink: (piece) => void heard.push(piece.toString()) });
    await expect(cut).rejects.toSatisfy((error) => isArchiveRefusal(error, 'unreachable'));
    expect(heard.join('')).toBe('half of it');
    expect(asked).toBe(2);
  });

  test('stops at once where it is told to, with the reason it was given', async () => {
    const stop = new AbortController();
    const exchange = await connectionTo(() => stop.abort(new Error('enough')));
    await expect(exchange({ signal: stop.signal })).rejects.toThrow('enough');
  });
});

/** Some turns of the event loop, in which what is on the way arrives. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

test.each([
  ['120', 120_000],
  ['0', 0],
  ['Sun, 22 Nov 2026 00:01:00 GMT', 60_000],
  ['Sat, 21 Nov 2026 00:00:00 GMT', 0],
  ['99999999', 3_600_000],
  ['soon', null],
  [undefined, null],
])('Retry-After %s', (value, waitMs) => {
  expect(retryAfterOf(value, Date.parse('2026-11-22T00:00:00Z'))).toBe(waitMs);
});

test('an answer that is no XML, or grows when it is read, is no answer', () => {
  expect(textOf(parseXml(Buffer.from('<a><b>x</b></a>'))?.content, 'b')).toBe('x');
  expect(parseXml(Buffer.from(''))).toBeNull();
  const entities = Array.from({ length: 12 }, (_, n) => `<!ENTITY e${n + 1} "${`&e${n};`.repeat(12)}">`);
  const bomb = `<!DOCTYPE a [<!ENTITY e0 "0123456789">${entities.join('')}]><a><b>&e12;</b></a>`;
  expect(textOf(parseXml(Buffer.from(bomb))?.content, 'b').length).toBeLessThan(10_000);
});
