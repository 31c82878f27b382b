import type { LiveCodec, LiveWay } from '@docket/device-protocol/live';
import type { JsonValue } from '../../custody/canonical-json.ts';
import type { SegmentStart, ToldGap } from '../live-index.ts';

export interface SegmentFacts {
  way: LiveWay;
  start: SegmentStart;
  /** Beside the beginning of the file. */
  parts: number;
  arrivedFromMs: number;
  arrivedToMs: number;
  tracks: readonly {
    readonly index: number;
    readonly id: number;
    readonly codec: LiveCodec;
    readonly clockRateHz: number;
    readonly [fact: string]: JsonValue;
  }[];
  gaps: readonly ToldGap[];
  /** May be more than are named. */
  gapCount: number;
}

/** How a segment was recorded, as its sealed record and the custody log tell. */
export function segmentFacts(facts: SegmentFacts): { readonly [key: string]: JsonValue } {
  const { way, start, parts, arrivedFromMs, arrivedToMs, tracks, gaps, gapCount } = facts;
  return {
    way,
    line: start.line,
    isBegunWithoutKeyFrame: start.isBegunWithoutKeyFrame,
    parts,
    arrivedFrom: instant(arrivedFromMs),
    arrivedTo: instant(arrivedToMs),
    tracks: [...tracks],
    gaps: gaps.map(({ gapId, cause, fromMs, toMs, detail }) => ({
      gap: gapId,
      cause,
      from: instant(fromMs),
      to: toMs === null ? null : instant(toMs),
      detail,
    })),
    gapCount,
  };
}

function instant(ms: number): string {
  return new Date(Math.round(ms)).toISOString();
}
