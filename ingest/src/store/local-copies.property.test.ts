import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LocalCopiesBench } from '../testing/local-copies-bench.ts';
import { expectSoundStore } from '../testing/sound-store.ts';

const { signal } = new AbortController();

type Act =
  | { do: 'dock'; sizeBytes: number }
  | { do: 'look' | 'forward' | 'settle' }
  | { do: 'hold' | 'lift' | 'spoil-receipt'; clip: number }
  | { do: 'days-pass'; days: number }
  | { do: 'fill'; otherBytes: number };

const anyAct: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ do: fc.constant('dock' as const), sizeBytes: fc.integer({ min: 1000, max: 20_000 }) }),
  fc.record({
    do: fc.constantFrom('look' as const, 'forward' as const, 'settle' as const, 'settle' as const),
  }),
  fc.record({
    do: fc.constantFrom('hold' as const, 'lift' as const, 'spoil-receipt' as const),
    clip: fc.nat(5),
  }),
  fc.record({ do: fc.constant('days-pass' as const), days: fc.integer({ min: 0, max: 20 }) }),
  fc.record({ do: fc.constant('fill' as const), otherBytes: fc.integer({ min: 0, max: 95_000 }) }),
);

/** Stories that begin with archived clips and end with a full store long after: what is between decides. */
const beginning: readonly Act[] = [
  { do: 'dock', sizeBytes: 9000 },
  { do: 'dock', sizeBytes: 9000 },
  { do: 'dock', sizeBytes: 9000 },
  { do: 'look' },
  { do: 'forward' },
];
const end: readonly Act[] = [
  { do: 'days-pass', days: 3 },
  { do: 'fill', otherBytes: 95_000 },
  { do: 'settle' },
];

/** What the story knows of each clip, by its name. */
interface Known {
  isLookedInto: boolean;
  isSigned: boolean;
  isSpoilt: boolean;
  holdId: string | null;
}

class Story {
  readonly bench: LocalCopiesBench;
  readonly clips = new Map<string, Known>();

  constructor(bench: LocalCopiesBench) {
    this.bench = bench;
  }

  async act(act: Act): Promise<void> {
    const { ingest } = this.bench.dock;
    if (act.do === 'dock') {
      const name = `${this.clips.size}.mp4`;
      await this.bench.take({ [name]: act.sizeBytes });
      this.clips.set(name, {
        isLookedInto: false,
        isSigned: false,
        isSpoilt: false,
        holdId: null,
      });
    } else if (act.do === 'look') {
      await this.bench.lookInto();
      for (const known of this.clips.values()) known.isLookedInto = true;
    } else if (act.do === 'forward') {
      await this.bench.dock.forward();
      // The archive's answers are facts of the clip, which is then reckoned anew.
      await ingest.caseWork.reckoner.settle(signal);
      for (const known of this.clips.values()) known.isSigned = true;
    } else if (act.do === 'days-pass') this.bench.daysLater += act.days;
    else if (act.do === 'fill') this.bench.otherBytes = act.otherBytes;
    else if (act.do === 'settle') await this.settle();
    else if ('clip' in act) await this.actOnClip(act.do, act.clip);
  }

  async actOnClip(what: 'hold' | 'lift' | 'spoil-receipt', index: number): Promise<void> {
    const name = `${index}.mp4`;
    const known = this.clips.get(name);
    if (known === undefined) return;
    const { database, caseWork } = this.bench.dock.ingest;
    const { clipId } = await this.bench.dock.clip(name);
    const { holds } = caseWork.retention;
    if (what === 'hold' && known.holdId === null) {
      const hold = await holds.place({ clipId }, 'inquiry', { person: '张三', reason: '调查' });
      known.holdId = hold.holdId;
    } else if (what === 'lift' && known.holdId !== null) {
      await holds.lift(known.holdId, { person: '李四', reason: '调查结束' });
      known.holdId = null;
    } else if (what === 'spoil-receipt' && known.isSigned) {
      known.isSpoilt = true;
      await database.write((transaction) =>
        transaction.run("UPDATE receipt SET body = replace(body, 'readback', 'stat') WHERE clip_id = ?", [
          clipId,
        ]),
      );
    }
    await caseWork.reckoner.settle(signal);
  }

  async settle(): Promise<void> {
    const { bench } = this;
    const before = new Set((await bench.local()).map(({ name }) => name));
    const { freeBytes, totalBytes } = await bench.room();
    const isTooFull = totalBytes - freeBytes > 0.8 * totalBytes;
    const after = new Set(await bench.settle());
    expect(bench.errors).toEqual([]);
    const left = [...before].filter((name) => !after.has(name));
    for (const name of left) {
      expect({ name, may: this.mayLeave(name, 1) }).toEqual({ name, may: true });
      expect(isTooFull || bench.daysLater >= 30).toBe(true);
    }
    const room = await bench.room();
    const isStillFull = totalBytes - room.freeBytes > 0.5 * totalBytes;
    if (isTooFull && isStillFull) expect([...after].filter((name) => this.mayLeave(name, 2))).toEqual([]);
    if (bench.daysLater > 30) expect([...after].filter((name) => this.mayLeave(name, 2))).toEqual([]);
  }

  /** On the day itself, to the hour, either is right. */
  mayLeave(name: string, leastDays: number): boolean {
    const known = this.clips.get(name);
    if (known === undefined) return false;
    const { isLookedInto, isSigned, isSpoilt, holdId } = known;
    return isLookedInto && isSigned && !isSpoilt && holdId === null && this.bench.daysLater >= leastDays;
  }
}

test('whatever happens, no local copy leaves that is not signed for, looked into, old enough and free; and room is regained where it may be', {
  timeout: 240_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyAct, { minLength: 2, maxLength: 14 }), async (acts) => {
      const story = new Story(await LocalCopiesBench.open({ keepLocalDays: 30 }));
      for (const act of [...beginning, ...acts, ...end]) await story.act(act);
      await expectSoundStore(story.bench.dock);
      await story.bench.dock.close();
    }),
    { numRuns: 12 },
  );
});
