import type { Arrival } from './arrival.ts';
import { renamedTrack } from './description/renamed-track.ts';
import { AacGenericDepacketiser } from './frames/aac-generic-depacketiser.ts';
import { CodecCheck } from './frames/codec-check.ts';
import { type Depacketiser, type DepacketiserCounts, type Frame, noCounts } from './frames/depacketiser.ts';
import { G711Depacketiser } from './frames/g711-depacketiser.ts';
import { LatmDepacketiser } from './frames/latm-depacketiser.ts';
import { PictureDepacketiser } from './frames/picture-depacketiser.ts';
import type { LiveTrack } from './live-track.ts';
import { MediaTime } from './rtp/media-time.ts';
import { type OrderBounds, PacketOrder } from './rtp/packet-order.ts';
import { parseRtp, type RtpPacket } from './rtp/rtp-packet.ts';
import type { StreamListener } from './stream-listener.ts';
import type { TrackFormat } from './track-format.ts';

export interface TrackCounts extends DepacketiserCounts {
  packets: number;
  units: number;
  keyFrames: number;
  damagedUnits: number;
  lostPackets: number;
  duplicatePackets: number;
  latePackets: number;
  /** No RTP, or of another payload type than the track's. */
  foreignPackets: number;
}

/** So many packets of one undeclared type, and none of the declared one: the description was wrong. */
const foreignUntilAdopted = 32;

/** One track's way from packets to units. */
export class TrackAssembler {
  #track: LiveTrack;
  readonly #listener: StreamListener;
  readonly #order: PacketOrder;
  readonly #time: MediaTime;
  #depacketiser: Depacketiser;
  readonly #depacketiserCounts = noCounts();
  readonly #counts = {
    packets: 0,
    units: 0,
    keyFrames: 0,
    damagedUnits: 0,
    lostPackets: 0,
    foreignPackets: 0,
  };
  #lostSinceUnit = 0;
  #payloadType: number;
  #foreign = { payloadType: -1, packets: 0 };
  /** Of pictures, until it is known what they are coded in. */
  #check: CodecCheck | null;
  #held: { packet: RtpPacket; arrival: Arrival }[] = [];

  constructor(track: LiveTrack, listener: StreamListener, bounds: OrderBounds) {
    this.#track = track;
    this.#listener = listener;
    this.#payloadType = track.payloadType;
    this.#time = new MediaTime(track.clockRateHz);
    this.#depacketiser = this.#newDepacketiser();
    this.#check = track.codec === 'h264' || track.codec === 'h265' ? new CodecCheck(track.codec) : null;
    this.#order = new PacketOrder(bounds, {
      packet: (packet, arrival) => this.#depacketiser.take(packet, arrival),
      lost: (packets, atMs) => this.#lose(packets, atMs),
      restarted: (kind, atMs) => this.#restart(kind, atMs),
    });
  }

  get format(): TrackFormat | null {
    return this.#depacketiser.format;
  }

  get counts(): TrackCounts {
    const { duplicates, late } = this.#order;
    return { ...this.#counts, ...this.#depacketiserCounts, duplicatePackets: duplicates, latePackets: late };
  }

  take(bytes: Buffer, arrival: Arrival): void {
    const packet = parseRtp(bytes);
    if (packet === null || !this.#isOurs(packet)) {
      this.#counts.foreignPackets += 1;
      return;
    }
    this.#counts.packets += 1;
    if (this.#check === null) this.#order.take(packet, arrival);
    else this.#takeUnknown(this.#check, packet, arrival);
  }

  flush(): void {
    this.#takeHeld();
    this.#order.flush();
    this.#depacketiser.flush();
  }

  #takeUnknown(check: CodecCheck, packet: RtpPacket, arrival: Arrival): void {
    this.#held.push({ packet, arrival });
    const codec = check.take(packet.payload);
    if (codec === null) return;
    if (codec !== this.#track.codec) this.#rename(codec, arrival);
    this.#takeHeld();
  }

  /** The packets tell what they are; the description was wrong. */
  #rename(codec: 'h264' | 'h265', { atMs }: Arrival): void {
    const toldCodec = this.#track.codec;
    this.#track = renamedTrack(this.#track, codec);
    this.#depacketiser = this.#newDepacketiser();
    this.#listener.onMisnamed?.({ track: this.#track, toldCodec, atMs });
  }

  #takeHeld(): void {
    this.#check = null;
    for (const { packet, arrival } of this.#held.splice(0)) this.#order.take(packet, arrival);
  }

  #newDepacketiser(): Depacketiser {
    return depacketiserOf(this.#track, this.#depacketiserCounts, (frame) => this.#give(frame));
  }

  #isOurs({ payloadType }: RtpPacket): boolean {
    if (payloadType === this.#payloadType) return true;
    if (this.#counts.packets > 0) return false;
    const isSame = payloadType === this.#foreign.payloadType;
    this.#foreign = { payloadType, packets: isSame ? this.#foreign.packets + 1 : 1 };
    if (this.#foreign.packets <= foreignUntilAdopted) return false;
    this.#payloadType = payloadType;
    return true;
  }

  #lose(packets: number, atMs: number): void {
    this.#counts.lostPackets += packets;
    this.#lostSinceUnit += packets;
    this.#depacketiser.lose();
    this.#listener.onLoss({ track: this.#track, packets, atMs });
  }

  #restart(kind: 'source' | 'sequence', atMs: number): void {
    this.#depacketiser.lose();
    this.#depacketiser.flush();
    // Under the same source the media clock may have gone on; a jump of it is found by itself.
    if (kind === 'source') this.#time.restart();
    this.#listener.onReset({ track: this.#track, kind, atMs });
  }

  #give(frame: Frame): void {
    const { atMs } = frame.last;
    const { mediaTicks, isJump } = this.#time.unwrap(frame.rtpTimestamp, atMs);
    if (isJump) this.#listener.onReset({ track: this.#track, kind: 'timestamp', atMs });
    this.#counts.units += 1;
    if (frame.isKeyFrame) this.#counts.keyFrames += 1;
    if (!frame.isWhole) this.#counts.damagedUnits += 1;
    const lostPackets = this.#lostSinceUnit;
    this.#lostSinceUnit = 0;
    this.#listener.onUnit({
      track: this.#track,
      mediaTicks,
      rtpTimestamp: frame.rtpTimestamp,
      data: frame.data,
      isKeyFrame: frame.isKeyFrame,
      isWhole: frame.isWhole,
      isUnfinished: frame.isUnfinished,
      lostPackets,
      arrival: { atMs, sentNotBeforeMs: frame.first.sentNotBeforeMs },
      format: this.#depacketiser.format,
    });
  }
}

function depacketiserOf(
  track: LiveTrack,
  counts: DepacketiserCounts,
  give: (frame: Frame) => void,
): Depacketiser {
  switch (track.codec) {
    case 'h264':
    case 'h265':
      return new PictureDepacketiser(track, counts, give);
    case 'aac':
      return track.encodingName === 'MP4A-LATM'
        ? new LatmDepacketiser(track, counts, give)
        : new AacGenericDepacketiser(track, counts, give);
    default:
      return new G711Depacketiser(track, give);
  }
}
