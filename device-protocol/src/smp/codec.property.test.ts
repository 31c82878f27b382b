import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fuzzRuns } from '../testing/fuzz-runs.ts';
import { decodeBody, encodeBody } from './body.ts';
import { BulkStream } from './bulk-stream.ts';
import { clipPathOfFileName, fileNameOfClip } from './clip-name.ts';
import { encodeFrames, maxPacketBytes } from './frame.ts';
import { FrameStream } from './frame-stream.ts';
import { decodePacket, encodePacket } from './header.ts';
import { groups } from './messages/index.ts';
import type { PacketEvent } from './packet-link.ts';
import { isProtocolError } from './protocol-error.ts';
import { RawStream } from './raw-stream.ts';

const packetBytes = fc.uint8Array({ minLength: 8, maxLength: 700 });
/** Console text: anything but the bytes of a mark. */
const consoleText = fc
  .uint8Array({ maxLength: 300 })
  .map((bytes) => Uint8Array.from(bytes, (byte) => (byte === 0x06 || byte === 0x04 ? 0x20 : byte)));

function feed(stream: FrameStream, bytes: Uint8Array, cuts: readonly number[]): PacketEvent[] {
  const edges = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return edges.slice(1).flatMap((edge, index) => [...stream.push(bytes.subarray(edges[index], edge))]);
}

const packetsIn = (events: readonly PacketEvent[]): Uint8Array[] =>
  events.flatMap((event) => (event.kind === 'packet' ? [Uint8Array.from(event.packet)] : []));

describe('framing', () => {
  test('every packet comes back, in order, through console text and any cutting', () => {
    const parts = fc.array(fc.record({ packet: packetBytes, text: consoleText }), { maxLength: 5 });
    fc.assert(
      fc.property(parts, fc.array(fc.nat()), (sent, cuts) => {
        const stream = Buffer.concat(sent.flatMap(({ packet, text }) => [text, encodeFrames(packet)]));
        expect(packetsIn(feed(new FrameStream(), stream, cuts))).toEqual(sent.map(({ packet }) => packet));
      }),
      { numRuns: fuzzRuns(100) },
    );
  });

  test('the longest packet there can be', () => {
    const packet = new Uint8Array(maxPacketBytes).fill(0x5a);
    expect(packetsIn([...new FrameStream().push(encodeFrames(packet))])).toEqual([packet]);
  });

  test('no byte is lost or made up: text in is text discarded', () => {
    fc.assert(
      fc.property(consoleText, fc.array(fc.nat()), (text, cuts) => {
        const line = Buffer.concat([text, Buffer.from('\n')]);
        const discarded = feed(new FrameStream(), line, cuts).map((event) =>
          event.kind === 'discarded' ? Buffer.from(event.bytes) : Buffer.from('packet'),
        );
        const withoutNewlines = Buffer.from(line.filter((byte) => byte !== 0x0a));
        expect(Buffer.concat(discarded)).toEqual(withoutNewlines);
      }),
      { numRuns: fuzzRuns(100) },
    );
  });

  test('whatever arrives, it throws nothing, holds little, and finds the next packet', () => {
    const alphabet = fc.constantFrom(0x06, 0x09, 0x04, 0x14, 0x0a, 0x0d, 0x3d, 0x41, 0x42, 0x2f);
    const noise = fc
      .array(fc.oneof(alphabet, fc.nat(255)), { maxLength: 2000 })
      .map((all) => Uint8Array.from(all));
    const packet = Uint8Array.from([0, 0, 0, 1, 0, 1, 66, 0, 0xa0]);
    fc.assert(
      fc.property(noise, fc.array(fc.nat()), (bytes, cuts) => {
        const stream = new FrameStream();
        for (const event of feed(stream, bytes, cuts)) {
          expect((event.kind === 'packet' ? event.packet : event.bytes).length).toBeLessThanOrEqual(0xffff);
        }
        expect(packetsIn([...stream.push(encodeFrames(packet))]).at(-1)).toEqual(packet);
      }),
      { numRuns: fuzzRuns(100) },
    );
  });

  test('a damaged stream gives only packets that were sent', () => {
    const damage = fc.record({ at: fc.nat(), bit: fc.nat(7) });
    fc.assert(
      fc.property(packetBytes, damage, (packet, { at, bit }) => {
        const bytes = Uint8Array.from(encodeFrames(packet));
        const index = at % bytes.length;
        bytes[index] = (bytes[index] ?? 0) ^ (1 << bit);
        expect(packetsIn([...new FrameStream().push(bytes)])).toEqual([]);
      }),
      { numRuns: fuzzRuns(100) },
    );
  });
});

const smpPacket = fc
  .record({ group: fc.nat(0xffff), sequence: fc.nat(255), body: fc.uint8Array({ maxLength: 1500 }) })
  .map(({ group, sequence, body }) =>
    Uint8Array.from(
      encodePacket({ version: 2, operation: 'write-response', group, sequence, command: 0 }, body),
    ),
  );
const packetSize = fc.constantFrom(8, 64, 512);

/** The USB packets of one transfer. */
function usbPackets(transfer: Uint8Array, maxPacketBytes: number, isEnded: boolean): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < transfer.length; at += maxPacketBytes)
    parts.push(transfer.subarray(at, at + maxPacketBytes));
  if (isEnded && transfer.length % maxPacketBytes === 0) parts.push(new Uint8Array(0));
  return parts;
}

