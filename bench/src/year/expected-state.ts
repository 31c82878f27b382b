import type { ProvenTime } from './load-clips.ts';
import { hourMs, type TrueActivity, type TrueClip } from './true-year.ts';

/** What coverage should say of an activity, worked out without it. */
export type ExpectedState =
  | 'met'
  | 'late'
  | 'partial'
  | 'missing'
  | 'exempt'
  | 'unverifiable'
  | 'not-required';

/** A clip that truly shows an activity, with what is proven of its time. */
export interface TrueFootage {
  clip: TrueClip;
  proven: ProvenTime;
  sealedMs: number;
}

const toleranceMs = 2000;
const uploadHours = 24;

interface Piece {
  fromMs: number;
  toMs: number;
}

/** One way in which things can have been, as far as is proven. */
interface World {
  duty: Piece;
  footage: Piece[];
}

/**
 * Looks at every extreme way in which the true times may lie within what is proven of them. A duty is met where it is met
 * in all these worlds; broken where one and the same stretch, longer than allowed, is bare in all of them; else nobody
 * can say. Files of one uninterrupted recording move together, as they share one clock.
 */
export function expectedState(activity: TrueActivity, footage: readonly TrueFootage[]): ExpectedState {
  if (activity.kind === 'site-survey' || activity.kind === 'other') return 'not-required';
  const isWhole = activity.hasRiskTrigger || activity.isOrderedWhole;
  const dueMs = activity.toldEndMs + activity.timeDoubtMs + uploadHours * hourMs;
  const inTime = footage.filter(({ sealedMs }) => sealedMs <= dueMs);
  const isMet = (pieces: readonly TrueFootage[]) =>
    isSeenInEveryWorld(activity, pieces) &&
    (!isWhole || everyWorld(activity, moving(pieces), (world) => longestBareMs(world) <= toleranceMs));
  if (isMet(inTime)) return 'met';
  if (isMet(footage)) return 'late';
  if (activity.plan === 'exempt') return 'exempt';
  if (!isSeenInSomeWorld(activity, footage)) return 'missing';
  if (isWhole && isBareInEveryWorld(activity, moving(footage))) return 'partial';
  return 'unverifiable';
}

/** Some one clip shows the activity, whichever way the times lie. */
function isSeenInEveryWorld(activity: TrueActivity, footage: readonly TrueFootage[]): boolean {
  return footage.some((one) =>
    everyWorld(activity, [one], ({ duty, footage: [piece] }) => piece !== undefined && overlaps(piece, duty)),
  );
}

function isSeenInSomeWorld(activity: TrueActivity, footage: readonly TrueFootage[]): boolean {
  return footage.some(
    (one) =>
      !everyWorld(
        activity,
        [one],
        ({ duty, footage: [piece] }) => piece === undefined || !overlaps(piece, duty),
      ),
  );
}

/** Photos show that something was there, and cover no time. */
function moving(footage: readonly TrueFootage[]): TrueFootage[] {
  return footage.filter(({ clip }) => clip.kind !== 'photo');
}

function overlaps(piece: Piece, duty: Piece): boolean {
  return piece.fromMs < duty.toMs && duty.fromMs < piece.toMs;
}

function isBareInEveryWorld(activity: TrueActivity, footage: readonly TrueFootage[]): boolean {
  let bare: Piece[] | null = null;
  everyWorld(activity, footage, (world) => {
    const here = bareIn(world);
    bare = bare === null ? here : shared(bare, here);
    return true;
  });
  return (bare ?? []).some(({ fromMs, toMs }) => toMs - fromMs > toleranceMs);
}

function longestBareMs(world: World): number {
  return Math.max(0, ...bareIn(world).map(({ fromMs, toMs }) => toMs - fromMs));
}

function bareIn({ duty, footage }: World): Piece[] {
  const bare: Piece[] = [];
  let fromMs = duty.fromMs;
  for (const piece of footage.toSorted((left, right) => left.fromMs - right.fromMs)) {
    if (piece.toMs <= piece.fromMs) continue;
    if (piece.fromMs > fromMs) bare.push({ fromMs, toMs: Math.min(piece.fromMs, duty.toMs) });
    fromMs = Math.max(fromMs, piece.toMs);
    if (fromMs >= duty.toMs) break;
  }
  if (fromMs < duty.toMs) bare.push({ fromMs, toMs: duty.toMs });
  return bare.filter((piece) => piece.toMs > piece.fromMs);
}

function shared(some: readonly Piece[], others: readonly Piece[]): Piece[] {
  return some.flatMap((one) =>
    others.flatMap((other) => {
      const [fromMs, toMs] = [Math.max(one.fromMs, other.fromMs), Math.min(one.toMs, other.toMs)];
      return toMs > fromMs ? [{ fromMs, toMs }] : [];
    }),
  );
}

/** True where `holds` is true of every extreme world. Every world is looked at only as long as it is. */
function everyWorld(
  { toldStartMs, toldEndMs, timeDoubtMs }: TrueActivity,
  footage: readonly TrueFootage[],
  holds: (world: World) => boolean,
): boolean {
  const recordings = recordingsOf(footage);
  const ways = 4 ** recordings.length;
  const doubts = timeDoubtMs === 0 ? [0] : [-timeDoubtMs, timeDoubtMs];
  for (const startDoubtMs of doubts) {
    for (const endDoubtMs of doubts) {
      const duty = { fromMs: toldStartMs + startDoubtMs, toMs: toldEndMs + endDoubtMs };
      for (let way = 0; way < ways; way += 1) {
        const pieces = recordings.map((recording, position) => recording.at((way >> (2 * position)) & 3));
        if (!holds({ duty, footage: pieces.flatMap((piece) => piece ?? []) })) return false;
      }
    }
  }
  return true;
}

/** Each uninterrupted recording with the four ways in which its ends may lie: early or late, each. */
function recordingsOf(footage: readonly TrueFootage[]): Piece[][] {
  const byRecording = new Map<string, TrueFootage[]>();
  for (const one of footage) {
    // What is not proven does not move with anything.
    const isProven = Object.values(one.proven).every(Number.isFinite);
    const key = isProven ? String(one.clip.recording) : one.clip.clipId;
    byRecording.set(key, [...(byRecording.get(key) ?? []), one]);
  }
  const recordings = [...byRecording.values()].map((files) => ({
    fromLowMs: Math.min(...files.map(({ proven }) => proven.startLowMs)),
    fromHighMs: Math.min(...files.map(({ proven }) => proven.startHighMs)),
    toLowMs: Math.max(...files.map(({ proven }) => proven.endLowMs)),
    toHighMs: Math.max(...files.map(({ proven }) => proven.endHighMs)),
  }));
  return merged(recordings).map(({ fromLowMs, fromHighMs, toLowMs, toHighMs }) => [
    { fromMs: fromHighMs, toMs: toLowMs },
    { fromMs: fromLowMs, toMs: toHighMs },
    { fromMs: fromLowMs, toMs: toLowMs },
    { fromMs: fromHighMs, toMs: toHighMs },
  ]);
}

interface Recording {
  fromLowMs: number;
  fromHighMs: number;
  toLowMs: number;
  toHighMs: number;
}

/** Recordings of which nothing is proven can lie anywhere alike: one of them stands for all. */
function merged(recordings: readonly Recording[]): Recording[] {
  const seen = new Set<string>();
  return recordings.filter((recording) => {
    if (Number.isFinite(recording.fromLowMs)) return true;
    const key = Object.values(recording).join(' ');
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
