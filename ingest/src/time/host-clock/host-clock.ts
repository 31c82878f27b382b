/** How the dock's own clock stands: everything measured against it is worth no more than this. */
export interface HostClock {
  /** Who says so. `assumed`: the operator vouches for it in the configuration; `none`: nobody can tell. */
  source: 'chrony' | 'timesyncd' | 'system' | 'assumed' | 'none';
  state: 'synchronised' | 'unsynchronised' | 'unknown';
  stratum: number | null;
  rootDelayMs: number | null;
  rootDispersionMs: number | null;
  /** UTC lies within this of the host's clock; `null` where nothing bounds it. */
  boundMs: number | null;
  leap: LeapIndicator | null;
  readAt: string;
}

/** RFC 5905 §7.3: what the coming last minute of the month will be, or that the clock is not synchronised. */
export type LeapIndicator = 'none' | 'insert-second' | 'delete-second' | 'not-synchronised';

export type SynchronisedHostClock = HostClock & { state: 'synchronised'; boundMs: number };

/** True where the clock may be measured against. Not known counts as not synchronised. */
export function isSynchronised(host: HostClock): host is SynchronisedHostClock {
  return host.state === 'synchronised' && host.boundMs !== null;
}

/** Fastest that a disciplined clock runs away from its source (RFC 5905 §7.1, PHI): 15 ppm. */
export const phi = 15e-6;

export const unknownHostClock = (readAt: Date): HostClock => ({
  source: 'none',
  state: 'unknown',
  stratum: null,
  rootDelayMs: null,
  rootDispersionMs: null,
  boundMs: null,
  leap: null,
  readAt: readAt.toISOString(),
});

/** To a microsecond, never narrower. */
export function milliseconds(seconds: number): number {
  return Math.ceil(Number((seconds * 1e6).toFixed(3))) / 1000;
}