describe('bare packets', () => {
  test('every packet comes back from a stream cut anywhere', () => {
    fc.assert(
      fc.property(fc.array(smpPacket, { maxLength: 5 }), fc.array(fc.nat()), (sent, cuts) => {
        const bytes = Buffer.concat(sent);
        const stream = new RawStream();
        const edges = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
        const found = edges.slice(1).flatMap((edge, at) => [...stream.push(bytes.subarray(edges[at], edge))]);
        expect(found).toEqual(sent);
      }),
    );
  });

  test('every packet comes back from bulk transfers, ended or not', () => {
    const sent = fc.array(fc.record({ packet: smpPacket, isEnded: fc.boolean() }), { maxLength: 5 });
    fc.assert(
      fc.property(sent, packetSize, (all, maxPacketBytes) => {
        const stream = new BulkStream(maxPacketBytes);
        const parts = all.flatMap(({ packet, isEnded }) => usbPackets(packet, maxPacketBytes, isEnded));
        const events = parts.flatMap((part) => [...stream.push(part, part.length < maxPacketBytes)]);
        expect(packetsIn(events)).toEqual(all.map(({ packet }) => packet));
        expect(events.every(({ kind }) => kind === 'packet')).toBe(true);
      }),
    );
  });

  test('whatever arrives in transfers, it throws nothing, asks for little, and finds the next packet', () => {
    const noise = fc.array(fc.uint8Array({ maxLength: 600 }), { maxLength: 20 });
    fc.assert(
      fc.property(noise, packetSize, smpPacket, (transfers, maxPacketBytes, packet) => {
        const stream = new BulkStream(maxPacketBytes);
        const parts = transfers.flatMap((one) => usbPackets(one, maxPacketBytes, true));
        for (const part of [...parts, new Uint8Array(0)]) {
          expect(stream.wantedBytes).toBeLessThanOrEqual(0x1_0008 + maxPacketBytes);
          expect(() => [...stream.push(part, part.length < maxPacketBytes)]).not.toThrow();
        }
        const last = usbPackets(packet, maxPacketBytes, true);
        const events = last.flatMap((part) => [...stream.push(part, part.length < maxPacketBytes)]);
        expect(packetsIn(events)).toEqual([packet]);
      }),
    );
  });

  test('whatever arrives in a stream, it gives packets or ends with a typed error', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 })), (chunks) => {
        const stream = new RawStream();
        try {
          for (const chunk of chunks) for (const packet of stream.push(chunk)) decodePacket(packet);
        } catch (error) {
          if (!isProtocolError(error)) throw error;
        }
      }),
    );
  });
});

describe('bodies', () => {
  const everyCodec = groups.flatMap(({ messages }) => messages.flatMap((row) => [row.request, row.response]));

  function expectTypedFailure(work: () => unknown): void {
    try {
      work();
    } catch (error) {
      if (!isProtocolError(error)) throw error;
    }
  }

  test('random bytes give a value or a typed error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        expectTypedFailure(() => decodePacket(bytes));
        for (const codec of everyCodec) expectTypedFailure(() => codec.decode(bytes));
      }),
      { numRuns: fuzzRuns(100) },
    );
  });

  test('mutated bodies give a value or a typed error', () => {
    const body = fc.dictionary(
      fc.string({ maxLength: 8 }),
      fc.oneof(
        fc.nat(),
        fc.string(),
        fc.boolean(),
        fc.uint8Array(),
        fc.array(fc.dictionary(fc.string(), fc.nat())),
      ),
      { noNullPrototype: true },
    );
    const changes = fc.array(fc.record({ at: fc.nat(), to: fc.nat(255) }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(body, changes, (value, all) => {
        const bytes = Uint8Array.from(encodeBody(value));
        for (const { at, to } of all) bytes[at % bytes.length] = to;
        expectTypedFailure(() => decodeBody(bytes));
      }),
      { numRuns: fuzzRuns(100) },
    );
  });

  test('a key that names a prototype stays a key', () => {
    const body = decodeBody(Buffer.from('a1695f5f70726f746f5f5f01', 'hex'));
    expect(Object.getPrototypeOf(body)).toBe(Object.prototype);
    expect(Object.hasOwn(body as object, '__proto__')).toBe(true);
  });
});

test('every path has a file name of its own, and comes back from it', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 60 }), (path) => {
      const name = fileNameOfClip('/clips', path);
      expect(Buffer.from(clipPathOfFileName('/clips', name) ?? []).equals(path)).toBe(true);
    }),
    { numRuns: fuzzRuns(100) },
  );
  expect(fileNameOfClip('/clips', Buffer.from('Media/证据.mp4'))).toBe('/clips/Media/证据.mp4');
  expect(fileNameOfClip('/clips', Buffer.from('../a'))).toBe('/clips/:2e2e2f61');
  expect(fileNameOfClip('/clips', Buffer.from('d6b4b7a8', 'hex'))).toBe('/clips/:d6b4b7a8');
  expect(clipPathOfFileName('/clips', '/else/a')).toBeNull();
  expect(clipPathOfFileName('/clips', '/clips/:0')).toBeNull();
});
