import type { RecorderReading } from '@docket/gateway/contract';

/** Columns for a chart: instants in seconds, battery and used capacity in per cent; `null` where nothing was told. */
export type ReadingsSeries = [number[], (number | null)[], (number | null)[]];

/** Readings come newest first; a chart runs the other way. */
export function readingsSeries(readings: readonly RecorderReading[]): ReadingsSeries {
  const oldestFirst = [...readings].reverse();
  return [
    oldestFirst.map(({ at }) => Date.parse(at) / 1000),
    oldestFirst.map(({ batteryPercent }) => batteryPercent),
    oldestFirst.map(usedPercent),
  ];
}

export function usedPercent({ capacityBytes, freeBytes }: RecorderReading): number | null {
  if (capacityBytes === null || freeBytes === null || capacityBytes <= 0) return null;
  return Math.max(0, Math.min(100, ((capacityBytes - freeBytes) / capacityBytes) * 100));
}
