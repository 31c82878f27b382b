import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fuzzRuns } from '../../../testing/fuzz-runs.ts';
import { RedirProtocolError } from './layout.ts';
import { encodePacket, PacketStream, type RedirPacket } from './packet-stream.ts';
import { control, decodeBulk, deviceConnect, encodeBulk, interrupt, sharedCapabilities } from './packets.ts';

const numRuns = fuzzRuns(300);
const packets = fc.array(
  fc.record({ type: fc.nat(110), id: fc.nat().map(BigInt), body: fc.uint8Array({ maxLength: 300 }) }),
  { maxLength: 6 },
);

function feed(bytes: Uint8Array, cuts: readonly number[], hasWideIds: boolean): RedirPacket[] {
  const stream = new PacketStream();
  stream.hasWideIds = hasWideIds;
  const found: RedirPacket[] = [];
  const edges = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  for (const [place, edge] of edges.slice(1).entries()) {
    stream.push(bytes.subarray(edges[place], edge));
    for (let packet = stream.next(); packet !== null; packet = stream.next()) found.push(packet);
  }
  return found;
}

function typed(work: () => unknown): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof RedirProtocolError)) throw error;
  }
}

describe('packets', () => {
  test('come back as sent, however the stream is cut', () => {
    fc.assert(
      fc.property(packets, fc.array(fc.nat()), fc.boolean(), (sent, cuts, hasWideIds) => {
        const stream = Buffer.concat(sent.map((packet) => encodePacket(packet, hasWideIds)));
        expect(feed(stream, cuts, hasWideIds)).toEqual(sent);
      }),
      { numRuns },
    );
  });

  test('an id of 64 bits comes back whole', () => {
    const packet = { type: 101, id: 0x1234_5678_9abc_def0n, body: Uint8Array.of(1) };
    expect(feed(encodePacket(packet, true), [], true)).toEqual([packet]);
  });

  test('mutated, give packets or a typed error', () => {
    const changes = fc.array(fc.record({ at: fc.nat(), to: fc.nat(255) }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(packets, changes, fc.array(fc.nat()), (sent, all, cuts) => {
        const stream = Buffer.concat([Buffer.alloc(1), ...sent.map((packet) => encodePacket(packet, false))]);
        for (const { at, to } of all) stream[at % stream.length] = to;
        typed(() => feed(stream, cuts, false));
      }),
      { numRuns },
    );
  });
});

test('bulk heads hold lengths beyond 16 bits where both ends can, and only there', () => {
  const wide = {
    connectDeviceVersion: true,
    deviceDisconnectAck: true,
    maxPacketSize: true,
    wideIds: true,
    wideBulkLength: true,
  };
  const packet = { endpoint: 0x81, status: 0, stream: 0, lengthBytes: 0x12_3456, data: new Uint8Array(0) };
  expect(Buffer.from(encodeBulk(packet, wide)).toString('hex')).toBe('81005634000000001200');
  expect(decodeBulk(Uint8Array.from(encodeBulk(packet, wide)), wide)).toEqual(packet);
  const narrow = { ...wide, wideBulkLength: false };
  expect(decodeBulk(encodeBulk({ ...packet, lengthBytes: 512 }, narrow), narrow).lengthBytes).toBe(512);
});

test('any bytes as a body give a value or a typed error', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
      for (const layout of [control, interrupt, deviceConnect]) typed(() => layout.decode(bytes));
      typed(() => {
        const capabilities = sharedCapabilities(bytes);
        decodeBulk(bytes, capabilities);
      });
    }),
    { numRuns },
  );
});
