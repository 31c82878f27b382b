import type { Arrival } from '../arrival.ts';
import type { RtpPacket } from '../rtp/rtp-packet.ts';
import type { TrackFormat } from '../track-format.ts';

/** A picture or a frame of sound as packets gave it, before its time is unwrapped. */
export interface Frame {
  data: readonly Buffer[];
  isKeyFrame: boolean;
  isWhole: boolean;
  /** Not whole, and nothing was lost: the stream ended in the middle of it. */
  isUnfinished: boolean;
  rtpTimestamp: number;
  /** Of its first and its last packet. */
  first: Arrival;
  last: Arrival;
}

/** Takes frames out of the packets of one track, which come in order and once. Never throws. */
export interface Depacketiser {
  take(packet: RtpPacket, arrival: Arrival): void;
  /** Packets are missing between the last and the next. */
  lose(): void;
  /** Nothing follows: gives out what is begun. */
  flush(): void;
  /** In force for the frame that was given out last; `null` while unknown. */
  readonly format: TrackFormat | null;
}

/** What a depacketiser met and did not give out, or gave out with a flaw. */
export interface DepacketiserCounts {
  /** Payloads that contradict themselves. */
  broken: number;
  /** Payload structures that are not carried (STAP-B, MTAP, FU-B, PACI, interleaved sound). */
  unsupported: number;
  /** Frames past the bounds: more was sent than is kept. */
  oversized: number;
  /** Pictures from which a decoder recovers by and by (SEI recovery point): not key frames. */
  recoveryPoints: number;
}

export function noCounts(): DepacketiserCounts {
  return { broken: 0, unsupported: 0, oversized: 0, recoveryPoints: 0 };
}
