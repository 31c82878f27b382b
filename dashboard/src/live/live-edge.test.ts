import { expect, test } from 'vitest';
import { HostClock } from './host-clock.ts';
import { LiveEdge } from './live-edge.ts';
import { ShownDelay } from './shown-delay.ts';

test('far from the newest picture it jumps there, near it only the speed changes', () => {
  const edge = new LiveEdge(0.03);
  expect(edge.arrived(3_600, 0, 0)).toEqual({ seekToSeconds: 3_599.97, rate: 1 });
  expect(edge.arrived(10, 9.97, 1_000)).toEqual({ seekToSeconds: null, rate: 1 });
  expect(new LiveEdge(0.03).arrived(10, 9.8, 0).rate).toBeGreaterThan(1);
  expect(new LiveEdge(0.03).arrived(10, 10.1, 0).rate).toBeLessThan(1);
});

test('the latest of late pictures counts: unevenness is not chased', () => {
  const edge = new LiveEdge(0.03);
  edge.arrived(10, 9.97, 0);
  expect(edge.arrived(10.1, 9.9, 40).rate).toBe(1);
});

test('the clock of the gateway is read from the answer that came fastest', () => {
  const clock = new HostClock();
  expect(clock.at(0)).toBeNull();
  clock.read(1_000, 61_000, 3_000);
  clock.read(4_000, 64_010, 4_020);
  expect(clock.at(5_000)).toBe(65_000);
});

test('the delay is that of the picture shown, from its arrival', () => {
  const delay = new ShownDelay();
  delay.arrived({ mediaSeconds: 1, arrivedAtMs: 100 });
  delay.arrived({ mediaSeconds: 2, arrivedAtMs: 200 });
  delay.shown(1, 160);
  expect(delay.medianMs).toBe(60);
});
