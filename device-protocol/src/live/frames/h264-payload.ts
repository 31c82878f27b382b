import { FragmentBuffer } from './fragment-buffer.ts';
import { maxPictureBytes, type NalPayload, type NalSink, type NalTraits } from './nal-payload.ts';

const types = { stapA: 24, stapB: 25, mtap16: 26, mtap24: 27, fuA: 28, fuB: 29 } as const;
const nal = { slice: 1, partitionA: 2, idr: 5, sei: 6, sequenceSet: 7, delimiter: 9 } as const;

const typeOf = (unit: Buffer) => (unit[0] ?? 0) & 0x1f;

const traits: NalTraits = {
  isSlice: (unit) => typeOf(unit) >= nal.slice && typeOf(unit) <= nal.idr,
  // first_mb_in_slice is ue(v): 0 is a single 1 bit (ITU-T H.264 §7.3.3).
  isFirstSlice: (unit) =>
    [nal.slice, nal.partitionA, nal.idr].some((type) => type === typeOf(unit)) &&
    ((unit[1] ?? 0) & 0x80) !== 0,
  isKeySlice: (unit) => typeOf(unit) === nal.idr,
  isDelimiter: (unit) => typeOf(unit) === nal.delimiter,
  isFirstSet: (unit) => typeOf(unit) === nal.sequenceSet,
  // payloadType 6 of SEI (ITU-T H.264 §D.1.8), where it is the first message of its NAL unit.
  isRecoveryPoint: (unit) => typeOf(unit) === nal.sei && unit[1] === 6,
};

/** H.264 in RTP (RFC 6184): single NAL units, STAP-A (§5.7.1), FU-A (§5.8). Interleaved mode is not carried. */
export class H264Payload implements NalPayload {
  readonly traits = traits;
  readonly #fragments = new FragmentBuffer(maxPictureBytes);

  take(payload: Buffer, sink: NalSink): void {
    const type = typeOf(payload);
    if (payload.length === 0 || type === 0) {
      sink.broken();
      return;
    }
    if (type === types.fuA) {
      this.#fragment(payload, sink);
      return;
    }
    this.abandon(sink);
    if (type === types.stapA) aggregate(payload, sink);
    else if (type < types.stapA) sink.nal(payload);
    else sink.unsupported();
  }

  abandon(sink: NalSink): void {
    if (this.#fragments.isOpen) sink.torn(this.#fragments.close());
  }

  #fragment(payload: Buffer, sink: NalSink): void {
    const indicator = payload[0] ?? 0;
    const head = payload[1];
    if (head === undefined) {
      sink.broken();
      return;
    }
    const body = payload.subarray(2);
    if ((head & 0x80) !== 0) {
      this.abandon(sink);
      this.#fragments.begin();
      this.#fragments.add(Buffer.of((indicator & 0xe0) | (head & 0x1f)));
    }
    if (!this.#fragments.isOpen || !this.#fragments.add(body)) {
      sink.broken();
      return;
    }
    if ((head & 0x40) !== 0) sink.nal(this.#fragments.close());
  }
}

function aggregate(payload: Buffer, sink: NalSink): void {
  let position = 1;
  while (position + 2 <= payload.length) {
    const end = position + 2 + payload.readUInt16BE(position);
    if (end > payload.length) break;
    if (end > position + 2) sink.nal(payload.subarray(position + 2, end));
    position = end;
  }
  if (position !== payload.length) sink.broken();
}
