import { type Scale, xOf } from './viewport.ts';

/** A mark on the axis of time. `grain`: how finely its label has to speak. */
export interface AxisTick {
  atMs: number;
  x: number;
  grain: 'day' | 'minute' | 'second';
}

/** A fold of quiet time between two pieces. */
export interface AxisFold {
  x: number;
  quietMs: number;
}

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const steps = [1, 2, 5, 10, 15, 30]
  .map((seconds) => seconds * second)
  .concat([1, 2, 5, 10, 15, 30].map((minutes) => minutes * minute))
  .concat([1, 2, 3, 6, 12].map((hours) => hours * hour))
  .concat([1, 2, 7, 14, 30].map((days) => days * day));
const roomPx = 84;

/**
 * Marks at round times by the clock on the screen, none closer than a label needs. The first mark of each piece, and each
 * at midnight, names the day.
 */
export function axisTicks(scale: Scale): AxisTick[] {
  const ticks: AxisTick[] = [];
  for (const piece of scale.time) {
    const [left, right] = [xOf(scale, piece.fromMs), xOf(scale, piece.toMs)];
    if (right < 0 || left > scale.widthPx || right <= left) continue;
    const msPerPx = (piece.toMs - piece.fromMs) / (right - left);
    const step = steps.find((candidate) => candidate / msPerPx >= roomPx) ?? 30 * day;
    const firstMs = Math.max(piece.fromMs, piece.fromMs - left * msPerPx);
    const lastMs = Math.min(piece.toMs, piece.fromMs + (scale.widthPx - left) * msPerPx);
    let isFirst = true;
    for (let atMs = roundedUp(firstMs, step); atMs <= lastMs; atMs += step) {
      const x = xOf(scale, atMs);
      if (x - (ticks.at(-1)?.x ?? Number.NEGATIVE_INFINITY) < roomPx * 0.95) continue;
      const grain = isFirst || isMidnight(atMs) ? 'day' : step < minute ? 'second' : 'minute';
      ticks.push({ atMs, x, grain });
      isFirst = false;
    }
  }
  return ticks;
}

export function axisFolds(scale: Scale): AxisFold[] {
  const folds: AxisFold[] = [];
  for (const [index, piece] of scale.time.entries()) {
    const next = scale.time[index + 1];
    if (next === undefined) continue;
    const x = (xOf(scale, piece.toMs) + xOf(scale, next.fromMs)) / 2;
    if (x >= 0 && x <= scale.widthPx) folds.push({ x, quietMs: next.fromMs - piece.toMs });
  }
  return folds;
}

function zoneOffsetMs(atMs: number): number {
  return -new Date(atMs).getTimezoneOffset() * minute;
}

function roundedUp(atMs: number, step: number): number {
  const offsetMs = zoneOffsetMs(atMs);
  return Math.ceil((atMs + offsetMs) / step) * step - offsetMs;
}

function isMidnight(atMs: number): boolean {
  return (atMs + zoneOffsetMs(atMs)) % day === 0;
}
