import { type ArchiveRefusalCode, isArchiveRefusal } from '../archive-refusal.ts';
import type { TargetState } from './forwarding-standing.ts';

/** Any other error: a fault of ours, or of the store. */
export type Trouble = ArchiveRefusalCode | 'fault';

/** What is done about a refusal. `docs/archive.md` shows this table. */
export interface RefusalRule {
  /**
   * Who waits: every clip of the target, in the state named; the clip alone; or nobody, because it is asked again at once, and
   * waits alone from the second time on. `dead`: the clip, until a person says otherwise.
   */
  waits: 'target' | 'clip' | 'at-once' | 'dead';
  /** How the target shows while it waits. */
  shows: TargetState | null;
  /** The first wait against `retryBaseMs`. */
  firstWaitFactor: number;
  /** `reach` is asked meanwhile; once it answers after it did not, the waiting is over. */
  isReachAsked: boolean;
  /** Counts against the clip; `if-others-go`: only where the target signed for another clip since its last failure. */
  isFaultOfClip: 'yes' | 'if-others-go' | 'no';
  /** The session of the upload is worth nothing any more. */
  forgetsSession: boolean;
  /** Several in a row, of whichever clips, are taken for a failing of the target. */
  speaksAgainstTarget: boolean;
  /** It does not end by itself: people are told. */
  needsPeople: boolean;
}

const clipWaits: RefusalRule = {
  waits: 'clip',
  shows: null,
  firstWaitFactor: 1,
  isReachAsked: false,
  isFaultOfClip: 'yes',
  forgetsSession: false,
  speaksAgainstTarget: true,
  needsPeople: false,
};

const targetWaits: RefusalRule = { ...clipWaits, waits: 'target', shows: 'failing', isFaultOfClip: 'no' };

export const refusalRules: Record<Trouble, RefusalRule> = {
  unreachable: { ...targetWaits, shows: 'unreachable', isReachAsked: true },
  busy: { ...targetWaits, shows: 'busy' },
  full: { ...targetWaits, shows: 'full', firstWaitFactor: 12, needsPeople: true },
  denied: { ...targetWaits, shows: 'denied', firstWaitFactor: 12, isReachAsked: true, needsPeople: true },
  'clock-skewed': { ...targetWaits, shows: 'denied', isReachAsked: true, needsPeople: true },
  conflict: { ...clipWaits, waits: 'at-once' },
  exists: { ...clipWaits, waits: 'at-once' },
  'bytes-damaged': { ...clipWaits, waits: 'at-once' },
  malformed: { ...clipWaits, waits: 'dead', needsPeople: true },
  'session-lost': { ...clipWaits, waits: 'at-once', forgetsSession: true },
  failed: { ...clipWaits, isFaultOfClip: 'if-others-go' },
  'holds-other-bytes': { ...clipWaits, forgetsSession: true, needsPeople: true },
  'not-kept': { ...targetWaits, firstWaitFactor: 12, needsPeople: true },
  'clip-damaged': {
    ...clipWaits,
    waits: 'dead',
    forgetsSession: true,
    speaksAgainstTarget: false,
    needsPeople: true,
  },
  fault: clipWaits,
};

export function troubleOf(error: unknown): Trouble {
  return isArchiveRefusal(error) ? error.code : 'fault';
}
