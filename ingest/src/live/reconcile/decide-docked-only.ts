import { type Stretch, union, within, without } from '../../coverage/stretches.ts';
import { difference, type Interval, intersection } from '../../time/interval.ts';
import { possiblePart, surePart } from '../../time/span.ts';
import { type OriginalFacts, placeByPictures, type SegmentFacts } from './decide-segment.ts';
import type { MatchEvidence } from './match.ts';
import type { PicturePlace } from './picture-place.ts';

/** A time in which a recorder was to be received, in Unix milliseconds. */
export interface ExpectedTime extends Stretch {
  evidence: Extract<MatchEvidence, { kind: 'gap' | 'operation' }>;
}

/** A time in which only the docked recorder has footage, in Unix milliseconds. */
export interface DockedMatch extends Stretch {
  verdict: 'docked-only';
  originalClipId: string;
  evidence: ExpectedTime['evidence'];
}

/** An original beside what was received of its recorder in the session. */
export interface DockedOriginal
  extends Pick<OriginalFacts, 'clipId' | 'span' | 'isStored' | 'isSound' | 'lengthMs'> {
  received: readonly (Pick<SegmentFacts, 'start' | 'lengthMs'> & { place: PicturePlace | null })[];
}

/**
 * What originals surely cover of the times in which nothing was received although it was to be, and what cannot have been
 * received later either, however long it was on its way. Expected times that come first take a moment that several claim.
 * Pure.
 */
export function decideDockedOnly(
  expected: readonly ExpectedTime[],
  originals: readonly DockedOriginal[],
): DockedMatch[] {
  const missed = originals.map((original) => ({ clipId: original.clipId, stretches: missedBy(original) }));
  let taken: Stretch[] = [];
  const matches: DockedMatch[] = [];
  for (const { evidence, ...time } of expected) {
    for (const { clipId, stretches } of missed) {
      const pieces = within(time, stretches).flatMap((piece) => without(piece, taken));
      taken = union([...taken, ...pieces]);
      matches.push(
        ...pieces.map((piece) => ({
          ...piece,
          verdict: 'docked-only' as const,
          originalClipId: clipId,
          evidence,
        })),
      );
    }
  }
  return matches.sort((left, right) => left.fromMs - right.fromMs);
}

/** What the original surely covers and no segment possibly holds. */
function missedBy(original: DockedOriginal): Stretch[] {
  const sure = sureStretch(original);
  if (sure === null) return [];
  const received = original.received.map((segment) => {
    const { lowMs, highMs } = startBeside(original, segment);
    return { fromMs: Math.floor(lowMs), toMs: Math.ceil(highMs + segment.lengthMs) };
  });
  return without(sure, received);
}

/** When the segment began: by equal pictures as surely as the original, else by its own time. */
function startBeside(
  { span, lengthMs }: DockedOriginal,
  { start, place }: DockedOriginal['received'][number],
): Interval {
  const beside = placeByPictures({ place, lengthMs });
  if (beside === null) return start;
  return intersection(difference(span.start, beside.start), start) ?? start;
}

function sureStretch({ span, isStored, isSound }: DockedOriginal): Stretch | null {
  const sure = surePart(span);
  const { lowMs, highMs } = possiblePart(span);
  if (sure === null || !isStored || !isSound) return null;
  if (!Number.isFinite(lowMs) || !Number.isFinite(highMs)) return null;
  return { fromMs: Math.ceil(sure.lowMs), toMs: Math.floor(sure.highMs) };
}
