import { expect, test } from 'vitest';
import type { LiveTrack } from '../live-track.ts';
import { rtp } from './testing/scripted-recorder.ts';
import { TrackIntake } from './track-intake.ts';

const track: LiveTrack = {
  index: 0,
  kind: 'video',
  codec: 'h264',
  payloadType: 96,
  clockRateHz: 90_000,
  channels: null,
  encodingName: 'H264',
  formatParameters: new Map(),
  control: null,
};

/** A sender report (RFC 3550 §6.4.1) whose NTP seconds tell it from others. */
function report(ssrc: number, seconds: number): Buffer {
  const bytes = Buffer.alloc(28);
  bytes.writeUInt32BE(0x80c80006, 0);
  bytes.writeUInt32BE(ssrc, 4);
  bytes.writeUInt32BE(seconds, 8);
  return bytes;
}

test('reports of the source of the media alone are evidence and are answered, also where they came ahead of it', () => {
  const heard: number[] = [];
  const intake = new TrackIntake(track, {
    packet: () => {},
    senderReport: (_, { ssrc }) => heard.push(ssrc),
  });
  const at = (atMs: number) => ({ atMs, sentNotBeforeMs: null });
  intake.take(report(1, 5), at(0));
  expect(heard).toEqual([]);
  intake.take(rtp(96, 1, 1), at(1));
  expect(heard).toEqual([1]);
  intake.take(report(2, 6), at(2));
  expect(heard).toEqual([1]);
  expect(intake.statistics.report(3)?.lastSenderReport).toBe(5 << 16);
  intake.take(report(1, 7), at(4));
  expect(heard).toEqual([1, 1]);
  intake.take(rtp(96, 2, 2), at(20_000));
  expect(heard).toEqual([1, 1]);
});
