import type { AccessUnit } from './access-unit.ts';
import type { LiveCodec, LiveTrack } from './live-track.ts';

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

/** The packets of a track are of another codec than its description says. */
export interface StreamMisnomer {
  /** As it truly is: everything of it comes as this one. */
  track: LiveTrack;
  toldCodec: LiveCodec;
  atMs: number;
}

/** Called while packets are taken. Must not throw and must not block. */
export interface StreamListener {
  onUnit(unit: AccessUnit): void;
  onLoss(loss: StreamLoss): void;
  onReset(reset: StreamReset): void;
  /** Told before the first unit of the track. */
  onMisnamed?(misnomer: StreamMisnomer): void;
}
