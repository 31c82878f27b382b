import { describe, expect, test } from 'vitest';
import { dutyAt } from '../testing/coverage-worlds.ts';
import { exampleActivity } from '../testing/example-facts.ts';
import type { Footage } from './footage.ts';
import { judgeActivity } from './judge-activity.ts';
import type { Judgement } from './judgement.ts';
import { type SharedPictures, withSharedPictures } from './shared-pictures.ts';

const startMs = Date.parse(exampleActivity.startedAt ?? '');
const endedAt = new Date(startMs + 120_000).toISOString();
const at = (second: number) => startMs + second * 1_000;

/** As the index gives it: a live segment by media time and arrival, truly so long on its way. */
function live(
  fromSecond: number,
  toSecond: number,
  { line = 1, delayMs = 500 }: { line?: number; delayMs?: number } = {},
): Footage {
  const arrived = (second: number) => ({ lowMs: at(second) + delayMs - 3_000, highMs: at(second) + delayMs });
  return {
    clipId: `live ${fromSecond}`,
    recorderId: 'A',
    clockId: `session ${line}`,
    officerId: null,
    mediaKind: 'video',
    span: { start: arrived(fromSecond), end: arrived(toSecond) },
    guess: { fromMs: null, toMs: null, doubtMs: null },
    ownClock: { fromMs: fromSecond * 1_000, toMs: toSecond * 1_000 },
    sharesPicturesWith: [],
    doubts: ['delay-assumed'],
    isHashSound: true,
    sealedMs: startMs,
  };
}

/** As the index gives it: an original by the recorder's clock, which is known to `doubtMs`. */
function original(fromSecond: number, toSecond: number, doubtMs: number): Footage {
  const clock = (second: number) => ({ lowMs: at(second) - doubtMs, highMs: at(second) + doubtMs });
  return {
    ...live(fromSecond, toSecond),
    clipId: `original ${fromSecond}`,
    clockId: 'docking',
    span: { start: clock(fromSecond), end: clock(toSecond) },
    ownClock: { fromMs: at(fromSecond) - 3_600_000, toMs: at(toSecond) - 3_600_000 },
    doubts: [],
  };
}

/** Where they overlap, both hold the same pictures. */
function shared(one: Footage, of: Footage, isTimeProven = true): SharedPictures {
  const seconds = ({ clipId }: Footage) => Number(clipId.split(' ')[1]);
  const laterMs = (seconds(of) - seconds(one)) * 1_000;
  return {
    liveClipId: one.clipId,
    originalClipId: of.clipId,
    isOriginalSound: true,
    alignments: [
      {
        equal: [{ fromMs: Math.max(0, laterMs), toMs: Math.max(0, laterMs) + 1_000 }],
        pictures: 25,
        laterMs: { lowMs: laterMs, highMs: laterMs },
        originalFromMs: Math.max(0, -laterMs),
        originalToMs: Math.max(0, -laterMs) + 1_000,
      },
    ],
    originalStart: isTimeProven ? of.span.start : null,
  };
}

function judge(footage: readonly Footage[], pictures: readonly SharedPictures[] = []) {
  return brief(held(footage, pictures));
}

function held(footage: readonly Footage[], pictures: readonly SharedPictures[] = []): Judgement {
  return judgeActivity(
    {
      activity: { ...exampleActivity, endedAt, timeDoubtMs: 0 },
      duty: dutyAt('whole-process'),
      footage: withSharedPictures(footage, pictures),
      exceptions: [],
      people: [],
    },
    { joinToleranceMs: 2_000, uploadWithinMs: 86_400_000 },
    startMs,
  );
}

function brief({ state, gaps, clips }: Judgement) {
  return { state, gaps: gaps.map(({ kind }) => kind), runs: new Set(clips.map(({ run }) => run)).size };
}

