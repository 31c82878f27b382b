import type { Arrival } from '../arrival.ts';
import type { LiveTrack } from '../live-track.ts';
import { BitReader, BitsError } from '../parameter-sets/bit-reader.ts';
import type { RtpPacket } from '../rtp/rtp-packet.ts';
import type { AudioFormat } from '../track-format.ts';
import { aacFormat, describedAacFormat, ticksPerFrame } from './aac-format.ts';
import type { Depacketiser, DepacketiserCounts, Frame } from './depacketiser.ts';
import { FragmentBuffer } from './fragment-buffer.ts';
import { readStreamMuxConfig, type StreamMuxConfig } from './stream-mux-config.ts';

const maxElementBytes = 64 * 1024;
const maxFramesPerElement = 256;

interface Element {
  rtpTimestamp: number;
  first: Arrival;
  last: Arrival;
}

/**
 * AAC in RTP as MP4A-LATM (RFC 6416 §6): audioMuxElements, whole or in fragments that end with the marker bit; their
 * config stands in the description (cpresent=0) or before the frames.
 */
export class LatmDepacketiser implements Depacketiser {
  readonly #track: LiveTrack;
  readonly #isConfigInBand: boolean;
  readonly #counts: DepacketiserCounts;
  readonly #give: (frame: Frame) => void;
  #mux: StreamMuxConfig | null = null;
  #format: AudioFormat | null = null;
  readonly #fragments = new FragmentBuffer(maxElementBytes);
  #element: Element | null = null;
  #isGap = false;

  constructor(track: LiveTrack, counts: DepacketiserCounts, give: (frame: Frame) => void) {
    this.#track = track;
    this.#counts = counts;
    this.#give = give;
    const described = Buffer.from(track.formatParameters.get('config') ?? '', 'hex').subarray(0, 128);
    if (described.length > 0)
      this.#tryTo(() => this.#setMux(readStreamMuxConfig(new BitReader(described), described)));
    // The standard's default is 1, but a config in the description is what such a sender means by leaving it out.
    this.#isConfigInBand =
      (track.formatParameters.get('cpresent') ?? (this.#mux === null ? '1' : '0')) !== '0';
    if (this.#mux === null && !this.#isConfigInBand) this.#assumeMux();
  }

  get format(): AudioFormat | null {
    return this.#format;
  }

  take({ payload, timestamp, marker }: RtpPacket, arrival: Arrival): void {
    if (this.#element !== null && this.#element.rtpTimestamp !== timestamp) this.#end();
    const isAlone = this.#element === null && marker;
    const element = this.#element ?? { rtpTimestamp: timestamp, first: arrival, last: arrival };
    element.last = arrival;
    if (isAlone) {
      this.#read(element, payload);
      return;
    }
    if (this.#element === null) this.#fragments.begin();
    this.#element = element;
    if (!this.#fragments.add(payload)) {
      this.#counts.oversized += 1;
      this.#element = null;
    } else if (marker) this.#end();
  }

  /** What lost packets cut short cannot be told from what follows: it is dropped. */
  lose(): void {
    if (this.#element !== null) this.#counts.broken += 1;
    this.#element = null;
    this.#isGap = true;
  }

  flush(): void {
    this.#end();
  }

  #end(): void {
    const element = this.#element;
    this.#element = null;
    if (element !== null) this.#read(element, this.#fragments.close());
  }

  #read(element: Element, bytes: Buffer): void {
    const isAfterGap = this.#isGap;
    this.#isGap = false;
    // After lost packets it may be the end of an element whose beginning is gone; nothing in the packet tells.
    if (isAfterGap) return;
    const frames: Buffer[] = [];
    if (!this.#tryTo(() => this.#readElements(bytes, frames))) return;
    const ticks = this.#format === null ? 0 : ticksPerFrame(this.#track, this.#format);
    for (const [place, frame] of frames.entries()) {
      this.#give({
        data: [frame],
        isKeyFrame: true,
        isWhole: true,
        isUnfinished: false,
        rtpTimestamp: (element.rtpTimestamp + Math.round(place * ticks)) >>> 0,
        first: element.first,
        last: element.last,
      });
    }
  }

  /** AudioMuxElement after AudioMuxElement (ISO/IEC 14496-3 §1.7.3), each beginning at a byte. */
  #readElements(bytes: Buffer, frames: Buffer[]): void {
    const bits = new BitReader(bytes);
    while (bits.remainingBits >= 8) {
      if (this.#isConfigInBand && !bits.flag()) this.#setMux(readStreamMuxConfig(bits, bytes));
      const mux = this.#mux;
      if (mux === null) return;
      for (let subFrame = 0; subFrame < mux.subFrames && frames.length < maxFramesPerElement; subFrame++) {
        let sizeBytes = 0;
        let more = 255;
        while (more === 255) {
          more = bits.unsigned(8);
          sizeBytes += more;
        }
        const frame = bits.bytes(sizeBytes);
        if (sizeBytes > 0) frames.push(Buffer.from(frame.buffer, frame.byteOffset, frame.length));
      }
      if (frames.length >= maxFramesPerElement) throw new BitsError('too many frames in an element');
      bits.skip(mux.otherDataBits);
      bits.alignToByte();
    }
  }

  #setMux(mux: StreamMuxConfig): void {
    this.#mux = mux;
    if (this.#format?.config?.equals(mux.config)) return;
    this.#format = aacFormat(mux.config, mux.audio);
  }

  #assumeMux(): void {
    const format = describedAacFormat(this.#track);
    const audio = { objectType: 2, sampleRateHz: 0, channels: 0, samplesPerFrame: 0 };
    this.#format = format;
    this.#mux = { audio, config: format.config ?? Buffer.alloc(0), subFrames: 1, otherDataBits: 0 };
  }

  #tryTo(read: () => void): boolean {
    try {
      read();
      return true;
    } catch (error) {
      if (!(error instanceof BitsError)) throw error;
      this.#counts.broken += 1;
      return false;
    }
  }
}
