import type { Arrival } from '../arrival.ts';
import type { LiveTrack } from '../live-track.ts';
import type { RtpPacket } from '../rtp/rtp-packet.ts';
import type { AudioFormat } from '../track-format.ts';
import type { Depacketiser, Frame } from './depacketiser.ts';

/** G.711 in RTP (RFC 3551 §4.5.14): each packet is a frame of its own. */
export class G711Depacketiser implements Depacketiser {
  readonly format: AudioFormat;
  readonly #give: (frame: Frame) => void;

  constructor(track: LiveTrack, give: (frame: Frame) => void) {
    this.format = {
      kind: 'audio',
      codec: track.codec === 'pcmu' ? 'pcmu' : 'pcma',
      sampleRateHz: track.clockRateHz,
      channels: track.channels ?? 1,
      samplesPerFrame: null,
      config: null,
    };
    this.#give = give;
  }

  take({ payload, timestamp }: RtpPacket, arrival: Arrival): void {
    if (payload.length === 0) return;
    this.#give({
      data: [payload],
      isKeyFrame: true,
      isWhole: true,
      isUnfinished: false,
      rtpTimestamp: timestamp,
      first: arrival,
      last: arrival,
    });
  }

  lose(): void {}

  flush(): void {}
}
