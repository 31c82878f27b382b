import { beforeEach, describe, expect, test } from 'vitest';
import type { PacketSink, UnitSink } from '../live-stream.ts';
import { StreamHub } from './stream-hub.ts';
import { HandFed, h264, rtp, track } from './testing/hand-fed.ts';

const video = track('video');
const sound = track('audio', 1);

let hub: StreamHub;
let failures: unknown[];
beforeEach(() => {
  failures = [];
  hub = new StreamHub({ onSinkFailure: (recorderId, error) => failures.push([recorderId, error]) });
});

function packetSink(seen: unknown[]): PacketSink {
  return {
    packet: (_track, packet) => seen.push(packet),
    senderReport: (_track, report) => seen.push(report),
    changed: (description) => seen.push(description),
  };
}

function unitSink(seen: unknown[]): UnitSink {
  return { unit: (unit) => seen.push(unit.rtpTimestamp), changed: (description) => seen.push(description) };
}

/** A stream that has brought a key frame, sound and another picture. */
function carried(): { feed: HandFed; packets: Buffer[] } {
  const feed = new HandFed([video, sound]);
  hub.carry('DEMO-001', 's1', feed);
  const packets = [
    rtp(video, 1, 90_000, h264.other),
    rtp(video, 2, 93_000, h264.idr),
    rtp(sound, 1, 8_000, [1, 2, 3]),
    rtp(video, 3, 96_000, h264.other),
  ];
  for (const packet of packets) feed.give(packet[1] === 0x88 ? sound : video, packet);
  return { feed, packets };
}

describe('a stream', () => {
  test('hands every packet, sender report and unit to all who watch, as it came', () => {
    const feed = new HandFed([video]);
    const stream = hub.carry('DEMO-001', 's1', feed);
    const seen: unknown[][] = [[], [], []];
    for (const list of seen.slice(0, 2)) stream.watchPackets(packetSink(list));
    stream.watchUnits(unitSink(seen[2] ?? []));
    const packet = rtp(video, 1, 90_000, h264.idr);
    const report = { ssrc: 1, ntpMs: 2, rtpTimestamp: 3, packetsSent: 4, bytesSent: 5 };
    feed.give(video, packet, 1_000.5);
    feed.listener?.senderReport(video, report, { atMs: 0, sentNotBeforeMs: null });
    expect(seen).toEqual([[packet, report], [packet, report], [90_000]]);
    expect([stream.lastUnitMs, stream.latestSenderReports()]).toEqual([1_000.5, new Map([[video, report]])]);
  });

  test('is left by whoever wants no more', () => {
    const { feed } = carried();
    const seen: unknown[] = [];
    const leave = hub.get('DEMO-001')?.watchPackets(packetSink(seen));
    leave?.();
    feed.give(video, rtp(video, 4, 99_000, h264.other));
    expect(seen).toEqual([]);
  });

  test('drops a sink that throws, tells it and us, and nobody else notices', () => {
    const { feed } = carried();
    const seen: unknown[] = [];
    const told: unknown[] = [];
    const fault = new Error('a fault');
    const stream = hub.get('DEMO-001');
    stream?.watchPackets({
      ...packetSink([]),
      packet: () => {
        throw fault;
      },
      changed: (description) => told.push(description),
    });
    stream?.watchPackets(packetSink(seen));
    for (const sequence of [4, 5]) feed.give(video, rtp(video, sequence, sequence * 3_000, h264.other));
    expect([seen.length, told, failures]).toEqual([2, [null], [['DEMO-001', fault]]]);
  });

  test('begins for a new viewer with the newest key frame and all since', () => {
    const { feed, packets } = carried();
    const stream = hub.get('DEMO-001');
    const group = () => stream?.latestGroupPackets().map(({ packet }) => packet);
    expect(group()).toEqual(packets.slice(1));
    expect(stream?.latestGroup().map(({ rtpTimestamp }) => rtpTimestamp)).toEqual([93_000, 8_000, 96_000]);
    const next = [rtp(video, 4, 99_000, h264.sps), rtp(video, 5, 99_000, h264.idr)];
    for (const packet of next) feed.give(video, packet);
    expect(group()).toEqual(next);
  });

  test('of sound alone begins with any frame of it', () => {
    const feed = new HandFed([sound]);
    const stream = hub.carry('DEMO-001', 's1', feed);
    for (const sequence of [1, 2, 3]) feed.give(sound, rtp(sound, sequence, sequence * 160, [sequence]));
    expect(stream.latestGroupPackets()).toHaveLength(1);
  });

  test('whose key frames lie far apart keeps no more than 4 MiB, or 20 s of it', () => {
    for (const [sizeBytes, everyMs] of [
      [60_000, 1],
      [10, 500],
    ] as const) {
      const feed = new HandFed([video]);
      const stream = hub.carry('DEMO-001', 's1', feed);
      feed.give(video, rtp(video, 0, 0, h264.idr), 0);
      const payload = [...h264.other, ...Buffer.alloc(sizeBytes)];
      for (let index = 1; index <= 100; index++) {
        feed.give(video, rtp(video, index, index * 3_000, payload), index * everyMs);
        const bytes = stream.latestGroupPackets().reduce((sum, { packet }) => sum + packet.length, 0);
        expect(bytes).toBeLessThanOrEqual(4 * 1024 * 1024);
      }
      expect([stream.latestGroupPackets(), stream.latestGroup()]).toEqual([[], []]);
      feed.give(video, rtp(video, 101, 400_000, h264.idr), 60_000);
      expect(stream.latestGroupPackets()).toHaveLength(1);
    }
  });

  test('is kept in memory of its own, whatever was read around its packets', () => {
    const feed = new HandFed([video]);
    const stream = hub.carry('DEMO-001', 's1', feed);
    const kept: Buffer[] = [];
    stream.watchPackets({ ...packetSink([]), packet: (_track, packet) => kept.push(packet) });
    stream.watchUnits({ ...unitSink([]), unit: ({ data }) => kept.push(...data) });
    for (let sequence = 0; sequence < 1_000; sequence++) {
      const packet = rtp(video, sequence, sequence * 3_000, sequence === 0 ? h264.idr : h264.other);
      const read = Buffer.concat([packet, Buffer.alloc(60_000)]);
      feed.give(video, read.subarray(0, packet.length));
    }
    kept.push(...stream.latestGroupPackets().map(({ packet }) => packet));
    const memories = new Set(kept.map(({ buffer }) => buffer));
    const heldBytes = [...memories].reduce((sum, { byteLength }) => sum + byteLength, 0);
    expect(kept).toHaveLength(3_000);
    expect(heldBytes).toBeLessThanOrEqual(128 * 1024);
  });

  test('leaves out what is no RTP', () => {
    const feed = new HandFed([video]);
    const stream = hub.carry('DEMO-001', 's1', feed);
    const seen: unknown[] = [];
    stream.watchPackets(packetSink(seen));
    feed.give(video, Buffer.alloc(11, 0x80));
    expect(seen).toEqual([]);
  });
});

