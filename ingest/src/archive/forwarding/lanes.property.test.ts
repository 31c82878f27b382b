import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Heads, type LaneClip, Lanes } from './lanes.ts';
import type { Tier } from './line-share.ts';

interface Running extends LaneClip {
  dueAt: string;
  tier: Tier;
  leftParts: number;
}

/** A line of clips and lanes that move one part at a time; the fullest dock there can be. */
class Site {
  readonly lanes: Lanes;
  readonly count: number;
  readonly waiting: Record<Tier, Running[]> = { important: [], bulk: [] };
  readonly running: Running[] = [];
  readonly done: string[] = [];
  readonly sentParts: Record<Tier, number> = { important: 0, bulk: 0 };
  #made = 0;

  constructor(count: number, share: number) {
    this.count = count;
    this.lanes = new Lanes(count, share);
  }

  add(tier: Tier, due: number, parts: number): string {
    this.#made += 1;
    const clipId = `${tier}-${this.#made}`;
    const dueAt = String(due).padStart(6, '0');
    this.#queue({ clipId, sizeBytes: parts, dueAt, tier, leftParts: parts });
    return clipId;
  }

  get heads(): Heads {
    return {
      important: this.waiting.important.slice(0, this.count),
      bulk: this.waiting.bulk.slice(0, this.count),
    };
  }

  fill(): void {
    for (let next = this.lanes.next(this.heads); next !== null; next = this.lanes.next(this.heads)) {
      const { clipId, tier } = next;
      const [clip] = this.waiting[tier].splice(
        this.waiting[tier].findIndex((one) => one.clipId === clipId),
        1,
      );
      if (clip === undefined) throw new Error('a clip that does not wait was begun');
      this.lanes.begin(clip, tier);
      this.running.push(clip);
    }
  }

  /** The next part of one lane. */
  step(lane: number): void {
    const clip = this.running[lane % Math.max(this.running.length, 1)];
    if (clip === undefined) return;
    if (this.lanes.mustYield(clip.clipId, this.heads)) this.leave(clip, true);
    else {
      this.lanes.sent(clip.clipId, 1, this.heads);
      this.sentParts[clip.tier] += 1;
      clip.leftParts -= 1;
      if (clip.leftParts === 0) this.leave(clip, false);
    }
    this.fill();
  }

  leave(clip: Running, isYielding: boolean): void {
    this.running.splice(this.running.indexOf(clip), 1);
    this.lanes.end(clip.clipId);
    if (isYielding) this.#queue(clip);
    else this.done.push(clip.clipId);
  }

  /** Behind all that is due no later. */
  #queue(clip: Running): void {
    const line = this.waiting[clip.tier];
    line.splice(line.findLastIndex(({ dueAt }) => dueAt <= clip.dueAt) + 1, 0, clip);
  }
}

const act = fc.oneof(
  fc.record({
    add: fc.constantFrom<Tier>('important', 'bulk'),
    due: fc.nat(50),
    parts: fc.integer({ min: 1, max: 6 }),
  }),
  fc.record({ lane: fc.nat(5) }),
);

test('no lane is idle while a clip may go, none holds two, and everything gets there', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 4 }),
      fc.constantFrom(0, 0.25, 1),
      fc.array(act, { maxLength: 80 }),
      (count, share, acts) => {
        const site = new Site(count, share);
        let made = 0;
        for (const one of acts) {
          if ('add' in one) {
            made += 1;
            site.add(one.add, one.due, one.parts);
            site.fill();
          } else site.step(one.lane);
          const waiting = site.waiting.important.length + site.waiting.bulk.length;
          expect(site.running.length).toBeLessThanOrEqual(count);
          if (waiting > 0) expect(site.running.length).toBe(count);
          expect(site.lanes.clipIds.sort()).toEqual(site.running.map(({ clipId }) => clipId).sort());
        }
        for (let turn = 0; site.done.length < made; turn += 1) {
          if (turn > 5_000) throw new Error('something starves');
          site.step(turn);
        }
        expect(new Set(site.done).size).toBe(made);
      },
    ),
  );
});

test('an important clip that is due first, or the first to come, waits behind one part of each lane at most', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 4 }),
      fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 10 }),
      fc.boolean(),
      (count, bulkParts, isDueFirst) => {
        const site = new Site(count, 0.25);
        for (const parts of bulkParts) site.add('bulk', 100, parts);
        site.fill();
        const clipId = site.add('important', isDueFirst ? 1 : 900, 3);
        site.fill();
        for (let lane = 0; lane < count; lane += 1) site.step(0);
        // With a lane to itself it may be through by then.
        expect([...site.running.map((clip) => clip.clipId), ...site.done]).toContain(clipId);
      },
    ),
  );
});

test('bulk that is due first gets its part of the line, and important clips keep their share of it', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4 }), fc.constantFrom(0.25, 0.5), (count, share) => {
      const site = new Site(count, share);
      for (let clip = 0; clip < 600; clip += 1) {
        site.add('bulk', 1, 4);
        site.add('important', 900, 4);
      }
      site.fill();
      for (let turn = 0; turn < 1_000; turn += 1) site.step(turn);
      const { important, bulk } = site.sentParts;
      expect(important / (important + bulk)).toBeGreaterThanOrEqual(share - 0.05);
      expect(bulk / (important + bulk)).toBeGreaterThanOrEqual(1 - share - 0.15);
    }),
  );
});
