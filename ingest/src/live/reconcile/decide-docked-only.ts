import { type Stretch, union, within, without } from '../../coverage/stretches.ts';
import { possiblePart, surePart } from '../../time/span.ts';
import type { OriginalFacts, SegmentFacts } from './decide-segment.ts';
import type { MatchEvidence } from './match.ts';

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

/**
 * What originals surely cover of the times in which nothing was received although it was to be. Expected times that come
 * first take a moment that several claim. Pure.
 */
export function decideDockedOnly(
  expected: readonly ExpectedTime[],
  segments: readonly SegmentFacts[],
  originals: readonly OriginalFacts[],
): DockedMatch[] {
  const received = segments.map(({ start, lengthMs }) => ({
    fromMs: start.lowMs,
    toMs: start.highMs + lengthMs,
  }));
  let taken: Stretch[] = union(received);
  const matches: DockedMatch[] = [];
  for (const { evidence, ...time } of expected) {
    for (const original of originals) {
      const sure = sureStretch(original);
      if (sure === null) continue;
      for (const missing of without(time, taken)) {
        for (const piece of within(missing, [sure])) {
          matches.push({
            ...piece,
            verdict: 'docked-only',
            originalClipId: original.clipId,
            evidence,
          });
        }
      }
      taken = union([...taken, ...within(time, [sure])]);
    }
  }
  return matches.sort((left, right) => left.fromMs - right.fromMs);
}

function sureStretch({ span, isStored, isSound }: OriginalFacts): Stretch | null {
  const sure = surePart(span);
  const { lowMs, highMs } = possiblePart(span);
  if (sure === null || !isStored || !isSound) return null;
  if (!Number.isFinite(lowMs) || !Number.isFinite(highMs)) return null;
  return { fromMs: Math.ceil(sure.lowMs), toMs: Math.floor(sure.highMs) };
}