describe('the end of a feed', () => {
  test('ends its stream, with the last picture still given out', async () => {
    const feed = new HandFed([video]);
    const stream = hub.carry('DEMO-001', 's1', feed);
    const changes: string[] = [];
    hub.onChange((recorderId) => changes.push(recorderId));
    const seen: unknown[] = [];
    stream.watchUnits(unitSink(seen));
    const unmarked = rtp(video, 1, 90_000, h264.idr);
    unmarked.writeUInt8(video.payloadType, 1);
    feed.give(video, unmarked);
    expect(seen).toEqual([]);
    feed.end({ cause: 'goodbye', detail: '' });
    await feed.ended;
    expect([seen, changes, hub.get('DEMO-001'), hub.list()]).toEqual([
      [90_000, null],
      ['DEMO-001'],
      null,
      [],
    ]);
    feed.give(video, rtp(video, 2, 93_000, h264.idr));
    expect(stream.latestGroupPackets()).toEqual([]);
  });

  test('is told at once to whoever comes too late', async () => {
    const feed = new HandFed([video]);
    const stream = hub.carry('DEMO-001', 's1', feed);
    await feed.close();
    await feed.ended;
    const seen: unknown[] = [];
    stream.watchPackets(packetSink(seen));
    expect(seen).toEqual([null]);
  });

  test('of an older stream of the same recorder leaves the newer one alone', async () => {
    const [first, second] = [new HandFed([video]), new HandFed([video])];
    const seen: unknown[] = [];
    hub.carry('DEMO-001', 's1', first).watchPackets(packetSink(seen));
    const stream = hub.carry('DEMO-001', 's1', second);
    expect(seen).toEqual([null]);
    first.end({ cause: 'replaced', detail: '' });
    await first.ended;
    expect(hub.list()).toEqual([stream]);
  });
});
