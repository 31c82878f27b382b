import { describe, expect, test } from 'vitest';
import { synchronisedHost } from '../testing/host-clocks.ts';
import { type ClockEntry, stretchesOf } from './clock-history.ts';
import type { MeasuredClock } from './clock-statement.ts';
import { type ClipTimeFacts, fuseClipTime } from './fuse-clip-time.ts';
import { limits } from './simulation/simulated-fleet.ts';

/** A reading of a clock of milliseconds that leaves a doubt of ± 10 ms. */
function measured(readAt: string, offsetMs: number): MeasuredClock {
  return {
    state: 'measured',
    offsetMs,
    halfWidthMs: 10,
    kind: 'bound',
    method: 'smp-datetime',
    samples: 4,
    resolutionMs: 0,
    rttMsMin: 2,
    readAt,
    host: synchronisedHost(1),
    assumedZone: 'Asia/Shanghai',
  };
}

function entry(readAt: string, offsetMs: number, change: Partial<ClockEntry> = {}): ClockEntry {
  return {
    dockingId: readAt,
    slot: '1-1',
    at: readAt,
    host: synchronisedHost(1),
    found: measured(readAt, offsetMs),
    setting: null,
    afterSet: null,
    tookAll: true,
    ...change,
  };
}

const monday = entry('2026-11-22T00:00:00.000Z', 60_000);
const tuesday = entry('2026-11-23T00:00:00.000Z', 61_000);

/** Five minutes of video, begun at 12:00:00 by a recorder that is a minute ahead: truly at 11:59:00, 03:59 UTC. */
function facts(change: Partial<ClipTimeFacts> = {}): ClipTimeFacts {
  return {
    kind: 'video',
    startedAt: { text: '2026-11-22T12:00:00', source: 'name', assumedZone: null },
    modifiedAt: { text: '2026-11-22T12:05:00', source: 'file-time', assumedZone: null },
    durationMs: 300_000,
    createdAt: null,
    takenAt: null,
    tracks: [],
    liveMatches: [],
    stretches: stretchesOf([monday, tuesday]),
    isHostDoubtful: false,
    listedBeforeMs: Date.parse('2026-11-23T00:01:00Z'),
    assumedZone: 'Asia/Shanghai',
    ...change,
  };
}

const fused = (change: Partial<ClipTimeFacts> = {}) => fuseClipTime(facts(change), limits);