describe('one minute by the card, one by the stream', () => {
  // The stream is lost from 30 s to 40 s; the card lacks 50 s to 110 s. Where they meet they share a second.
  const stream = [live(-10, 30), live(40, 70, { line: 2 }), live(70, 130, { line: 2 })];
  const card = [original(29, 41, 1_500)];
  const pictures = card.flatMap((of) => stream.slice(0, 2).map((one) => shared(one, of, false)));

  test('pieces of one media time are one run', () => {
    expect(judge(stream).runs).toBe(2);
  });

  test('neither answers the duty alone', () => {
    expect(judge(stream)).toMatchObject({ state: 'partial', gaps: ['sure'] });
    expect(judge(card)).toMatchObject({ state: 'partial', gaps: ['sure', 'sure'] });
  });

  test('both do, for they hold the same pictures where they meet, though no clock tells so', () => {
    expect(judge([...stream, ...card])).toMatchObject({ state: 'unverifiable' });
    expect(judge([...stream, ...card], pictures)).toEqual({ state: 'met', gaps: [], runs: 1 });
  });

  test('pictures of bytes that are not sound join nothing', () => {
    const unsound = pictures.map((one) => ({ ...one, isOriginalSound: false }));
    expect(judge([...stream, ...card], unsound)).toMatchObject({ state: 'unverifiable' });
  });
});

describe('a judgement tells whether it rests on the assumed delay', () => {
  const stream = [live(-10, 70), live(70, 130)];

  test('where the stream alone answers the duty', () => {
    expect(held(stream)).toMatchObject({ state: 'met', restsOn: ['delay-assumed'] });
    const proven = stream.map((clip): Footage => ({ ...clip, doubts: [] }));
    expect(held(proven)).toMatchObject({ state: 'met', restsOn: [] });
  });

  test('where the ends of its gaps do', () => {
    expect(held([live(-10, 30), live(60, 130)])).toMatchObject({
      state: 'partial',
      gaps: [{}],
      restsOn: ['delay-assumed'],
    });
  });

  test('and not where originals answer it anyway, or where the stream ran for so long that no delay matters', () => {
    expect(held([...stream, original(-20, 140, 1_000)])).toMatchObject({ state: 'met', restsOn: [] });
    expect(held([live(-10, 900)])).toMatchObject({ state: 'met', restsOn: [] });
    expect(held([live(3_000, 3_100)])).toMatchObject({ state: 'missing', restsOn: [] });
  });

  test('and not once an original of proven time with the same pictures tells the delay', () => {
    const card = original(20, 40, 1_500);
    expect(held([...stream, card], [shared(stream[0] as Footage, card)])).toMatchObject({
      state: 'met',
      restsOn: [],
    });
  });
});

describe('a stream that truly was half a minute on its way', () => {
  // By the assumed delay it seems to have been recorded from 15 s on; the card knows better.
  const delayMs = 30_000;
  const stream = [live(-15, 55, { delayMs }), live(55, 125, { delayMs })];
  const card = [original(-20, 0, 200)];
  const pictures = [shared(stream[0] as Footage, card[0] as Footage)];

  test('is placed by an original of proven time, and all of its media time with it', () => {
    expect(judge(stream)).toMatchObject({ state: 'partial' });
    const [first, second] = withSharedPictures(stream, pictures);
    for (const [clip, second_] of [
      [first, -15],
      [second, 55],
    ] as const) {
      expect(clip?.doubts).toEqual([]);
      expect(clip?.span.start.lowMs).toBeLessThanOrEqual(at(second_));
      expect(clip?.span.start.highMs).toBeGreaterThanOrEqual(at(second_));
      expect((clip?.span.start.highMs ?? 0) - (clip?.span.start.lowMs ?? 0)).toBeLessThan(700);
    }
    expect(judge(stream, pictures)).toMatchObject({ state: 'met', gaps: [] });
  });

  test('is not placed by an original whose own time rests on it', () => {
    const circular = pictures.map((one) => ({ ...one, originalStart: null }));
    expect(withSharedPictures(stream, circular)[0]?.span).toEqual(stream[0]?.span);
  });
});
