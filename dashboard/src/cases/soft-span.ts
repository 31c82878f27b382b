import type { Scale } from './viewport.ts';
import { xOf } from './viewport.ts';

/**
 * A stretch whose ends are known with doubt: it went on from some instant in [fromLowMs, fromHighMs] to one in
 * [toLowMs, toHighMs]. Unix milliseconds; an end of which nothing is known is infinite.
 */
export interface SoftSpan {
  fromLowMs: number;
  fromHighMs: number;
  toLowMs: number;
  toHighMs: number;
}

export interface Box {
  x: number;
  width: number;
}

/** What is drawn of it: the sure core, with an edge at each side that fades over the doubt. */
export interface SoftShape {
  core: Box | null;
  /** Grows from nothing at its left to certain at its right. */
  rising: Box | null;
  /** Fades from certain at its left to nothing at its right. */
  falling: Box | null;
  /** All of it, where doubt leaves nothing sure. */
  unsure: Box | null;
}

/** A clip's part in a judgement. */
export interface FootageTimes {
  sure: { fromMs: number; toMs: number } | null;
  possible: { fromMs: number | null; toMs: number | null };
}

export function footageSpan({ sure, possible }: FootageTimes): SoftSpan {
  const fromLowMs = possible.fromMs ?? Number.NEGATIVE_INFINITY;
  const toHighMs = possible.toMs ?? Number.POSITIVE_INFINITY;
  return {
    fromLowMs,
    // Without a sure part the edges cross, and all of it is unsure.
    fromHighMs: sure?.fromMs ?? toHighMs,
    toLowMs: sure?.toMs ?? fromLowMs,
    toHighMs,
  };
}

export interface GapTimes {
  from: string;
  fromDoubtMs: number;
  to: string;
  toDoubtMs: number;
}

export function gapSpan({ from, fromDoubtMs, to, toDoubtMs }: GapTimes): SoftSpan {
  const [fromMs, toMs] = [Date.parse(from), Date.parse(to)];
  return {
    fromLowMs: fromMs - fromDoubtMs,
    fromHighMs: fromMs + fromDoubtMs,
    toLowMs: toMs - toDoubtMs,
    toHighMs: toMs + toDoubtMs,
  };
}

/** How wide its edges are together, milliseconds; infinite where an end is not known. */
export function doubtMs({ fromLowMs, fromHighMs, toLowMs, toHighMs }: SoftSpan): number {
  return fromHighMs - fromLowMs + (toHighMs - toLowMs);
}

/** The shape of a span on the strip; nothing of it lies outside. */
export function softShape(scale: Scale, { fromLowMs, fromHighMs, toLowMs, toHighMs }: SoftSpan): SoftShape {
  const box = (fromMs: number, toMs: number) => boxOn(scale, fromMs, toMs);
  if (fromHighMs > toLowMs) {
    return { core: null, rising: null, falling: null, unsure: box(fromLowMs, toHighMs) };
  }
  return {
    core: box(fromHighMs, toLowMs),
    rising: box(fromLowMs, fromHighMs),
    falling: box(toLowMs, toHighMs),
    unsure: null,
  };
}

/** A stretch on the strip, cut at its ends; `null` where none of it is seen. */
export function boxOn(scale: Scale, fromMs: number, toMs: number): Box | null {
  const left = Math.max(0, xOf(scale, fromMs));
  const right = Math.min(scale.widthPx, xOf(scale, toMs));
  return right > left ? { x: left, width: right - left } : null;
}
