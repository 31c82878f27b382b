import { dockOf, type FleetPlan, minutesPerDay } from './fleet.ts';

/** How long one step of the simulation is. */
export const stepMinutes = 5;

/**
 * What each dock may send at most in every step, in bytes: the centre takes so much from all, and gives every dock that
 * has something to send the same, but none more than its line carries. How much a dock has sent by when does not depend on the
 * order in which it sends its clips, so this is reckoned once for all orders.
 */
export function centralShares(plan: FleetPlan): Float64Array {
  const steps = Math.ceil(((plan.shiftChanges + plan.shiftChanges) * minutesPerDay) / stepMinutes);
  const centralBytes = (plan.centralGbitPerSecond * 1e9 * 60 * stepMinutes) / 8;
  const docks = Array.from({ length: plan.docks }, (_, number) => arrivalsOf(plan, number, steps));
  const shares = new Float64Array(steps);
  for (let step = 0; step < steps; step += 1) {
    const wanted: number[] = [];
    for (const dock of docks) {
      dock.waitingBytes += dock.arrivals.get(step) ?? 0;
      if (dock.waitingBytes > 0) wanted.push(Math.min(dock.lineBytes, dock.waitingBytes));
    }
    const share = fairShare(wanted, centralBytes);
    shares[step] = share;
    for (const dock of docks) {
      dock.waitingBytes = Math.max(0, dock.waitingBytes - Math.min(dock.lineBytes, share));
    }
  }
  return shares;
}

interface Arrivals {
  lineBytes: number;
  waitingBytes: number;
  arrivals: Map<number, number>;
}

function arrivalsOf(plan: FleetPlan, number: number, steps: number): Arrivals {
  const { lineBytesPerMinute, clips } = dockOf(plan, number);
  const arrivals = new Map<number, number>();
  for (const { queuedAt, sizeBytes } of clips) {
    const step = Math.min(steps - 1, Math.floor(queuedAt / stepMinutes));
    arrivals.set(step, (arrivals.get(step) ?? 0) + sizeBytes);
  }
  return { lineBytes: lineBytesPerMinute * stepMinutes, waitingBytes: 0, arrivals };
}

/** The most each may have so that all together have no more than `available` (water filling). */
export function fairShare(wanted: readonly number[], available: number): number {
  const sorted = [...wanted].sort((one, other) => one - other);
  let left = available;
  for (const [index, want] of sorted.entries()) {
    const share = left / (sorted.length - index);
    if (want > share) return share;
    left -= want;
  }
  return Number.POSITIVE_INFINITY;
}
