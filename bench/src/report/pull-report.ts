import type { ClipsResult } from '../cases/clips-case.ts';
import type { SlotsResult } from '../cases/slots-case.ts';
import type { Machine } from '../machine.ts';

/** Everything one run of `bench pull` found. */
export interface PullReport {
  startedAt: string;
  machine: Machine;
  rounds: number;
  /** Versions of the peers' tools, as they print them. */
  tools: string[];
  /** Peers that were not run, and why. */
  skipped: { peer: string; missing: string }[];
  clips: ClipsResult[];
  slots: SlotsResult | null;
}
