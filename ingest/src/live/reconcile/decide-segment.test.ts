import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { totalMs, union, within, without } from '../../coverage/stretches.ts';
import { synchronisedHost } from '../../testing/host-clocks.ts';
import { captureTime } from '../capture-time.ts';
import {
  decideSegment,
  type OriginalFacts,
  type SegmentFacts,
  usualDeciding,
  type WholeListing,
} from './decide-segment.ts';
import { picturePlace } from './picture-place.ts';
import { startWhateverDelay } from './start-whatever-delay.ts';

/** Where things truly lay, beside what is known of them. */
interface World {
  segment: SegmentFacts;
  trueStartMs: number;
  originals: { facts: OriginalFacts; fromMs: number; toMs: number }[];
  listings: WholeListing[];
}

const everything = { lowMs: Number.NEGATIVE_INFINITY, highMs: Number.POSITIVE_INFINITY };
const base = Date.parse('2026-11-22T08:00:00Z');

/** Some interval that holds the truth, perhaps all of time. */
const doubtAround = (valueMs: number, below: number, above: number) => ({
  lowMs: below < 0 ? Number.NEGATIVE_INFINITY : valueMs - below,
  highMs: above < 0 ? Number.POSITIVE_INFINITY : valueMs + above,
});

/** What the settings say of the delay; the worlds know better. */
const assumedDelayMs = 3_000;

/** When a segment began that was so long on its way, with nothing but its arrival to tell. */
const startByArrival = (lengthMs: number, delayMs: number) =>
  startWhateverDelay(
    captureTime({
      fromMediaMs: 0,
      toMediaMs: lengthMs,
      units: [{ mediaMs: 0, arrivedMs: base + delayMs }],
      reports: [],
      assumedDelayMs,
      host: synchronisedHost(10),
      isHostStepped: false,
    }),
  );

type LiveStart = { doubt: [number, number] } | { delayMs: number };

const anyDoubt = fc.oneof({ weight: 6, arbitrary: fc.nat(5_000) }, { weight: 1, arbitrary: fc.constant(-1) });

const drawnOriginal = fc.record({
  fromMs: fc.integer({ min: -400_000, max: 700_000 }),
  lengthMs: fc.integer({ min: 500, max: 500_000 }),
  startDoubt: fc.tuple(anyDoubt, anyDoubt),
  endDoubt: fc.tuple(anyDoubt, anyDoubt),
  isStored: fc.boolean(),
  isSound: fc.boolean(),
  firstListedAt: fc.nat(60),
  comparison: fc.constantFrom('none', 'waiting', 'compared', 'other-format', 'unreadable'),
  isSameEncoding: fc.boolean(),
  /** The segment before it on its media time holds pictures of the original. */
  isKnownByNeighbour: fc.boolean(),
});
const neighbourMs = 60_000;

function worldOf(drawn: {
  lengthMs: number;
  start: LiveStart;
  originals: readonly (typeof drawnOriginal extends fc.Arbitrary<infer One> ? One : never)[];
  listings: readonly number[];
}): World {
  const segment: SegmentFacts = {
    clipId: 'live',
    lengthMs: drawn.lengthMs,
    start:
      'doubt' in drawn.start
        ? doubtAround(base, ...drawn.start.doubt)
        : startByArrival(drawn.lengthMs, drawn.start.delayMs),
    sealedAt: 20,
  };
  const originals = drawn.originals.map((one, index) => {
    const [fromMs, toMs] = [base + one.fromMs, base + one.fromMs + one.lengthMs];
    const equal = within({ fromMs: 0, toMs: drawn.lengthMs }, [
      { fromMs: one.fromMs, toMs: one.fromMs + one.lengthMs },
    ]);
    const isAligned = one.comparison === 'compared' && one.isSameEncoding && totalMs(equal) > 1_000;
    const alignment = (apartMs: number) => ({
      equal,
      pictures: 100,
      laterMs: { lowMs: one.fromMs + apartMs, highMs: one.fromMs + apartMs },
      originalFromMs: (equal[0]?.fromMs ?? 0) - one.fromMs,
      originalToMs: Math.min(one.lengthMs, (equal.at(-1)?.toMs ?? 0) - one.fromMs),
    });
    const alignments = isAligned ? [alignment(0)] : [];
    const onLine = { line: 1, fromMs: neighbourMs };
    const neighbour = {
      clipId: 'before',
      onLine: { ...onLine, fromMs: 0 },
      alignments: [alignment(neighbourMs)],
    };
    const facts: OriginalFacts = {
      clipId: `original ${index}`,
      span: one.isStored
        ? { start: doubtAround(fromMs, ...one.startDoubt), end: doubtAround(toMs, ...one.endDoubt) }
        : { start: everything, end: everything },
      isStored: one.isStored,
      isSound: one.isSound,
      firstListedAt: one.firstListedAt,
      comparison: one.comparison as OriginalFacts['comparison'],
      alignments,
      place: picturePlace({ clipId: 'live', onLine }, [
        ...(isAligned ? [{ clipId: 'live', onLine, alignments }] : []),
        ...(one.isKnownByNeighbour ? [neighbour] : []),
      ]),
      lengthMs: one.lengthMs,
    };
    return { facts, fromMs, toMs };
  });
  const listings = drawn.listings.map((attachedAt) => ({ dockingId: `docking ${attachedAt}`, attachedAt }));
  return { segment, trueStartMs: base, originals, listings };
}

