import { leastMonths } from '../../retention/retention.ts';
import type { LeastRetention } from './deposit-retention.ts';

/** A stretch of time in which the line may carry so much. */
export interface LineWindow {
  /** When it is open: a cron pattern over minutes (`* 22-23,0-6 * * *`), in `zone`. */
  cron: string;
  /** The most in a second while it is open; `null`: no limit. */
  bytesPerSecond: number | null;
}

/** How footage is forwarded. */
export interface ForwardingPolicy {
  /** First wait after a failure; doubled each time, with full jitter, up to `retryMaxMs`. */
  retryBaseMs: number;
  retryMaxMs: number;
  /** A clip that failed so often by its own fault, and not because the target was away, goes to the dead letters. */
  mostAttempts: number;
  /** Deposits under way at once, for each target. */
  parallelDeposits: number;
  /** The line all targets share. */
  line: {
    /** The most in a second outside every window; `null`: no limit. */
    bytesPerSecond: number | null;
    windows: readonly LineWindow[];
    /** IANA zone of the windows. */
    zone: string;
    /** Share of the line kept for important clips while any waits, between 0 and 1. */
    importantShare: number;
  };
  /**
   * When clips that are not important go: as soon as the line is free (`at-once`), only while a window is open
   * (`in-window`), or only when the centre asks for them (`on-demand`).
   */
  bulk: 'at-once' | 'in-window' | 'on-demand';
  /** From the end of the recording until the clip is archived, where it is important and where it is not. */
  importantWithinHours: number;
  ordinaryWithinHours: number;
  /** How long an archive is told to keep a clip, where no later day is fixed. */
  leastRetention: LeastRetention;
}

export const usualForwarding: ForwardingPolicy = {
  retryBaseMs: 5_000,
  retryMaxMs: 900_000,
  mostAttempts: 12,
  parallelDeposits: 2,
  line: { bytesPerSecond: null, windows: [], zone: 'Asia/Shanghai', importantShare: 0.25 },
  bulk: 'at-once',
  importantWithinHours: 24,
  ordinaryWithinHours: 720,
  leastRetention: { ordinaryMonths: leastMonths, longMonths: 36 },
};
