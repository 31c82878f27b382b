/**
 * What a target was put to the test with. WORM is proven only where each of the `worm-*` checks was refused.
 *
 * put                 a canary was stored in one piece and in parts
 * read-back           it was read again, and is the same
 * wrong-hash          bytes with a wrong hash were refused
 * resume              an upload that was cut off went on with what the target said it had
 * clock               the target's clock against ours
 * retention           the canary carries the retention it was to get, by the target's own word
 * worm-delete         deleting the canary (its version) was refused
 * worm-bypass         deleting it with every bypass there is was refused
 * worm-shorten        ending its retention earlier was refused
 * worm-overwrite      writing over it left the locked bytes as they were
 * worm-intact         after all that the canary is still there, byte for byte
 */
export const probeChecks = [
  'put',
  'read-back',
  'wrong-hash',
  'resume',
  'clock',
  'retention',
  'worm-delete',
  'worm-bypass',
  'worm-shorten',
  'worm-overwrite',
  'worm-intact',
] as const;
export type ProbeCheck = (typeof probeChecks)[number];

export interface ProbeResult {
  check: ProbeCheck;
  /** `not-applicable`: the target does not claim it. A check that could not be made has failed. */
  outcome: 'passed' | 'failed' | 'not-applicable';
  /** What was seen, for an operator. */
  detail: string;
}

export interface ProbeReport {
  probeId: string;
  target: string;
  startedAt: string;
  endedAt: string;
  results: readonly ProbeResult[];
  /** How far the target's clock is ahead of ours; `null` where it tells no time. */
  clockOffsetMs: number | null;
}

/** True where the target showed that what it locked cannot be changed by us. */
export function isWormProven({ results }: Pick<ProbeReport, 'results'>): boolean {
  const worm = results.filter(({ check }) => check.startsWith('worm-') || check === 'retention');
  return worm.length === 6 && worm.every(({ outcome }) => outcome === 'passed');
}

/** True where nothing failed: such a target may count for release, as far as its receipts go. */
export function isSound({ results }: Pick<ProbeReport, 'results'>): boolean {
  return results.length > 0 && results.every(({ outcome }) => outcome !== 'failed');
}
