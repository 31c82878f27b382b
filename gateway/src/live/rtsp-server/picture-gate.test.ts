import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { h264, rtp, track } from '../stream-hub/testing/hand-fed.ts';
import { PictureGate } from './picture-gate.ts';

const video = track('video');
const sound = track('audio', 1);
const bounds = { calmBacklogBytes: 1_000, mostBacklogBytes: 2_000 };

function gateOf(isOpen = true): PictureGate {
  return new PictureGate({ tracks: [video, sound], ...bounds }, isOpen);
}

const key = (time: number) => rtp(video, 0, time, h264.idr);
const other = (time: number) => rtp(video, 0, time, h264.other);
const tone = (time: number) => rtp(sound, 0, time, [1]);

describe('a viewer that keeps up gets everything', () => {
  test('whatever comes', () => {
    const gate = gateOf();
    expect([key(1), other(2), other(3)].every((packet) => gate.lets(video, packet, 500))).toBe(true);
    expect(gate.lets(sound, tone(1), 500)).toBe(true);
  });
});

describe('a viewer that falls behind', () => {
  test('gets the picture that has begun to its end, and no further one', () => {
    const gate = gateOf();
    expect(gate.lets(video, other(1), 900)).toBe(true);
    expect(gate.lets(video, other(1), 1_500)).toBe(true);
    expect(gate.lets(video, other(2), 1_500)).toBe(false);
  });

  test('loses even that where too much waits', () => {
    const gate = gateOf();
    expect(gate.lets(video, other(1), 0)).toBe(true);
    expect(gate.lets(video, other(1), 1_995)).toBe(false);
  });

  test('goes on with a key frame once half of the calm is left, sound with it', () => {
    const gate = gateOf();
    gate.lets(video, other(1), 5_000);
    expect(gate.lets(sound, tone(1), 0)).toBe(false);
    expect(gate.lets(video, other(2), 0)).toBe(false);
    expect(gate.lets(video, key(3), 501)).toBe(false);
    expect(gate.lets(video, key(4), 500)).toBe(true);
    expect(gate.lets(sound, tone(1), 0)).toBe(true);
  });
});

test('a viewer that begins without a key frame waits for one', () => {
  const gate = gateOf(false);
  expect([other(1), key(2), other(3)].map((packet) => gate.lets(video, packet, 0))).toEqual([
    false,
    true,
    true,
  ]);
});

test('sound alone goes on with any frame', () => {
  const gate = new PictureGate({ tracks: [sound], ...bounds }, true);
  expect([0, 5_000, 501, 500].map((backlog) => gate.lets(sound, tone(1), backlog))).toEqual([
    true,
    false,
    false,
    true,
  ]);
});

test('whatever comes and however it drains: never more waits than allowed, and after a loss comes a key frame', () => {
  const step = fc.record({
    isKey: fc.boolean(),
    packets: fc.integer({ min: 1, max: 4 }),
    drained: fc.nat(1_500),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const gate = gateOf();
      let waiting = 0;
      let hasLost = false;
      steps.forEach(({ isKey, packets, drained }, index) => {
        waiting = Math.max(0, waiting - drained);
        for (let count = 0; count < packets; count++) {
          const packet = rtp(video, 0, index, [...(isKey ? h264.idr : h264.other), ...Buffer.alloc(300)]);
          const isLet = gate.lets(video, packet, waiting);
          if (isLet && hasLost) expect(isKey && count === 0).toBe(true);
          hasLost = !isLet;
          if (isLet) waiting += packet.length;
          expect(waiting).toBeLessThanOrEqual(bounds.mostBacklogBytes);
        }
      });
    }),
  );
});
