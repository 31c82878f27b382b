import type { AccessUnit } from './access-unit.ts';
import type { LiveTrack } from './live-track.ts';

export interface StreamLoss {
  track: LiveTrack;
  packets: number;
  /** When the packet behind the gap came, in Unix milliseconds. */
  atMs: number;
}

/**
 * The sender began anew. `source`: with another source identifier, as after a restart; `sequence`: with other sequence
 * numbers; `timestamp`: its media clock jumped. Media time goes on.
 */
export interface StreamReset {
  track: LiveTrack;
  kind: 'source' | 'sequence' | 'timestamp';
  atMs: number;
}

/** Called while packets are taken. Must not throw and must not block. */
export interface StreamListener {
  onUnit(unit: AccessUnit): void;
  onLoss(loss: StreamLoss): void;
  onReset(reset: StreamReset): void;
}
