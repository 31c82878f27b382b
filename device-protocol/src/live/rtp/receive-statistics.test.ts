import { expect, test } from 'vitest';
import { ReceiveStatistics } from './receive-statistics.ts';

const packet = (sequenceNumber: number, timestamp = 0) => ({ ssrc: 5, sequenceNumber, timestamp });

test('losses count from one report to the next (RFC 3550 §A.3)', () => {
  const statistics = new ReceiveStatistics(8000);
  expect(statistics.report(0)).toBeNull();
  for (const sequence of [65_534, 65_535, 1, 2]) statistics.take(packet(sequence), 0);
  // Five were due, four came: 1/5 of 256.
  expect(statistics.report(0)).toMatchObject({
    ssrc: 5,
    fractionLost: 51,
    packetsLost: 1,
    highestSequence: 0x1_0002,
  });
  statistics.take(packet(3), 0);
  expect(statistics.report(0)).toMatchObject({ fractionLost: 0, packetsLost: 1, highestSequence: 0x1_0003 });
});

test('late and double packets are not lost ones', () => {
  const statistics = new ReceiveStatistics(8000);
  for (const sequence of [10, 12, 11, 12]) statistics.take(packet(sequence), 0);
  expect(statistics.report(0)).toMatchObject({ fractionLost: 0, packetsLost: -1, highestSequence: 12 });
});

test('jitter is the smoothed change of transit time (§A.8)', () => {
  const statistics = new ReceiveStatistics(8000);
  statistics.take(packet(1, 0), 0);
  // Due after 20 ms, came after 30: 80 ticks late, of which a sixteenth counts.
  statistics.take(packet(2, 160), 30);
  expect(statistics.report(30)?.jitterTicks).toBe(5);
  statistics.take(packet(3, 320), 50);
  expect(statistics.jitterMs).toBeCloseTo(((5 - 5 / 16) / 8000) * 1000, 9);
});

test('a report says how long ago the last sender report came, in 1/65536 s', () => {
  const statistics = new ReceiveStatistics(8000);
  statistics.take(packet(1), 0);
  expect(statistics.report(0)).toMatchObject({ lastSenderReport: 0, delaySinceLastSenderReport: 0 });
  statistics.senderReport(0xb2c3_4000, 1000);
  expect(statistics.report(2500)).toMatchObject({
    lastSenderReport: 0xb2c3_4000,
    delaySinceLastSenderReport: 98_304,
  });
});

test('a sender that began anew is counted anew', () => {
  const statistics = new ReceiveStatistics(8000);
  for (const sequence of [1, 2, 9]) statistics.take(packet(sequence), 0);
  statistics.take({ ssrc: 6, sequenceNumber: 40_000, timestamp: 0 }, 0);
  expect(statistics.report(0)).toMatchObject({ ssrc: 6, packetsLost: 0, highestSequence: 40_000 });
});
