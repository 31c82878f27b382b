import { EventEmitter, getEventListeners, on } from 'node:events';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { RecorderError } from '../errors.ts';
import type { Link } from '../transport/link.ts';
import { consolePackets } from './console-packets.ts';
import { encodeFrames } from './frame.ts';
import { FrameStream } from './frame-stream.ts';
import { answerTo, decodePacket, encodePacket, type Header, type Packet } from './header.ts';
import { closeFile } from './messages/fs.ts';
import { echo } from './messages/os.ts';
import { SmpSession } from './session.ts';

/** A link held by the test: it sees every request as a packet and sends whatever bytes it likes. */
class HandLink extends EventEmitter implements Link {
  readonly requests: Packet[] = [];
  readonly #stop = new AbortController();
  readonly #frames = new FrameStream();
  closed = 0;

  readonly input = this.#read();

  async *#read(): AsyncGenerator<Uint8Array> {
    try {
      for await (const [chunk] of on(this, 'bytes', { signal: this.#stop.signal })) yield chunk;
    } catch {
      const { reason } = this.#stop.signal;
      if (reason instanceof RecorderError) throw reason;
    }
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (const event of this.#frames.push(bytes)) {
      if (event.kind !== 'packet') continue;
      this.requests.push(decodePacket(event.packet));
      this.emit('request');
    }
  }

  answer(body: Uint8Array, change: Partial<Header> = {}, index = this.requests.length - 1): void {
    const header = this.requests[index]?.header;
    if (header === undefined) throw new Error('nothing was asked');
    const operation = answerTo(header.operation === 'write' ? 'write' : 'read');
    this.emit('bytes', encodeFrames(encodePacket({ ...header, operation, ...change }, body)));
  }

  break(reason: unknown): void {
    this.#stop.abort(reason);
  }

  async close(): Promise<void> {
    this.closed++;
    this.#stop.abort('closed');
  }
}

const text = (r: string): Uint8Array => echo.response.encode({ r });
let link: HandLink;
let session: SmpSession;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  link = new HandLink();
  session = new SmpSession(consolePackets(link), { timeoutMs: 1000, attempts: 3 });
});

afterEach(async () => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
  await session.close();
});

test('an answer is matched by sequence number, whatever the order', async () => {
  const first = session.request(echo, { d: '1' });
  const second = session.request(echo, { d: '2' });
  link.answer(text('two'), {}, 1);
  link.answer(text('one'), {}, 0);
  expect(await Promise.all([first, second])).toEqual([{ r: 'one' }, { r: 'two' }]);
});

test('a request without an answer is sent again with the same number, then given up', async () => {
  const asked = session.request(echo, { d: 'x' });
  const silent = expect(asked).rejects.toMatchObject({ code: 'RECORDER_SILENT' });
  await vi.advanceTimersByTimeAsync(3000);
  await silent;
  expect(link.requests).toHaveLength(3);
  expect(new Set(link.requests.map(({ header }) => header.sequence)).size).toBe(1);
  expect(session.statistics.resent).toBe(2);
});

test('what answers nothing asked is counted and changes nothing', async () => {
  const asked = session.request(echo, { d: 'x' });
  const sequence = link.requests[0]?.header.sequence ?? 0;
  link.answer(text('other'), { sequence: (sequence + 1) % 256 });
  link.answer(text('other'), { group: 8 });
  link.answer(text('other'), { command: 1 });
  link.answer(text('other'), { operation: 'read-response' });
  link.answer(text('other'), { operation: 'write' });
  link.emit('bytes', encodeFrames(Buffer.from('ff00000000000000', 'hex')));
  link.emit('bytes', Buffer.from('booting\n'));
  link.answer(text('right'));
  link.answer(text('late'));
  expect(await asked).toEqual({ r: 'right' });
  await vi.waitFor(() => expect(session.statistics.foreignPackets).toBe(7), 20_000);
  expect(session.statistics.discarded).toEqual({ 'not-a-frame': 1 });
});

test('a body that breaks the protocol fails its request only', async () => {
  const wrong = expect(session.request(echo, { d: 'x' })).rejects.toMatchObject({
    code: 'PROTOCOL_VIOLATION',
  });
  link.answer(Buffer.from('a0', 'hex'));
  await wrong;
  const next = session.request(closeFile, {});
  link.answer(Buffer.from('a0', 'hex'));
  expect(await next).toEqual({});
});

test('a refusal comes as the error it is', async () => {
  const asked = expect(session.request(closeFile, {})).rejects.toMatchObject({ group: 8, rc: 3 });
  link.answer(Buffer.from('a163657272a26567726f75700862726303', 'hex'));
  await asked;
});

test('an abort ends the request at once and leaves no listener', async () => {
  const controller = new AbortController();
  const asked = session.request(echo, { d: 'x' }, { signal: controller.signal });
  const aborted = expect(asked).rejects.toBe('enough');
  controller.abort('enough');
  await aborted;
  expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
  await expect(session.request(echo, { d: 'y' }, { signal: controller.signal })).rejects.toBe('enough');
  expect(link.requests).toHaveLength(1);
});

test('an answered request leaves no listener', async () => {
  const { signal } = new AbortController();
  const asked = session.request(echo, { d: 'x' }, { signal });
  link.answer(text('x'));
  await asked;
  expect(getEventListeners(signal, 'abort')).toHaveLength(0);
});

test('when the recorder goes, all requests fail with that, and later ones too', async () => {
  const gone = new RecorderError('RECORDER_GONE', 'unplugged');
  const asked = [session.request(echo, { d: '1' }), session.request(echo, { d: '2' })];
  const failed = Promise.all(asked.map((one) => expect(one).rejects.toBe(gone)));
  link.break(gone);
  await failed;
  await expect(session.request(echo, { d: '3' })).rejects.toBe(gone);
});

test('closing fails what waits, and may be done twice', async () => {
  const asked = expect(session.request(echo, { d: 'x' })).rejects.toMatchObject({ code: 'RECORDER_GONE' });
  await session.close();
  await asked;
  await session.close();
  expect(link.closed).toBeGreaterThan(0);
});

test('sequence numbers run through a byte and begin again', async () => {
  for (let index = 0; index < 300; index++) {
    const asked = session.request(echo, { d: 'x' });
    link.answer(text('x'));
    await asked;
  }
  const numbers = link.requests.map(({ header }) => header.sequence);
  numbers.slice(1).forEach((number, index) => {
    expect(number).toBe(((numbers[index] ?? 0) + 1) % 256);
  });
});

test('a 257th request at once is refused, not confused with another', async () => {
  const asked = Array.from({ length: 256 }, () =>
    session.request(echo, { d: 'x' }).catch((error) => error.code),
  );
  await expect(session.request(echo, { d: 'x' })).rejects.toBeInstanceOf(RangeError);
  await session.close();
  expect(new Set(await Promise.all(asked))).toEqual(new Set(['RECORDER_GONE']));
});