describe('the time of a clip', () => {
  test('is bounded by readings of the clock on either side', () => {
    const { start, end, doubts, conflicts } = fused();
    expect({ doubts, conflicts }).toEqual({ doubts: [], conflicts: [] });
    // The name: from 12:00:00 − 0.5 s − 2 s to 12:00:01 + 2 s. Monday allows 60 s ± 0.51 s, Tuesday 61 s ± 2.51 s.
    // So the clock was ahead by 58.49 to 63.51 s.
    expect(start.kind).toBe('bounded');
    const apartMs = (text: string | null, hand: string) =>
      Math.abs(Date.parse(text as string) - Date.parse(hand));
    expect(apartMs(start.notBefore, '2026-11-22T03:58:53.990Z')).toBeLessThan(10);
    expect(apartMs(start.notAfter, '2026-11-22T03:59:04.510Z')).toBeLessThan(10);
    expect(end.kind).toBe('bounded');
    expect(Date.parse(end.value as string) - Date.parse(start.value as string)).toBe(300_000);
  });

  test('is a guess, with its doubt, where no earlier reading says whether the clock was moved', () => {
    const { start, doubts } = fused({ stretches: stretchesOf([tuesday]) });
    expect(doubts).toEqual(['no-earlier-reading']);
    expect(start).toMatchObject({
      kind: 'one-sided',
      notBefore: null,
      notAfter: '2026-11-23T00:01:00.000Z',
    });
    expect(start.halfWidthMs).toBeGreaterThan(2500);
    expect(start.value).toMatch(/^2026-11-22T03:58:59/u);
  });

  test('is not claimed where the clock was moved between two readings', () => {
    const { start, doubts } = fused({
      stretches: stretchesOf([monday, entry('2026-11-23T00:00:00.000Z', 70_000)]),
    });
    expect(doubts).toEqual(['clock-step-suspected']);
    expect(start.kind).toBe('one-sided');
  });

  test('of a volume whose clock nobody can read says what it has: not later than the docking', () => {
    const { start, end, doubts, sources } = fused({ stretches: [] });
    expect(doubts).toEqual(['clock-never-read']);
    expect(start).toEqual({
      kind: 'one-sided',
      value: '2026-11-22T04:00:00.250Z',
      halfWidthMs: null,
      notBefore: null,
      notAfter: '2026-11-23T00:01:00.000Z',
    });
    expect(end.kind).toBe('one-sided');
    expect(sources).toMatchObject([
      { kind: 'name', raw: '2026-11-22T12:00:00', notBefore: null, zone: 'Asia/Shanghai' },
      { kind: 'file-time', raw: '2026-11-22T12:05:00', notBefore: null },
    ]);
  });

  test('is unbounded where the dock’s own clock is not right either', () => {
    const { start, doubts } = fused({ stretches: [], isHostDoubtful: true, listedBeforeMs: null });
    expect(doubts).toEqual(['host-unsynchronised']);
    expect(start).toMatchObject({ kind: 'unbounded', notBefore: null, notAfter: null });
  });

  test('an end is not known without a length, and is then not later than the docking', () => {
    const { start, end, doubts } = fused({ durationMs: null });
    expect(start.kind).toBe('bounded');
    expect(end).toMatchObject({ kind: 'one-sided', value: null, notAfter: '2026-11-23T00:01:00.000Z' });
    expect(doubts).toEqual(['duration-unknown']);
  });

  test('a name and a file time eight hours apart are told as a wrong zone, and neither is believed', () => {
    const { start, conflicts, doubts } = fused({
      modifiedAt: { text: '2026-11-22T04:05:00', source: 'file-time', assumedZone: null },
    });
    expect(doubts).toEqual(['sources-conflict']);
    expect(start.kind).toBe('one-sided');
    expect(conflicts).toMatchObject([{ between: ['file-time', 'name'], zoneHours: -8 }]);
  });

  test('a file written an hour and seven minutes after the end contradicts the name, and no zone explains it', () => {
    const { conflicts } = fused({
      modifiedAt: { text: '2026-11-22T13:12:00', source: 'file-time', assumedZone: null },
    });
    expect(conflicts).toMatchObject([{ between: ['file-time', 'name'], zoneHours: null }]);
  });

  test.each([
    ['2026-11-22T04:00:00.000000Z', 'utc-by-recorder-clock'],
    ['2026-11-22T12:00:00.000000Z', 'recorder-clock'],
    ['2026-11-22T12:05:00.000000Z', 'recorder-clock'],
    ['1904-01-01T00:00:00.000000Z', 'unusable'],
    ['1970-01-01T00:00:00.000000Z', 'unusable'],
    ['yesterday', 'unusable'],
  ])('a container that says %s is kept as %s, and bounds nothing', (createdAt, reading) => {
    const { start, sources, conflicts } = fused({ createdAt });
    expect(sources.find((source) => source.kind === 'container')).toMatchObject({ raw: createdAt, reading });
    expect(start).toEqual(fused().start);
    expect(conflicts).toEqual([]);
  });

  test('a container that fits nothing is told, and takes nothing from what is proven', () => {
    const { start, conflicts } = fused({ createdAt: '2026-11-20T00:00:00.000000Z' });
    expect(start.kind).toBe('bounded');
    expect(conflicts).toMatchObject([{ between: ['container', 'name'] }]);
  });

  test('a photo is taken at one moment, and its EXIF and its name must agree', () => {
    const photo: Partial<ClipTimeFacts> = {
      kind: 'photo',
      durationMs: null,
      modifiedAt: null,
      takenAt: '2026-11-22T12:00:01',
    };
    const agreeing = fused(photo);
    expect(agreeing.start).toMatchObject({ kind: 'bounded' });
    expect(agreeing.end).toEqual(agreeing.start);
    expect(fused({ ...photo, takenAt: '2026-11-22T12:00:30' })).toMatchObject({
      doubts: ['sources-conflict'],
      conflicts: [{ between: ['exif', 'name'] }],
    });
  });

  describe('with the track of a satellite receiver', () => {
    const track = { firstFixAt: '2026-11-22T03:59:10.000Z', lastFixAt: '2026-11-22T04:03:58.000Z' };

    test('is proven although the clock cannot be read', () => {
      const { start, end, doubts } = fused({ stretches: [], tracks: [track] });
      // Begun at the latest with the first fix, and at the earliest five minutes before the last; 2 s for the receiver.
      expect(doubts).toEqual([]);
      expect(start).toMatchObject({
        kind: 'bounded',
        notBefore: '2026-11-22T03:58:55.200Z',
        notAfter: '2026-11-22T03:59:12.000Z',
      });
      expect(end.kind).toBe('bounded');
    });

    test('is narrowed by what both say', () => {
      const alone = fused().start;
      const both = fused({ tracks: [track] }).start;
      expect(both.kind).toBe('bounded');
      expect(both.halfWidthMs).toBeLessThan(alone.halfWidthMs as number);
    });

    test('is not claimed where they contradict each other', () => {
      const late = { firstFixAt: '2026-11-22T05:59:10.000Z', lastFixAt: '2026-11-22T06:03:58.000Z' };
      const { start, doubts, conflicts } = fused({ tracks: [late] });
      expect(start.kind).toBe('one-sided');
      expect(doubts).toEqual(['sources-conflict']);
      expect(conflicts).toMatchObject([{ between: ['name', 'gps'], zoneHours: -2 }]);
    });
  });
});

