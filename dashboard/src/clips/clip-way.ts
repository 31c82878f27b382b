import type { ClipState } from '../api/contract-types.ts';

/** The way of a clip, in order. A clip stands at exactly one of these, or has left the way. */
export const clipWay = [
  'listed',
  'pulled',
  'verified',
  'sealed',
  'forwarded',
  'receipted',
  'released',
] as const;
export type ClipStep = (typeof clipWay)[number];

export type StepStanding = 'passed' | 'current' | 'ahead' | 'blocked';

/** Never more than the state says: what lies beyond it is `ahead`, whatever else the clip carries. */
export function standingOf(step: ClipStep, state: ClipState): StepStanding {
  const there = clipWay.indexOf(step);
  // A deleted clip had its receipt; whether its recorder was freed before, its state does not say.
  if (state === 'deleted') return step === 'released' ? 'ahead' : 'passed';
  const here = clipWay.indexOf(state as ClipStep);
  if (state === 'recording') return there === 0 ? 'current' : 'ahead';
  // Unreadable and lost clips were listed and went no further.
  if (here < 0) return there === 0 ? 'passed' : there === 1 ? 'blocked' : 'ahead';
  if (there < here) return 'passed';
  return there === here ? 'current' : 'ahead';
}

const kept: ReadonlySet<ClipState> = new Set(['verified', 'sealed', 'forwarded', 'receipted', 'released']);

/** Whether the store holds bytes that were read back and found equal. */
export function isKept(state: ClipState): boolean {
  return kept.has(state);
}

export type ClipTone = 'idle' | 'working' | 'verify' | 'safe' | 'failed';

const tones: Record<ClipState, ClipTone> = {
  recording: 'working',
  listed: 'idle',
  pulled: 'working',
  verified: 'verify',
  sealed: 'verify',
  forwarded: 'working',
  receipted: 'safe',
  released: 'safe',
  deleted: 'idle',
  unreadable: 'failed',
  lost: 'failed',
};

export function clipTone(state: ClipState): ClipTone {
  return tones[state];
}
