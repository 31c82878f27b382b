import type { ClipInstant } from '../clip-time.ts';
import { type FleetClass, type SimulatedClip, simulateRecorder } from './simulated-fleet.ts';

/** What one class of recorders came to. */
export interface ClassResult {
  name: string;
  recorders: number;
  clips: number;
  /** Clips whose start is claimed to be bounded. */
  bounded: number;
  boundedEnds: number;
  meanHalfWidthMs: number | null;
  /** Claims the truth does not keep, each with the seed that repeats it. */
  violations: { seed: number; claim: string }[];
}

/** Lets `recorders` recorders of a class live, and compares every claim about their clips with the truth. */
export function simulateClass(fleet: FleetClass, recorders: number, firstSeed: number): ClassResult {
  const result: ClassResult = {
    name: fleet.name,
    recorders,
    clips: 0,
    bounded: 0,
    boundedEnds: 0,
    meanHalfWidthMs: null,
    violations: [],
  };
  let widthsMs = 0;
  for (let seed = firstSeed; seed < firstSeed + recorders; seed += 1) {
    for (const clip of simulateRecorder(fleet, seed)) {
      result.clips += 1;
      if (clip.time.start.kind === 'bounded') {
        result.bounded += 1;
        widthsMs += clip.time.start.halfWidthMs ?? 0;
      }
      if (clip.time.end.kind === 'bounded') result.boundedEnds += 1;
      result.violations.push(...brokenClaims(clip).map((claim) => ({ seed, claim })));
    }
  }
  if (result.bounded > 0) result.meanHalfWidthMs = widthsMs / result.bounded;
  return result;
}

function brokenClaims({ trueStartMs, trueEndMs, time }: SimulatedClip): string[] {
  return [...brokenClaim('start', time.start, trueStartMs), ...brokenClaim('end', time.end, trueEndMs)];
}

function brokenClaim(name: string, claimed: ClipInstant, trueMs: number): string[] {
  const truth = new Date(trueMs).toISOString();
  const broken: string[] = [];
  if (claimed.notBefore !== null && trueMs < Date.parse(claimed.notBefore)) {
    broken.push(`${name} ${truth} is before ${claimed.notBefore}`);
  }
  if (claimed.notAfter !== null && trueMs > Date.parse(claimed.notAfter)) {
    broken.push(`${name} ${truth} is after ${claimed.notAfter}`);
  }
  if (claimed.kind === 'bounded') {
    const apartMs = Math.abs(trueMs - Date.parse(claimed.value ?? ''));
    if (!(apartMs <= (claimed.halfWidthMs ?? 0)))
      broken.push(`${name} ${truth} is ${apartMs} ms from ${claimed.value}`);
  }
  return broken;
}