describe('a live segment with the same pictures, whose delay on the way is assumed', () => {
  const match = (lowAt: string, highAt: string, isDelayAssumed = true) => ({
    liveClipId: 'live',
    laterMs: 0,
    start: { lowMs: Date.parse(lowAt), highMs: Date.parse(highAt) },
    isDelayAssumed,
  });
  /** It truly was half a minute on the way, the settings say three seconds. */
  const late = match('2026-11-22T03:59:27Z', '2026-11-22T03:59:30Z');

  test('takes nothing from what a clock proves: it had arrived, and no more', () => {
    expect(fused({ liveMatches: [late] })).toMatchObject({
      start: fused().start,
      conflicts: [],
      doubts: [],
    });
    const proven = fused({ liveMatches: [{ ...late, isDelayAssumed: false }] });
    expect(proven.doubts).toContain('sources-conflict');
  });

  test('contradicts a clock by which it was recorded after it arrived', () => {
    const { doubts, start } = fused({
      liveMatches: [match('2026-11-22T03:58:27Z', '2026-11-22T03:58:30Z')],
    });
    expect(doubts).toContain('sources-conflict');
    expect(start).toMatchObject({ kind: 'one-sided', notAfter: '2026-11-22T03:58:30.000Z' });
  });

  test('bounds the start where nothing else does, and the doubt is told', () => {
    const { doubts, start } = fused({ stretches: [], liveMatches: [late] });
    expect(start).toMatchObject({ kind: 'bounded', notAfter: '2026-11-22T03:59:30.000Z' });
    expect(doubts).toContain('delay-assumed');
  });

  test('is bounded from below by the least delayed of several segments', () => {
    const { start } = fused({
      stretches: [],
      liveMatches: [late, match('2026-11-22T03:59:00Z', '2026-11-22T03:59:03Z')],
    });
    expect(start).toMatchObject({
      notBefore: '2026-11-22T03:59:00.000Z',
      notAfter: '2026-11-22T03:59:03.000Z',
    });
  });

  test('tells the time of a card whose own times contradict each other and whose clock nobody read', () => {
    const { start, doubts, conflicts } = fused({
      stretches: [],
      liveMatches: [late],
      startedAt: { text: '2026-01-01T08:00:00', source: 'name', assumedZone: null },
    });
    expect(conflicts).toMatchObject([{ between: ['file-time', 'name'] }]);
    expect(doubts).toContain('sources-conflict');
    expect(start).toMatchObject({ kind: 'bounded', notAfter: '2026-11-22T03:59:30.000Z' });
  });
});
