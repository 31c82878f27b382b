/** RTSP messages and interleaved frames from one stream of bytes (RFC 2326 §4, §10.12). */
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { RtspHeaders } from './headers.ts';
import { encodeFrameHead, encodeRequest, encodeResponse, mostFramePayloadBytes } from './message.ts';
import { HeadReader } from './message-head.ts';
import { MessageStream, type RtspItem } from './message-stream.ts';
import { isRtspProtocolError } from './protocol-error.ts';

const ascii = (least: number, most: number) =>
  fc.string({ unit: fc.constantFrom(...'abcXYZ019-_./:?=&'), minLength: least, maxLength: most });
const headers = fc
  .array(fc.tuple(fc.constantFrom('CSeq', 'Session', 'X-Name', 'accept'), ascii(0, 20)), { maxLength: 6 })
  .map((lines) => new RtspHeaders(lines));
const body = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));

const request = fc.record({
  kind: fc.constant('request' as const),
  method: fc.constantFrom('OPTIONS', 'DESCRIBE', 'GET_PARAMETER', 'RECORD'),
  url: ascii(1, 40).map((path) => `rtsp://example/${path}`),
  headers,
  body,
});
const response = fc.record({
  kind: fc.constant('response' as const),
  status: fc.constantFrom(200, 401, 454, 461),
  headers,
  body,
});
const frame = fc.record({
  kind: fc.constant('frame' as const),
  channel: fc.nat(255),
  payload: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
});
type Outgoing = typeof request | typeof response | typeof frame extends fc.Arbitrary<infer One> ? One : never;

function bytesOf(item: Outgoing): Buffer {
  if (item.kind === 'request') return encodeRequest(item);
  if (item.kind === 'response') return encodeResponse(item);
  return Buffer.concat([encodeFrameHead(item.channel, item.payload.length), item.payload]);
}

/** Comparable, whatever the header that tells the length. */
function plain(item: RtspItem | Outgoing): unknown {
  if (item.kind === 'discarded') return item;
  if (item.kind === 'frame') return { ...item, payload: Buffer.from(item.payload).toString('hex') };
  const lines = [...item.headers].filter(([name]) => name !== 'Content-Length');
  const { reason: _, ...rest } = { reason: '', ...item };
  return { ...rest, headers: lines, body: item.body?.toString('hex') };
}

/** The items of bytes that arrive cut at these places. */
function itemsOf(
  bytes: Buffer,
  cuts: readonly number[] = [],
  strayBytes: 'refuse' | 'skip' = 'refuse',
): RtspItem[] {
  const stream = new MessageStream({ strayBytes });
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return places.slice(1).flatMap((end, index) => [...stream.push(bytes.subarray(places[index], end))]);
}

const text = (...lines: string[]) => Buffer.from([...lines, '', ''].join('\r\n'));

