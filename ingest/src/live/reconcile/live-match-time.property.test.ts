import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { synchronisedHost } from '../../testing/host-clocks.ts';
import type { ClipTime } from '../../time/clip-time.ts';
import { fuseClipTime } from '../../time/fuse-clip-time.ts';
import { limits } from '../../time/simulation/simulated-fleet.ts';
import { captureTime } from '../capture-time.ts';
import { AlignedOriginal } from './align-pictures.ts';
import { liveMatchTime } from './live-match-time.ts';
import { type CodedPicture, Pictures } from './pictures.ts';

const epochMs = Date.UTC(2026, 10, 22, 18);
const assumedDelayMs = 3_000;

/** What was truly filmed, and how stream and file tell of it. */
interface World {
  /** True times of capture, from the first. */
  captured: number[];
  /** Which of them the file and the stream hold: from, up to. */
  file: [number, number];
  stream: [number, number];
  lostByStream: Set<number>;
  fileRate: number;
  streamRate: number;
  /** Sound, or what a cut leaves, before the first picture of either. */
  fileLeadMs: number;
  streamLeadMs: number;
  /** Every group of so many pictures is coded in another order than it is shown. */
  reorder: number;
  delayMs: number;
  /** A report that was proven to be sent no earlier than so long before; `null`: none came. */
  provenBeforeMs: number | null;
}

const worlds: fc.Arbitrary<World> = fc
  .record({
    steps: fc.array(fc.integer({ min: 30, max: 400 }), { minLength: 40, maxLength: 200 }),
    cuts: fc.tuple(fc.nat(100), fc.nat(100), fc.nat(100), fc.nat(100)),
    lost: fc.array(fc.nat(200), { maxLength: 12 }),
    fileRate: fc.double({ min: -9e-4, max: 9e-4, noNaN: true }),
    streamRate: fc.double({ min: -9e-5, max: 9e-5, noNaN: true }),
    fileLeadMs: fc.integer({ min: 0, max: 80 }),
    streamLeadMs: fc.integer({ min: 0, max: 900 }),
    reorder: fc.integer({ min: 1, max: 4 }),
    delayMs: fc.integer({ min: 0, max: assumedDelayMs - 100 }),
    provenBeforeMs: fc.option(fc.integer({ min: 0, max: 4_000 })),
  })
  .map(({ steps, cuts: [a, b, c, d], lost, ...rest }) => {
    let atMs = 0;
    const captured = steps.map((step) => (atMs += step));
    const part = (from: number, rest_: number): [number, number] => {
      const first = Math.floor((from / 100) * (captured.length - 20));
      return [first, Math.max(first + 20, captured.length - Math.floor((rest_ / 100) * captured.length))];
    };
    return { ...rest, captured, file: part(a, b), stream: part(c, d), lostByStream: new Set(lost) };
  });

/** Pictures as a container tells of them: the order they are coded in, the times they are shown at. */
function told(
  { captured, reorder }: World,
  indexes: readonly number[],
  { rate, leadMs }: { rate: number; leadMs: number },
): Pictures {
  const firstMs = captured[indexes[0] ?? 0] ?? 0;
  const shown = indexes.map((index): CodedPicture => {
    const hash = new Uint8Array(16);
    new DataView(hash.buffer).setUint32(2, index + 1);
    return { atMs: leadMs + ((captured[index] ?? 0) - firstMs) * (1 + rate), hash };
  });
  const coded: CodedPicture[] = [];
  for (let from = 0; from < shown.length; from += reorder) {
    const [last, ...others] = shown.slice(from, from + reorder).reverse();
    if (last !== undefined) coded.push(last, ...others.reverse());
  }
  return Pictures.of(coded);
}

