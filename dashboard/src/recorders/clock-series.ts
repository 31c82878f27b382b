import type { ClockHistory, ClockStatement } from '@docket/gateway/contract';
import type { AlignedData } from 'uplot';

/** What the chart of a clock shows: seconds since 1970, offset with its bounds in seconds, and when it was set. */
export interface ClockSeries {
  data: AlignedData;
  /** Seconds since 1970 at which the clock was set. */
  setAt: number[];
  /** Positions in `data` at which a step is suspected. */
  steps: number[];
}

/** One point a reading: as found at each docking and, where it was set, as read after. Readings that failed have none. */
export function clockSeries(entries: ClockHistory['entries']): ClockSeries {
  const times: number[] = [];
  const [offsets, lows, highs]: [number[], number[], number[]] = [[], [], []];
  const steps: number[] = [];
  const add = (statement: ClockStatement | null): boolean => {
    if (statement?.state !== 'measured') return false;
    const { offsetMs, halfWidthMs, readAt } = statement;
    times.push(Date.parse(readAt) / 1000);
    offsets.push(offsetMs / 1000);
    lows.push((offsetMs - halfWidthMs) / 1000);
    highs.push((offsetMs + halfWidthMs) / 1000);
    return true;
  };
  for (const { found, afterSet, verdict } of entries) {
    if (add(found) && verdict.reasons.includes('clock-step-suspected')) steps.push(times.length - 1);
    add(afterSet);
  }
  const setAt = entries.flatMap(({ setting }) =>
    setting?.outcome === 'set' ? [Date.parse(setting.at) / 1000] : [],
  );
  return { data: [times, offsets, lows, highs], setAt, steps };
}
