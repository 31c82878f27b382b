import type { ArchiveRefusalCode } from '../archive-refusal.ts';
import type { ArchiveKind } from '../archive-target.ts';

/**
 * What a target is doing.
 *
 * working      clips are going out
 * idle         nothing waits for it
 * waiting      clips wait for their window, for a demand, or for their next try
 * paused       a person stopped it
 * unreachable  nothing answers there; it is asked from time to time
 * busy         it asked to be left alone for a while
 * full         it has no room
 * denied       it does not accept who we are, or what time we think it is
 * failing      it fails again and again
 * unproven     it must lock what it keeps, and nobody has seen that it does
 */
export const targetStates = [
  'working',
  'idle',
  'waiting',
  'paused',
  'unreachable',
  'busy',
  'full',
  'denied',
  'failing',
  'unproven',
] as const;
export type TargetState = (typeof targetStates)[number];

export interface Amount {
  clips: number;
  bytes: number;
}

/** Clips that will not be archived by their legal deadline, by what the line carried lately. */
export interface PredictedMisses extends Amount {
  /** Of these, the ones whose deadline is over already. */
  overdue: Amount;
  /** The earliest deadline that will be missed. */
  first: { clipId: string; dueAt: string; expectedAt: string | null } | null;
}

export interface TargetStanding {
  target: string;
  kind: ArchiveKind;
  state: TargetState;
  /** Since when it is in that state; `null`: since the start. */
  since: string | null;
  paused: { by: string; at: string; reason: string } | null;
  /** When a target that waits is tried next. */
  nextTryAt: string | null;
  lastReachedAt: string | null;
  /** `refusal` is `null` for a fault of ours; `needsPeople`: it does not end by itself. */
  lastError: {
    refusal: ArchiveRefusalCode | null;
    message: string;
    at: string;
    needsPeople: boolean;
  } | null;
  waiting: { important: Amount; bulk: Amount };
  /** Clips on their way now. */
  sending: { clipId: string; sizeBytes: number; heldBytes: number }[];
  dead: Amount;
  /** What it took lately in a second while there was something to send; `null`: not known yet. */
  bytesPerSecond: number | null;
  /** What it may be sent in a second now; `null`: no limit. */
  limitBytesPerSecond: number | null;
  /** Whether clips that are not important may go now, and when that changes; `null`: it does not. */
  bulk: { mayGo: boolean; changesAt: string | null };
  probe: { probeId: string; at: string; isSound: boolean; isWormProven: boolean } | null;
  /** `null`: the line was not measured yet. */
  misses: PredictedMisses | null;
}

/** How the archive side stands. */
export interface ArchiveStanding {
  targets: TargetStanding[];
  lastReceiptAt: string | null;
}
