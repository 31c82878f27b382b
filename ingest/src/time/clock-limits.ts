/** What a recorder's clock may do before it is told about. */
export interface ClockLimits {
  /** Drift that a working clock may show in a day (GA/T 947: 3 s). Doubt grows by it with the time from a reading. */
  driftMsPerDay: number;
  /** Offset that is a fault however long the clock was not set. */
  faultOffsetMs: number;
}

export const dayMs = 86_400_000;

/** How far a clock within the limits may run away in a span of time. */
export function driftOver(limits: ClockLimits, spanMs: number): number {
  return (limits.driftMsPerDay * Math.max(0, spanMs)) / dayMs;
}
