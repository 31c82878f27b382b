import type { Arrival } from './arrival.ts';
import type { LiveDescription, LiveTrack } from './live-track.ts';
import type { OrderBounds } from './rtp/packet-order.ts';
import type { StreamListener } from './stream-listener.ts';
import { TrackAssembler, type TrackCounts } from './track-assembler.ts';
import type { TrackFormat } from './track-format.ts';

const usualBounds: OrderBounds = { maxHeldPackets: 128, maxHeldMs: 100 };

/**
 * Makes pictures and frames of sound out of the RTP packets of a stream. Packets may come twice, out of order within
 * the bounds, or not at all: units that miss some are given out marked. What one track holds back is bounded: 128
 * packets, 100 ms (ended by the next packet, there is no timer) and one picture of 8 MiB.
 * Pictures that show themselves to be of the other codec (H.264, H.265) than the description names are taken as what they
 * are: the first packets, 64 at most, wait until that is known.
 * Units hold views into the packets they came in where no copy is needed, and so keep the reader's buffers alive.
 */
export class StreamAssembler {
  readonly #tracks: ReadonlyMap<number, TrackAssembler>;

  constructor(description: LiveDescription, listener: StreamListener, bounds: Partial<OrderBounds> = {}) {
    const order = { ...usualBounds, ...bounds };
    this.#tracks = new Map(
      description.tracks.map((track) => [track.index, new TrackAssembler(track, listener, order)]),
    );
  }

  /** Takes a packet as it came. What is no RTP or of no track is counted and dropped. Never throws. */
  take(track: LiveTrack, packet: Buffer, arrival: Arrival): void {
    this.#tracks.get(track.index)?.take(packet, arrival);
  }

  /** Nothing follows: gives out what is held back. */
  flush(): void {
    for (const track of this.#tracks.values()) track.flush();
  }

  /** What a decoder must know now; the same object as long as nothing changes, `null` while unknown. */
  format(track: LiveTrack): TrackFormat | null {
    return this.#tracks.get(track.index)?.format ?? null;
  }

  /** What was met since the beginning. Throws RangeError for a track of another description. */
  counts(track: LiveTrack): TrackCounts {
    const assembler = this.#tracks.get(track.index);
    if (assembler === undefined) throw new RangeError(`no track ${track.index}`);
    return assembler.counts;
  }
}
