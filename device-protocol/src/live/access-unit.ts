import type { Arrival } from './arrival.ts';
import type { LiveTrack } from './live-track.ts';
import type { TrackFormat } from './track-format.ts';

/** One coded picture, or one frame of sound. */
export interface AccessUnit {
  track: LiveTrack;
  /** Media time in ticks of the track's clock, unwrapped from 32 bits: it goes on where RTP begins anew at 0. */
  mediaTicks: number;
  /** The same time as the sender wrote it, in 32 bits: what sender reports speak of. */
  rtpTimestamp: number;
  /** Video: NAL units without start codes, in order, parameter sets included where the sender sent them. Audio: one frame. */
  data: readonly Buffer[];
  /** Decoding can begin here. Always true for audio. */
  isKeyFrame: boolean;
  /** False where packets of it are missing: it is kept, and told. */
  isWhole: boolean;
  /** Not whole only because the stream ended in the middle of it: nothing was lost on the way. */
  isUnfinished: boolean;
  /** Packets of its track that never came, between the unit before it and its own last one. */
  lostPackets: number;
  /** Of its last packet; `sentNotBeforeMs` is that of its first. */
  arrival: Arrival;
  /** In force for this unit, its own parameter sets included: the same object until it changes; `null` while unknown. */
  format: TrackFormat | null;
}
