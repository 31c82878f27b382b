import { FragmentBuffer } from './fragment-buffer.ts';
import { maxPictureBytes, type NalPayload, type NalSink, type NalTraits } from './nal-payload.ts';

const types = { aggregation: 48, fragmentation: 49 } as const;
const nal = {
  lastSlice: 31,
  firstKey: 16,
  lastKey: 23,
  videoSet: 32,
  delimiter: 35,
  sei: 39,
} as const;
const headerBytes = 2;

const typeOf = (unit: Buffer) => ((unit[0] ?? 0) >> 1) & 0x3f;

const traits: NalTraits = {
  isSlice: (unit) => typeOf(unit) <= nal.lastSlice,
  // first_slice_segment_in_pic_flag (ITU-T H.265 §7.3.6.1).
  isFirstSlice: (unit) => typeOf(unit) <= nal.lastSlice && ((unit[headerBytes] ?? 0) & 0x80) !== 0,
  isKeySlice: (unit) => typeOf(unit) >= nal.firstKey && typeOf(unit) <= nal.lastKey,
  isDelimiter: (unit) => typeOf(unit) === nal.delimiter,
  isFirstSet: (unit) => typeOf(unit) === nal.videoSet,
  isRecoveryPoint: (unit) => typeOf(unit) === nal.sei && unit[headerBytes] === 6,
};

/**
 * H.265 in RTP (RFC 7798): single NAL units, aggregation (§4.4.2) and fragmentation (§4.4.3). Decoding order numbers are
 * read over: units are given out in the order they were sent in. PACI packets are not carried.
 */
export class H265Payload implements NalPayload {
  readonly traits = traits;
  readonly #fragments = new FragmentBuffer(maxPictureBytes);
  readonly #hasOrderNumbers: boolean;

  /** `hasOrderNumbers`: sprop-max-don-diff is greater than 0 (§7.1). */
  constructor(hasOrderNumbers: boolean) {
    this.#hasOrderNumbers = hasOrderNumbers;
  }

  take(payload: Buffer, sink: NalSink): void {
    if (payload.length <= headerBytes) {
      sink.broken();
      return;
    }
    const type = typeOf(payload);
    if (type === types.fragmentation) {
      this.#fragment(payload, sink);
      return;
    }
    this.abandon(sink);
    if (type === types.aggregation) this.#aggregate(payload, sink);
    else if (type < types.aggregation) this.#single(payload, sink);
    else sink.unsupported();
  }

  abandon(sink: NalSink): void {
    if (this.#fragments.isOpen) sink.torn(this.#fragments.close());
  }

  #single(payload: Buffer, sink: NalSink): void {
    if (!this.#hasOrderNumbers) sink.nal(payload);
    else if (payload.length > headerBytes + 2) {
      sink.nal(Buffer.concat([payload.subarray(0, headerBytes), payload.subarray(headerBytes + 2)]));
    } else sink.broken();
  }

  #aggregate(payload: Buffer, sink: NalSink): void {
    let position = headerBytes + (this.#hasOrderNumbers ? 2 : 0);
    while (position + 2 <= payload.length) {
      const end = position + 2 + payload.readUInt16BE(position);
      if (end > payload.length) break;
      if (end - position > 2 + headerBytes) sink.nal(payload.subarray(position + 2, end));
      // Before each unit but the first stands the difference of its order number.
      position = end === payload.length || !this.#hasOrderNumbers ? end : end + 1;
    }
    if (position !== payload.length) sink.broken();
  }

  #fragment(payload: Buffer, sink: NalSink): void {
    const head = payload[headerBytes] ?? 0;
    const isFirst = (head & 0x80) !== 0;
    const body = payload.subarray(headerBytes + 1 + (isFirst && this.#hasOrderNumbers ? 2 : 0));
    if (isFirst) {
      this.abandon(sink);
      const header = Buffer.of(((payload[0] ?? 0) & 0x81) | ((head & 0x3f) << 1), payload[1] ?? 0);
      this.#fragments.begin();
      this.#fragments.add(header);
    }
    if (!this.#fragments.isOpen || !this.#fragments.add(body)) {
      sink.broken();
      return;
    }
    if ((head & 0x40) !== 0) sink.nal(this.#fragments.close());
  }
}