describe('a stream of messages', () => {
  test('gives back what was sent, in order, however it is cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(request, response, frame), { maxLength: 8 }),
        fc.array(fc.nat(), { maxLength: 20 }),
        (sent, cuts) => {
          const bytes = Buffer.concat(sent.map(bytesOf));
          expect(itemsOf(bytes, cuts).map(plain)).toEqual(sent.map(plain));
        },
      ),
    );
  });

  test('passes over empty lines and takes header names and versions in any case', () => {
    const bytes = Buffer.concat([
      Buffer.from('\r\n\n\r\n'),
      text('rtsp/1.0  200  ok', 'cseq : 7', 'CONTENT-length: 2'),
      Buffer.from('hi\r\n'),
      text('RTSP/1.0 404'),
    ]);
    const [first, second, ...more] = itemsOf(bytes);
    expect(first).toMatchObject({ kind: 'response', status: 200, reason: 'ok', body: Buffer.from('hi') });
    expect(first?.kind === 'response' && first.headers.get('CSeq')).toBe('7');
    expect(second).toMatchObject({ status: 404, reason: '' });
    expect(more).toEqual([]);
  });

  test('joins a header that goes on in the next line, and leaves out lines that are none', () => {
    const [item] = itemsOf(text('RTSP/1.0 200 OK', 'Public: OPTIONS,', '  PLAY', 'rubbish', 'Bad Name: 1'));
    expect(item?.kind === 'response' && [...item.headers]).toEqual([['Public', 'OPTIONS, PLAY']]);
  });

  test.each([
    ['a line without end', Buffer.alloc(5000, 'A'), 414],
    [
      'a head without end',
      Buffer.from(`OPTIONS * RTSP/1.0\r\n${'X: 1\r\n'.repeat(60)}${'ignored\r\n'.repeat(3000)}`),
      413,
    ],
    ['too many headers', text('OPTIONS * RTSP/1.0', ...Array.from({ length: 65 }, (_, n) => `X: ${n}`)), 400],
    ['a body beyond the bound', text('ANNOUNCE * RTSP/1.0', 'Content-Length: 65537'), 413],
    ['a length that is none', text('ANNOUNCE * RTSP/1.0', 'Content-Length: -1'), 400],
    ['two lengths', text('ANNOUNCE * RTSP/1.0', 'Content-Length: 1', 'Content-Length: 2'), 400],
    ['another version', text('OPTIONS * RTSP/2.0'), 505],
    ['another protocol', text('GET / HTTP/1.1'), 400],
    ['bytes that are no text', Buffer.from([0, 1, 2]), 400],
  ])('refuses %s', (_, bytes, status) => {
    expect(() => itemsOf(bytes)).toThrow(expect.objectContaining({ name: 'RtspProtocolError', status }));
  });

  test('finds its way again behind bytes that belong to nothing, however they are cut', () => {
    const rtp = Buffer.concat([Buffer.from([0x80, 96]), Buffer.alloc(20, 7)]);
    const sound = Buffer.concat([encodeFrameHead(2, rtp.length), rtp, text('RTSP/1.0 200 OK', 'CSeq: 3')]);
    const stray = fc.uint8Array({ minLength: 1, maxLength: 300 }).filter((bytes) => {
      // Rubbish that itself looks like a frame, and what stands for itself at a boundary, is no rubbish.
      const first = bytes[0] ?? 0;
      return !bytes.includes(0x24) && first !== 0x0d && first !== 0x0a;
    });
    fc.assert(
      fc.property(stray, fc.array(fc.nat(), { maxLength: 10 }), (rubbish, cuts) => {
        const items = itemsOf(Buffer.concat([Buffer.from(rubbish), sound]), cuts, 'skip');
        const kept = items.filter((item) => item.kind !== 'discarded');
        const sizes = items.map((item) => (item.kind === 'discarded' ? item.sizeBytes : 0));
        expect(kept.map((item) => item.kind)).toEqual(['frame', 'response']);
        expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(rubbish.length);
      }),
    );
  });

  test('gives up where nothing but rubbish comes', () => {
    const stream = new MessageStream({ strayBytes: 'skip' });
    const rubbish = Buffer.alloc(64 * 1024, 'RTSP/1.');
    const push = () => Array.from({ length: 6 }, () => [...stream.push(rubbish)]);
    expect(push).toThrow(expect.objectContaining({ name: 'RtspProtocolError' }));
  });

  test.each([
    ['heads that never end', 'RTSP/1.0 200 OK\r\n'.repeat(16 * 1024)],
    [
      'heads with a body beyond the bound',
      `${'RTSP/1.0 200 OK\r\n'.repeat(900)}Content-Length: 99999\r\n\r\n`.repeat(17),
    ],
    [
      'a sound answer behind every lot of them',
      `${'RTSP/1.0 200 OK\r\n'.repeat(900)}Content-Length: 99999\r\n\r\nRTSP/1.0 200 OK\r\n\r\n`.repeat(17),
    ],
  ])('does not read %s again and again', (_, rubbish) => {
    const take = vi.spyOn(HeadReader.prototype, 'take');
    try {
      const push = () => itemsOf(Buffer.from(rubbish), [1, 70_000, 150_000], 'skip');
      expect(push).toThrow(expect.objectContaining({ name: 'RtspProtocolError' }));
      const readers = new Set(take.mock.contexts.filter((one) => one instanceof HeadReader));
      const examinedBytes = [...readers].reduce((sum, reader) => sum + reader.examinedBytes, 0);
      expect(examinedBytes).toBeGreaterThan(0);
      expect(examinedBytes).toBeLessThan(2 * rubbish.length);
    } finally {
      take.mockRestore();
    }
  });

  test('bears with a recorder that writes too much behind every answer, however long', () => {
    const sloppy = Buffer.concat([text('RTSP/1.0 200 OK', 'CSeq: 1'), Buffer.alloc(100, 'x\r\n')]);
    const items = itemsOf(Buffer.concat(Array.from({ length: 5_000 }, () => sloppy)), [], 'skip');
    expect(items.filter(({ kind }) => kind === 'response')).toHaveLength(5_000);
  });
});

describe('a message', () => {
  test('with a line break in a header, method or URL is not sent', () => {
    expect(() => new RtspHeaders([['Session', 'a\r\nX: b']])).toThrow(isRtspProtocolErrorMatcher());
    const headers = new RtspHeaders();
    expect(() => encodeRequest({ method: 'PLAY', url: 'rtsp://a/b c', headers })).toThrow();
    expect(() => encodeRequest({ method: 'PLAY\r\n', url: 'rtsp://a', headers })).toThrow();
    expect(() => encodeFrameHead(0, mostFramePayloadBytes + 1)).toThrow(RangeError);
  });
});

function isRtspProtocolErrorMatcher() {
  return expect.toSatisfy(isRtspProtocolError);
}

test('payloads are handed out as they lie in what was read; only what was cut is put together', () => {
  const frame = Buffer.concat([encodeFrameHead(0, 12), Buffer.alloc(12, 0x80)]);
  const stream = new MessageStream({ strayBytes: 'skip' });
  const read = (chunk: Buffer) =>
    [...stream.push(chunk)].map((item) => {
      if (item.kind !== 'frame') throw new Error(`${item.kind} came`);
      expect(item.payload).toEqual(Buffer.alloc(12, 0x80));
      return item.payload.buffer === chunk.buffer;
    });
  const whole = Buffer.concat([frame, frame, frame.subarray(0, 6)]);
  expect([read(whole), read(Buffer.from(frame.subarray(6)))]).toEqual([[true, true], [false]]);
});