function matchIn(world: World) {
  const { captured, file, stream, fileRate, streamRate, lostByStream } = world;
  const range = ([from, to]: [number, number]) =>
    Array.from({ length: to - from }, (_, index) => from + index);
  const sent = range(stream).filter((index) => !lostByStream.has(index));
  const [firstSent = 0] = sent;
  const lengthMs = ((captured[sent.at(-1) ?? 0] ?? 0) - (captured[firstSent] ?? 0)) * (1 + streamRate);
  const startMs = epochMs + (captured[firstSent] ?? 0);
  const time = captureTime({
    fromMediaMs: 0,
    toMediaMs: lengthMs,
    units: [{ mediaMs: 0, arrivedMs: startMs + world.delayMs }],
    reports:
      world.provenBeforeMs === null
        ? []
        : [
            {
              mediaMs: 0,
              arrivedMs: startMs + world.delayMs,
              sentNotBeforeMs: startMs - world.provenBeforeMs,
              ntpMs: 0,
            },
          ],
    assumedDelayMs: world.provenBeforeMs === null ? assumedDelayMs : 60_000,
    host: synchronisedHost(5),
    isHostStepped: false,
  });
  const live = told(world, sent, { rate: streamRate, leadMs: world.streamLeadMs });
  const original = told(world, range(file), { rate: fileRate, leadMs: world.fileLeadMs });
  const alignments = new AlignedOriginal(original).align(live, lengthMs);
  const trueStartMs = epochMs + (captured[file[0]] ?? 0) - world.fileLeadMs;
  return { time, match: liveMatchTime({ clipId: 'live', time }, alignments), trueStartMs };
}

describe('the time of an original by its live segments', () => {
  test('holds the true start, whatever clocks, order of coding, losses, leads and delays', () => {
    let matched = 0;
    fc.assert(
      fc.property(worlds, (world) => {
        const { match, trueStartMs } = matchIn(world);
        if (match === null) return;
        matched += 1;
        expect(match.start.lowMs).toBeLessThanOrEqual(trueStartMs);
        expect(match.start.highMs).toBeGreaterThanOrEqual(trueStartMs);
        expect(match.isDelayAssumed).toBe(world.provenBeforeMs === null);
      }),
      { numRuns: 1_000 },
    );
    expect(matched).toBeGreaterThan(300);
  });

  test('adds no more than its slack to what the segment tells of itself', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const { match, time } = matchIn(world);
        if (match === null) return;
        const live = width(time.start);
        expect(match.start.highMs - match.start.lowMs).toBeLessThanOrEqual(live + 2 * (100 + 80 + 80));
      }),
    );
  });

  test('is nothing where nothing is proven of the segment', () => {
    const time: ClipTime = {
      start: { kind: 'unbounded', value: null, halfWidthMs: null, notBefore: null, notAfter: null },
      end: { kind: 'unbounded', value: null, halfWidthMs: null, notBefore: null, notAfter: null },
      sources: [],
      conflicts: [],
      doubts: ['host-unsynchronised'],
    };
    const alignment = {
      equal: [{ fromMs: 0, toMs: 10_000 }],
      pictures: 100,
      laterMs: { lowMs: 0, highMs: 0 },
      originalFromMs: 0,
      originalToMs: 10_000,
    };
    expect(liveMatchTime({ clipId: 'live', time }, [alignment])).toBeNull();
  });
});

describe('an original of unknown clock', () => {
  test('carries the assumed delay of its segments, and none where a report proves it', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const { match, trueStartMs } = matchIn(world);
        if (match === null) return;
        const { start, doubts } = fuseClipTime(
          {
            kind: 'video',
            startedAt: null,
            modifiedAt: null,
            durationMs: 60_000,
            createdAt: null,
            takenAt: null,
            tracks: [],
            liveMatches: [match],
            stretches: [],
            isHostDoubtful: false,
            listedBeforeMs: null,
            assumedZone: 'Asia/Shanghai',
          },
          limits,
        );
        expect(start.kind).toBe('bounded');
        expect(Date.parse(start.notBefore ?? '')).toBeLessThanOrEqual(trueStartMs);
        expect(Date.parse(start.notAfter ?? '')).toBeGreaterThanOrEqual(trueStartMs);
        expect(doubts.includes('delay-assumed')).toBe(world.provenBeforeMs === null);
      }),
    );
  });
});

function width({ notBefore, notAfter }: ClipTime['start']): number {
  return Date.parse(notAfter ?? '') - Date.parse(notBefore ?? '');
}
