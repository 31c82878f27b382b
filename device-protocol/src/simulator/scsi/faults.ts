/** What can go wrong with a simulated SCSI device, as data. */

import type { SenseValues } from './logical-unit.ts';

/** Which commands a fault meets: those of a name (`*` for all), after `skip` of them, `times` times (default: once). */
export interface ScsiOccasion {
  to: string;
  skip?: number;
  times?: number;
}

export type ScsiMishap =
  /** The answer comes late. */
  | { do: 'delay'; delayMs: number }
  /** No answer comes at all. */
  | { do: 'keep-silent' }
  | { do: 'fail'; sense: SenseValues }
  | { do: 'phase-error' }
  /** The pipe of a phase is halted in its place; in `status` the status comes once that is cleared. */
  | { do: 'stall'; phase: 'data' | 'status' }
  /** Less data than there is, honestly told. */
  | { do: 'short-data'; lengthBytes: number }
  /** One byte of the data is damaged. */
  | { do: 'corrupt-byte'; positionBytes: number }
  | { do: 'wrong-tag' }
  | { do: 'wrong-signature' }
  | { do: 'wrong-residue'; residueBytes: number }
  /** Pulled out once so many bytes of data have been given to the host, counted over all commands met. */
  | { do: 'unplug'; positionBytes: number };

export type ScsiFault = ScsiOccasion & ScsiMishap;

/** Counts commands and tells which mishaps meet each. */
export class FaultScript {
  readonly #faults: readonly { fault: ScsiFault; seen: number }[];

  constructor(faults: readonly ScsiFault[]) {
    this.#faults = faults.map((fault) => ({ fault, seen: 0 }));
  }

  meet(name: string): ScsiMishap[] {
    const met: ScsiMishap[] = [];
    for (const entry of this.#faults) {
      const { to, skip = 0, times = defaultTimes(entry.fault) } = entry.fault;
      if (to !== '*' && to !== name) continue;
      entry.seen++;
      if (entry.seen > skip && entry.seen <= skip + times) met.push(entry.fault);
    }
    return met;
  }
}

/** A position is waited for however many commands it takes. */
function defaultTimes(fault: ScsiMishap): number {
  return fault.do === 'unplug' ? Number.POSITIVE_INFINITY : 1;
}

export function findMishap<Kind extends ScsiMishap['do']>(
  mishaps: readonly ScsiMishap[],
  kind: Kind,
): Extract<ScsiMishap, { do: Kind }> | undefined {
  return mishaps.find((one): one is Extract<ScsiMishap, { do: Kind }> => one.do === kind);
}