const worlds = fc
  .record({
    lengthMs: fc.integer({ min: 100, max: 600_000 }),
    start: fc.oneof(
      fc.record({ doubt: fc.tuple(anyDoubt, anyDoubt) }),
      fc.record({ delayMs: fc.oneof(fc.nat(2 * assumedDelayMs), fc.nat(600_000)) }),
    ),
    originals: fc.array(drawnOriginal, { maxLength: 4 }),
    listings: fc.array(fc.nat(60), { maxLength: 3 }),
  })
  .map(worldOf);

const decide = ({ segment, originals, listings }: World) =>
  decideSegment(
    segment,
    originals.map(({ facts }) => facts),
    listings,
  );

const inWorld = (world: World, { fromMs, toMs }: { fromMs: number; toMs: number }) => ({
  fromMs: world.trueStartMs + fromMs,
  toMs: world.trueStartMs + toMs,
});

describe('deciding a live segment', () => {
  test('every moment of it is decided once', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const matches = decide(world);
        expect(matches[0]?.fromMs).toBe(0);
        expect(matches.at(-1)?.toMs).toBe(world.segment.lengthMs);
        for (const [index, match] of matches.entries()) {
          expect(match.toMs).toBeGreaterThan(match.fromMs);
          if (index > 0) expect(match.fromMs).toBe(matches[index - 1]?.toMs);
        }
      }),
    );
  });

  test('nothing is called lost that lay on the recorder when it was listed', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        for (const match of decide(world)) {
          if (match.verdict !== 'live-only' || match.evidence.kind !== 'listing') continue;
          const { dockingId } = match.evidence;
          const listing = world.listings.find((one) => one.dockingId === dockingId);
          expect(listing?.attachedAt).toBeGreaterThan(world.segment.sealedAt);
          const held = world.originals.filter(
            ({ facts }) => facts.firstListedAt <= (listing?.attachedAt ?? 0),
          );
          expect(within(inWorld(world, match), held)).toEqual([]);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test('what is called superseded or confirmed truly is in that original', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        for (const match of decide(world)) {
          if (match.verdict !== 'superseded' && match.verdict !== 'confirmed') continue;
          const original = world.originals.find(({ facts }) => facts.clipId === match.originalClipId);
          const whole = inWorld(world, match);
          expect(totalMs(without(whole, original === undefined ? [] : [original]))).toBeLessThanOrEqual(2);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test('where all is known, what the recorder lost is found', () => {
    const known = fc
      .record({
        lengthMs: fc.integer({ min: 5_000, max: 600_000 }),
        start: fc.constant<LiveStart>({ doubt: [0, 0] }),
        originals: fc.array(
          drawnOriginal.map((one) => ({
            ...one,
            startDoubt: [0, 0] as [number, number],
            endDoubt: [0, 0] as [number, number],
            isStored: true,
            isSound: true,
            firstListedAt: 10,
            comparison: 'compared' as const,
            isSameEncoding: false,
            isKnownByNeighbour: false,
          })),
          { maxLength: 3 },
        ),
        listings: fc.constant<readonly number[]>([30]),
      })
      .map(worldOf);
    fc.assert(
      fc.property(known, (world) => {
        const whole = inWorld(world, { fromMs: 0, toMs: world.segment.lengthMs });
        const lost = without(whole, world.originals).filter(
          ({ fromMs, toMs }) => toMs - fromMs > usualDeciding.pauseMs + 500,
        );
        const told = union(
          decide(world)
            .filter(({ verdict }) => verdict === 'live-only')
            .map((match) => inWorld(world, match)),
        );
        for (const one of lost) expect(totalMs(without(one, told))).toBeLessThanOrEqual(500);
      }),
    );
  });

  test('one recorder, one minute: what its clip holds is confirmed, what it should hold besides is lost', () => {
    const segment: SegmentFacts = {
      clipId: 'live',
      lengthMs: 60_000,
      start: { lowMs: base, highMs: base + 200 },
      sealedAt: 20,
    };
    const original: OriginalFacts = {
      clipId: 'original',
      span: { start: everything, end: everything },
      isStored: true,
      isSound: true,
      firstListedAt: 31,
      comparison: 'compared',
      alignments: [
        {
          equal: [{ fromMs: 0, toMs: 40_000 }],
          pictures: 1_000,
          laterMs: { lowMs: -20_000, highMs: -20_000 },
          originalFromMs: 20_000,
          originalToMs: 60_000,
        },
      ],
      place: { laterMs: { lowMs: -20_000, highMs: -20_000 }, seenToMs: 60_000 },
      lengthMs: 60_000,
    };
    const listings = [{ dockingId: 'docking', attachedAt: 30 }];
    const verdicts = decideSegment(segment, [{ ...original, firstListedAt: 30 }], listings);
    expect(verdicts.map(({ verdict, fromMs, toMs }) => ({ verdict, fromMs, toMs }))).toEqual([
      { verdict: 'confirmed', fromMs: 0, toMs: 40_000 },
      { verdict: 'undecided', fromMs: 40_000, toMs: 40_160 },
      { verdict: 'live-only', fromMs: 40_160, toMs: 60_000 },
    ]);
  });

  describe('of which nothing but its arrival tells when it was captured', () => {
    const listings = [{ dockingId: 'docking', attachedAt: 30 }];
    const lengthMs = 60_000;
    const segment: SegmentFacts = {
      clipId: 'live',
      lengthMs,
      start: startByArrival(lengthMs, 0),
      sealedAt: 20,
    };
    /** Another encoding, by a clock that was read before and after. */
    const original = (fromMs: number, toMs: number): OriginalFacts => ({
      clipId: 'original',
      span: { start: doubtAround(base + fromMs, 500, 500), end: doubtAround(base + toMs, 500, 500) },
      isStored: true,
      isSound: true,
      firstListedAt: 30,
      comparison: 'compared',
      alignments: [],
      place: null,
      lengthMs: toMs - fromMs,
    });
    const told = (originals: readonly OriginalFacts[]) =>
      decideSegment(segment, originals, listings).map(({ verdict, evidence }) =>
        evidence.kind === 'reason' ? evidence.reason : verdict,
      );

    test('it is lost where the recorder held nothing', () => {
      expect(told([])).toEqual(['live-only']);
    });

    test('it is lost where all the recorder held is of long before, or of after it arrived', () => {
      expect(told([original(-1_200_000, -700_000), original(70_000, 130_000)])).toEqual(['live-only']);
    });

    test('a clip that ended half a minute before it arrived may be it, for it may have been on its way as long', () => {
      expect(told([original(-200_000, -30_000)])).toEqual(['within-doubt']);
    });

    test('a clip that lies over it by the assumed delay alone does not stand in its place', () => {
      expect(told([original(-60_000, 120_000)])).toEqual(['within-doubt']);
      expect(told([original(-660_000, 120_000)])).toEqual(['superseded']);
    });

    test('pictures of the segment before it tell where a clip ends, and that the rest is lost', () => {
      const before = {
        clipId: 'before',
        onLine: { line: 1, fromMs: 0 },
        alignments: [
          {
            equal: [{ fromMs: 0, toMs: lengthMs }],
            pictures: 1_000,
            laterMs: { lowMs: -100_000, highMs: -100_000 },
            originalFromMs: 100_000,
            originalToMs: 160_000,
          },
        ],
      };
      const place = picturePlace({ clipId: 'live', onLine: { line: 1, fromMs: lengthMs } }, [before]);
      const ended = { ...original(-160_000, 10_000), place, lengthMs: 170_000 };
      const verdicts = decideSegment(segment, [ended], listings).map(({ verdict, toMs }) => [
        verdict,
        Math.round(toMs / 1_000),
      ]);
      expect(verdicts).toEqual([
        ['superseded', 10],
        ['undecided', 10],
        ['live-only', 60],
      ]);
      expect(picturePlace({ clipId: 'live', onLine: { line: 2, fromMs: 0 } }, [before])).toBeNull();
    });
  });
});
