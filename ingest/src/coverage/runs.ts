import { type Interval, intersection } from '../time/interval.ts';
import { type Footage, isProven } from './footage.ts';
import type { Stretch } from './stretches.ts';

/**
 * Clips that follow each other or hold the same pictures: one recording in pieces. `sure`: in which it surely went on, `null` where
 * the doubt eats it up; `possible`: in which it may have gone on.
 */
export interface Run {
  clipIds: string[];
  sure: Stretch | null;
  possible: Stretch;
}

/**
 * Puts clips together that one recorder recorded one after the other, taken in one docking or sent in one live session, with
 * no more than `joinToleranceMs` between them; and live footage with originals that hold some of the same pictures.
 *
 * Such clips share the error of one clock, so what lies between two of them is measured by that clock itself, as found,
 * and not by the bounds of their times in UTC: shrinking each clip by its half-width (standards §6.2) at each such join
 * would invent a gap of twice the doubt wherever a recorder begins a new file. The doubt counts once, at the two ends of
 * the run. Clips whose errors cannot be the same (the clock was moved in between) are not put together, and a clip whose
 * time or bytes are not proven stands alone.
 *
 * What was sent live and what lay on the card are told by two clocks, but pictures that both hold were captured in one
 * instant: the two overlap, however little and whatever the doubts of both.
 *
 * Photos are no stretch of time and are left out.
 */
export function runsOf(footage: readonly Footage[], joinToleranceMs: number): Run[] {
  const moving = footage.filter(({ mediaKind }) => mediaKind !== 'photo');
  const joinable = moving.filter(isProven);
  const alone = moving.filter((clip) => !joinable.includes(clip));
  return [...connected(joinable, joinToleranceMs).map(runOf), ...alone.map((clip) => runOf([clip]))];
}

/** Clips that joins hold together, by one clock or by shared pictures. */
function connected(clips: readonly Footage[], joinToleranceMs: number): Footage[][] {
  const byClock = groups(clips.filter(({ ownClock }) => ownClock !== null)).flatMap((group) =>
    followed(group, joinToleranceMs),
  );
  const untold = clips.filter(({ ownClock }) => ownClock === null).map((clip) => [clip]);
  let parts: Footage[][] = [];
  for (const next of [...byClock, ...untold]) {
    const joined = parts.filter((part) => sharePictures(part, next));
    parts = [...parts.filter((part) => !joined.includes(part)), [...joined.flat(), ...next]];
  }
  return parts;
}

function sharePictures(part: readonly Footage[], next: readonly Footage[]): boolean {
  const isShared = (one: Footage, other: Footage) =>
    one.sharesPicturesWith.includes(other.clipId) || other.sharesPicturesWith.includes(one.clipId);
  return part.some((one) => next.some((other) => isShared(one, other)));
}

function groups(footage: readonly Footage[]): Footage[][] {
  const byClock = new Map<string, Footage[]>();
  for (const clip of footage) {
    const key = JSON.stringify([clip.recorderId, clip.clockId]);
    byClock.set(key, [...(byClock.get(key) ?? []), clip]);
  }
  return [...byClock.values()];
}

/** The clips of one clock, parted where no join holds them together. */
function followed(group: readonly Footage[], joinToleranceMs: number): Footage[][] {
  const sorted = [...group].sort((left, right) => own(left).fromMs - own(right).fromMs);
  let parts: Footage[][] = [];
  for (const clip of sorted) {
    const joined = parts.filter((part) => part.some((other) => isJoin(other, clip, joinToleranceMs)));
    parts = [...parts.filter((part) => !joined.includes(part)), [...joined.flat(), clip]];
  }
  return parts;
}

/** `next` begins, by the clock of both, no later than a moment after `before` ends. */
function isJoin(before: Footage, next: Footage, joinToleranceMs: number): boolean {
  return (
    own(next).fromMs - own(before).toMs <= joinToleranceMs &&
    intersection(clockError(before), clockError(next)) !== null
  );
}

/** By how much the recorder's clock was behind UTC when the clip began. */
function clockError(clip: Footage): Interval {
  const { lowMs, highMs } = clip.span.start;
  const { fromMs } = own(clip);
  return { lowMs: lowMs - fromMs, highMs: highMs - fromMs };
}

function own({ ownClock, clipId }: Footage): { fromMs: number; toMs: number } {
  if (ownClock === null) throw new RangeError(`the clock of clip ${clipId} tells nothing`);
  return ownClock;
}

/** Whichever clip had begun, and whichever had not ended: between them the run went on. */
function runOf(clips: readonly Footage[]): Run {
  const latestStarts = clips.map(({ span }) => span.start.highMs);
  const earliestEnds = clips.map(({ span }) => span.end.lowMs);
  const sure = { fromMs: Math.min(...latestStarts), toMs: Math.max(...earliestEnds) };
  const isSure = clips.every((clip) => clip.isHashSound) && sure.fromMs < sure.toMs;
  return {
    clipIds: clips.map(({ clipId }) => clipId),
    sure: isSure ? sure : null,
    possible: {
      fromMs: Math.min(...clips.map(({ span }) => span.start.lowMs)),
      toMs: Math.max(...clips.map(({ span }) => span.end.highMs)),
    },
  };
}
