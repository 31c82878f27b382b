/** One picture from an FLV stream of H.264 (Adobe FLV 10.1, annex E.4). */
export interface FlvPicture {
  atMs: number;
  isKeyFrame: boolean;
  /** NAL units without start codes. */
  data: readonly Buffer[];
}

export interface FlvParameterSets {
  sequenceParameterSets: readonly Buffer[];
  pictureParameterSets: readonly Buffer[];
}

export interface FlvReaderListener {
  parameterSets(sets: FlvParameterSets): void;
  picture(picture: FlvPicture): void;
}

const fileHeadBytes = 9 + 4;
const tagHeadBytes = 11;
const videoTag = 9;
const h264 = 7;

/** Reads what our own ffmpeg writes: FLV gives each picture as soon as it is coded, and says where it ends. */
export class FlvReader {
  readonly #listener: FlvReaderListener;
  #waiting: Buffer = Buffer.alloc(0);
  #toSkip = fileHeadBytes;

  constructor(listener: FlvReaderListener) {
    this.#listener = listener;
  }

  /** The listener is called before it returns; buffers it is given stay as they are. */
  take(chunk: Buffer): void {
    this.#waiting = this.#waiting.length === 0 ? chunk : Buffer.concat([this.#waiting, chunk]);
    if (this.#waiting.length < this.#toSkip) return;
    this.#waiting = this.#waiting.subarray(this.#toSkip);
    this.#toSkip = 0;
    while (this.#waiting.length >= tagHeadBytes) {
      const dataBytes = this.#waiting.readUIntBE(1, 3);
      const wholeBytes = tagHeadBytes + dataBytes + 4;
      if (this.#waiting.length < wholeBytes) return;
      const tag = this.#waiting.subarray(0, wholeBytes);
      this.#waiting = this.#waiting.subarray(wholeBytes);
      if (tag.readUInt8(0) === videoTag && dataBytes >= 5) {
        const atMs = tag.readUIntBE(4, 3) + tag.readUInt8(7) * 2 ** 24;
        this.#video(atMs, tag.subarray(tagHeadBytes, tagHeadBytes + dataBytes));
      }
    }
  }

  #video(decodedAtMs: number, body: Buffer): void {
    const [head = 0, packet = 0] = body;
    if ((head & 0x0f) !== h264) return;
    const content = body.subarray(5);
    if (packet === 0) return void this.#listener.parameterSets(parameterSets(content));
    if (packet !== 1) return;
    this.#listener.picture({
      atMs: decodedAtMs + body.readIntBE(2, 3),
      isKeyFrame: head >> 4 === 1,
      data: [...pieces(content, 4)],
    });
  }
}

/** AVCDecoderConfigurationRecord (ISO/IEC 14496-15 §5.3.3.1). */
function parameterSets(record: Buffer): FlvParameterSets {
  const sequence = [...pieces(record.subarray(6), 2, (record[5] ?? 0) & 0x1f)];
  const behind = 6 + sequence.reduce((sum, set) => sum + 2 + set.length, 0);
  const picture = [...pieces(record.subarray(behind + 1), 2, record[behind] ?? 0)];
  return { sequenceParameterSets: sequence, pictureParameterSets: picture };
}

/** Pieces that each lie behind their length. */
function* pieces(bytes: Buffer, lengthBytes: number, count = Number.POSITIVE_INFINITY): Generator<Buffer> {
  let at = 0;
  for (let index = 0; index < count && at + lengthBytes <= bytes.length; index += 1) {
    const end = at + lengthBytes + bytes.readUIntBE(at, lengthBytes);
    yield bytes.subarray(at + lengthBytes, end);
    at = end;
  }
}
