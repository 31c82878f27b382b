import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ForwardingLine } from './forwarding-line.ts';
import { usualForwarding } from './forwarding-policy.ts';
import type { Tier } from './line-share.ts';
import { LineWindows } from './line-windows.ts';

const mega = 1_000_000;
const { signal: never } = new AbortController();

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse('2026-11-22T12:00:00+08:00') });
});
afterEach(() => {
  vi.useRealTimers();
});

function lineOf(change: Partial<typeof usualForwarding.line>, limits: Record<string, number> = {}) {
  const line = { ...usualForwarding.line, ...change };
  return new ForwardingLine({
    windows: new LineWindows(line),
    importantShare: line.importantShare,
    limits: new Map(Object.entries(limits)),
  });
}

/** Sends pieces of a megabyte without end; tells how many went. */
function sender(line: ForwardingLine, target: string, tier: Tier = 'bulk') {
  const sent = { pieces: 0 };
  const go = async () => {
    for (;;) {
      await line.take(target, tier, mega, new AbortController().signal);
      sent.pieces += 1;
    }
  };
  void go();
  return sent;
}

describe('the line', () => {
  test('carries what it may in a second, over all targets', async () => {
    const line = lineOf({ bytesPerSecond: 5 * mega });
    const senders = ['a', 'b', 'c'].map((target) => sender(line, target));
    await vi.advanceTimersByTimeAsync(60_000);
    const pieces = senders.map((one) => one.pieces);
    expect(pieces.reduce((sum, one) => sum + one)).toBeGreaterThanOrEqual(295);
    expect(pieces.reduce((sum, one) => sum + one)).toBeLessThanOrEqual(306);
    expect(Math.max(...pieces) - Math.min(...pieces)).toBeLessThanOrEqual(2);
  });

  test('is not held up by a target that is at its own limit', async () => {
    const line = lineOf({ bytesPerSecond: 5 * mega }, { slow: mega });
    const [slow, fast] = [sender(line, 'slow'), sender(line, 'fast')];
    await vi.advanceTimersByTimeAsync(60_000);
    expect(slow.pieces).toBeLessThanOrEqual(62);
    expect(slow.pieces + fast.pieces).toBeGreaterThanOrEqual(290);
  });

  test('keeps a share for important pieces, however many others wait', async () => {
    const line = lineOf({ bytesPerSecond: 5 * mega, importantShare: 0.5 });
    for (let other = 0; other < 9; other += 1) sender(line, 'a');
    const important = sender(line, 'a', 'important');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(important.pieces).toBeGreaterThanOrEqual(140);
  });

  test('goes on at its pace when the wall clock is set three days on or back', async () => {
    const line = lineOf({ bytesPerSecond: 5 * mega });
    const sent = sender(line, 'a');
    for (const days of [3, -3, -3]) {
      vi.setSystemTime(Date.now() + days * 86_400_000);
      await vi.advanceTimersByTimeAsync(10_000);
    }
    expect(sent.pieces).toBeGreaterThanOrEqual(145);
    expect(sent.pieces).toBeLessThanOrEqual(156);
  });

  test('carries more while a window is open, by the time of its zone', async () => {
    const windows = [{ cron: '* 22-23,0-6 * * *', bytesPerSecond: 10 * mega }];
    const line = lineOf({ bytesPerSecond: mega, windows });
    vi.setSystemTime(Date.parse('2026-11-22T21:59:30+08:00'));
    expect(line.limitOf('a')).toBe(mega);
    const sent = sender(line, 'a');
    await vi.advanceTimersByTimeAsync(29_000);
    const before = sent.pieces;
    expect(before).toBeLessThanOrEqual(32);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(sent.pieces - before).toBeGreaterThanOrEqual(285);
    expect(line.limitOf('a')).toBe(10 * mega);
  });

  test('lets go of a piece whose wait is given up', async () => {
    const line = lineOf({ bytesPerSecond: 1_024 });
    await line.take('a', 'bulk', mega, never);
    const stop = new AbortController();
    const waiting = line.take('a', 'bulk', mega, stop.signal);
    stop.abort();
    await expect(waiting).rejects.toThrow();
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('windows', () => {
  const night = { ...usualForwarding.line, windows: [{ cron: '* 22-23,0-6 * * *', bytesPerSecond: null }] };
  const at = (text: string) => Date.parse(`${text}+08:00`);

  test('open and close by the clock of their zone, and tell when', () => {
    const windows = new LineWindows(night);
    expect(windows.at(at('2026-11-22T21:59:59')).isOpen).toBe(false);
    expect(windows.at(at('2026-11-22T22:00:00')).isOpen).toBe(true);
    expect(windows.at(at('2026-11-23T06:59:59')).isOpen).toBe(true);
    expect(windows.at(at('2026-11-23T07:00:00')).isOpen).toBe(false);
    expect(windows.changesAt(at('2026-11-22T12:00:00'))).toBe(at('2026-11-22T22:00:00'));
    expect(windows.changesAt(at('2026-11-22T23:30:00'))).toBe(at('2026-11-23T07:00:00'));
  });

  test('are foretold for months, without a gap, nine hours of every day', () => {
    const windows = new LineWindows(night);
    const from = at('2026-11-22T12:00:00');
    const stretches = windows.stretches(from, from + 60 * 86_400_000);
    for (const [index, stretch] of stretches.entries()) {
      if (index > 0) expect(stretch.fromMs).toBe(stretches[index - 1]?.toMs);
    }
    const openMs = stretches
      .filter(({ isOpen, fromMs }) => isOpen && fromMs < from + 56 * 86_400_000)
      .reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
    expect(openMs).toBe(56 * 9 * 3_600_000);
  });
});
