import type { TimeConflict, TimeSourceKind } from './clip-time.ts';
import { gapMs, halfWidthMs, type Interval, middleMs } from './interval.ts';

/** A time to be compared with another, both by the same clock. */
export interface ComparedTime {
  kind: TimeSourceKind;
  when: Interval;
  /** The end of a recording, where `when` is all of it: what a file time mostly tells. */
  end?: Interval | null;
}

const halfHourMs = 1_800_000;

/** `null` where the two can both be right: within their widths and what is tolerated. */
export function conflictBetween(
  one: ComparedTime,
  other: ComparedTime,
  { conflictMs }: { conflictMs: number },
): TimeConflict | null {
  const apartMs = gapMs(one.when, other.when);
  if (apartMs <= conflictMs) return null;
  return {
    between: [one.kind, other.kind],
    apartMs: Math.round(apartMs),
    zoneHours: zoneHours(one.when, other.end ?? other.when, conflictMs),
  };
}

/** Hours between two times, where that is what a wrong time zone makes. */
function zoneHours(one: Interval, other: Interval, conflictMs: number): number | null {
  const apartMs = middleMs(one) - middleMs(other);
  if (!Number.isFinite(apartMs)) return null;
  const nearestMs = Math.round(apartMs / halfHourMs) * halfHourMs;
  const widthMs = halfWidthMs(one) + halfWidthMs(other) + conflictMs;
  if (Math.abs(nearestMs) < 2 * halfHourMs || Math.abs(apartMs - nearestMs) > widthMs) return null;
  return nearestMs / 3_600_000;
}
