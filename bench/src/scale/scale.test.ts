import fc from 'fast-check';
import { expect, test } from 'vitest';
import { centralShares, fairShare, stepMinutes } from './central-share.ts';
import { sendAll } from './dock-queue.ts';
import { dockOf, type FleetPlan } from './fleet.ts';
import { comparedOrders } from './orders.ts';

const small: FleetPlan = {
  docks: 12,
  recordersPerDock: 4,
  hoursPerShift: 8,
  clipMinutes: 10,
  bytesPerRecordedHour: 4e9,
  importantShare: 0.05,
  shiftChanges: 2,
  dockingMinutes: 60,
  backlogDays: 0.5,
  lines: [
    [5, 1],
    [50, 1],
  ],
  centralGbitPerSecond: 0.1,
  seed: 6,
};
const within = { important: 24, ordinary: 72 };

test('a fair share gives nobody more than he wants, and all together no more than there is', () => {
  const bytes = fc.double({ min: 1, max: 1000, noNaN: true });
  fc.assert(
    fc.property(
      fc.array(bytes, { minLength: 1 }),
      fc.double({ min: 1, max: 5000, noNaN: true }),
      (wanted, there) => {
        const share = fairShare(wanted, there);
        const given = wanted.reduce((sum, want) => sum + Math.min(want, share), 0);
        const asked = wanted.reduce((sum, want) => sum + want, 0);
        expect(given).toBeCloseTo(Math.min(asked, there), 6);
      },
    ),
  );
});

test('every order carries the same bytes in the same time: only who waits differs', () => {
  const shares = centralShares(small);
  for (let number = 0; number < small.docks; number += 1) {
    const dock = dockOf(small, number);
    const last = comparedOrders(within, 0.25).map(({ lanes }) => {
      const doneAt = sendAll(dock, shares, lanes);
      return {
        arrived: doneAt.filter(Number.isFinite).length,
        atMinute: Math.max(...doneAt.filter(Number.isFinite)),
      };
    });
    for (const one of last) {
      expect(Math.abs(one.arrived - (last[0]?.arrived ?? 0))).toBeLessThanOrEqual(1);
      if (one.arrived === dock.clips.length) expect(one.atMinute).toBeCloseTo(last[0]?.atMinute ?? 0, 3);
    }
  }
});

test('no clip arrives before it was queued, nor faster than the line carries it', () => {
  const dock = dockOf(small, 3);
  const shares = centralShares(small);
  const [fifo] = comparedOrders(within, 0.25);
  const doneAt = sendAll(dock, shares, fifo?.lanes ?? []);
  let sentBytes = 0;
  for (const [index, at] of doneAt.entries()) {
    const clip = dock.clips[index];
    if (clip === undefined || !Number.isFinite(at)) continue;
    sentBytes += clip.sizeBytes;
    expect(at).toBeGreaterThanOrEqual(Math.floor(clip.queuedAt / stepMinutes) * stepMinutes);
    expect(sentBytes).toBeLessThanOrEqual(dock.lineBytesPerMinute * (at + 1));
  }
});

test('behind a backlog that the line cannot carry, the kept slice brings every important clip in time', () => {
  const dock = { ...dockOf({ ...small, backlogDays: 1 }, 0), lineBytesPerMinute: (10e6 * 60) / 8 };
  const shares = new Float64Array(1000).fill(Number.POSITIVE_INFINITY);
  const missed = comparedOrders(within, 0.25).map(({ lanes }) => {
    const doneAt = sendAll(dock, shares, lanes);
    return dock.clips.filter(
      ({ isImportant, recordedAt }, index) => isImportant && (doneAt[index] ?? 0) > recordedAt + 24 * 60,
    ).length;
  });
  expect(missed[0]).toBeGreaterThan(0);
  expect(missed[2]).toBe(0);
});
