import type { Arrival } from '../arrival.ts';
import type { LiveTrack } from '../live-track.ts';
import { BitReader, BitsError } from '../parameter-sets/bit-reader.ts';
import type { RtpPacket } from '../rtp/rtp-packet.ts';
import type { AudioFormat } from '../track-format.ts';
import { describedAacFormat, ticksPerFrame } from './aac-format.ts';
import type { Depacketiser, DepacketiserCounts, Frame } from './depacketiser.ts';
import { FragmentBuffer } from './fragment-buffer.ts';

const maxFrameBytes = 64 * 1024;
const maxFramesPerPacket = 256;

/** A frame that one packet could not hold. */
interface Fragmented {
  sizeBytes: number;
  rtpTimestamp: number;
  first: Arrival;
  last: Arrival;
}

interface Header {
  sizeBytes: number;
  index: number;
}

/** AAC in RTP as MPEG4-GENERIC (RFC 3640 §3.2, §3.3.6): several frames a packet, or a frame in several; not interleaved. */
export class AacGenericDepacketiser implements Depacketiser {
  readonly format: AudioFormat;
  readonly #ticksPerFrame: number;
  readonly #headerBits: { size: number; index: number; delta: number };
  readonly #auxiliaryBits: number;
  readonly #counts: DepacketiserCounts;
  readonly #give: (frame: Frame) => void;
  readonly #fragments = new FragmentBuffer(maxFrameBytes);
  #fragmented: Fragmented | null = null;
  /** Of the frame that lost packets cut short: its other fragments are of no use. */
  #tornTimestamp: number | null = null;

  constructor(track: LiveTrack, counts: DepacketiserCounts, give: (frame: Frame) => void) {
    const bits = (name: string, usual: number) => {
      const value = Number(track.formatParameters.get(name) ?? usual);
      return Number.isInteger(value) && value >= 0 && value <= 32 ? value : usual;
    };
    const isLowRate = /^aac-lbr$/iu.test(track.formatParameters.get('mode') ?? '');
    this.format = describedAacFormat(track);
    const toldTicks = Number(track.formatParameters.get('constantduration') ?? 0);
    this.#ticksPerFrame =
      toldTicks > 0 && toldTicks < 2 ** 20 ? toldTicks : ticksPerFrame(track, this.format);
    this.#headerBits = {
      size: bits('sizelength', isLowRate ? 6 : 13),
      index: bits('indexlength', isLowRate ? 2 : 3),
      delta: bits('indexdeltalength', isLowRate ? 2 : 3),
    };
    this.#auxiliaryBits = bits('auxiliarydatasizelength', 0);
    this.#counts = counts;
    this.#give = give;
  }

  take(packet: RtpPacket, arrival: Arrival): void {
    try {
      this.#read(packet, arrival);
    } catch (error) {
      if (!(error instanceof BitsError)) throw error;
      this.#counts.broken += 1;
    }
  }

  lose(): void {
    this.#tornTimestamp = this.#fragmented?.rtpTimestamp ?? null;
    this.#tear();
  }

  flush(): void {
    this.#tear({ isEnd: true });
  }

  #read({ payload, timestamp }: RtpPacket, arrival: Arrival): void {
    const bits = new BitReader(payload);
    const headers = this.#readHeaders(bits);
    if (this.#auxiliaryBits > 0) bits.skip(bits.unsigned(this.#auxiliaryBits));
    bits.alignToByte();
    const body = payload.subarray(bits.position / 8);
    const [only] = headers;
    if (headers.length === 1 && only !== undefined && only.sizeBytes > body.length) {
      this.#takeFragment(only.sizeBytes, body, timestamp, arrival);
      return;
    }
    this.#tear();
    if (headers.some(({ index }) => index !== 0)) {
      this.#counts.unsupported += 1;
      return;
    }
    let position = 0;
    for (const [place, { sizeBytes }] of headers.entries()) {
      const frame = body.subarray(position, position + sizeBytes);
      position += sizeBytes;
      if (frame.length === 0) break;
      this.#give({
        data: [frame],
        isKeyFrame: true,
        isWhole: frame.length === sizeBytes,
        isUnfinished: false,
        rtpTimestamp: (timestamp + Math.round(place * this.#ticksPerFrame)) >>> 0,
        first: arrival,
        last: arrival,
      });
    }
    if (position !== body.length) this.#counts.broken += 1;
  }

  /** AU-headers-length in bits, then a header a frame (§3.2.1). */
  #readHeaders(bits: BitReader): Header[] {
    const { size, index, delta } = this.#headerBits;
    const lengthBits = bits.unsigned(16);
    const end = bits.position + lengthBits;
    if (lengthBits > bits.remainingBits || size === 0)
      throw new BitsError('headers are longer than the packet');
    const headers: Header[] = [];
    while (end - bits.position >= size + (headers.length === 0 ? index : delta)) {
      if (headers.length === maxFramesPerPacket) throw new BitsError('too many frames in a packet');
      const sizeBytes = bits.unsigned(size);
      headers.push({ sizeBytes, index: bits.unsigned(headers.length === 0 ? index : delta) });
    }
    bits.skip(end - bits.position);
    return headers;
  }

  /** Each fragment names the size of the whole frame (§3.2.3.2). */
  #takeFragment(sizeBytes: number, body: Buffer, rtpTimestamp: number, arrival: Arrival): void {
    if (this.#fragmented !== null && this.#fragmented.rtpTimestamp !== rtpTimestamp) this.#tear();
    if (rtpTimestamp === this.#tornTimestamp) return;
    if (sizeBytes > maxFrameBytes || body.length === 0) {
      this.#counts.oversized += 1;
      return;
    }
    if (this.#fragmented === null) {
      this.#fragments.begin();
      this.#fragmented = { sizeBytes, rtpTimestamp, first: arrival, last: arrival };
    }
    this.#fragmented.last = arrival;
    if (!this.#fragments.add(body)) {
      this.#counts.oversized += 1;
      this.#fragmented = null;
    } else if (this.#fragments.sizeBytes >= sizeBytes) this.#tear();
  }

  /** Gives out the frame that is begun, as far as it came. */
  #tear({ isEnd } = { isEnd: false }): void {
    const frame = this.#fragmented;
    if (frame === null) return;
    this.#fragmented = null;
    const data = this.#fragments.close();
    const { sizeBytes, rtpTimestamp, first, last } = frame;
    this.#give({
      data: [data],
      isKeyFrame: true,
      isWhole: data.length === sizeBytes,
      isUnfinished: isEnd,
      rtpTimestamp,
      first,
      last,
    });
  }
}
