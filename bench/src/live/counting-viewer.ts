import type { StreamOutput } from './field-orders.ts';
import { pictureMark } from './film.ts';
import { readNumber } from './paced-sender.ts';
import { RtspLine } from './rtsp-line.ts';

const markTypes = [6, 24];

/** Watches a stream: counts what is missing, and how long each picture was under way. */
export class CountingViewer {
  readonly #line: RtspLine;
  readonly #sentMs: readonly number[];
  #lastSequence: number | null = null;
  #lastPicture: number | null = null;
  packets = 0;
  packetsLost = 0;
  picturesLost = 0;
  /** From the writing of a picture to its first packet here, of each since it was last emptied. */
  delaysMs: number[] = [];

  private constructor(line: RtspLine, sentMs: readonly number[]) {
    this.#line = line;
    this.#sentMs = sentMs;
  }

  /** Resolves once packets flow. */
  static async open(out: NonNullable<StreamOutput>, sentMs: readonly number[]): Promise<CountingViewer> {
    const line = 'url' in out ? await RtspLine.open(out.url) : await RtspLine.accept(out.port);
    const viewer = new CountingViewer(line, sentMs);
    const take = (packet: Buffer) => viewer.#take(packet);
    await ('url' in out ? line.watch(take) : line.receive(take));
    return viewer;
  }

  stop(): void {
    this.#line.close();
  }

  #take(packet: Buffer): void {
    if (packet.length < 13) return;
    this.packets += 1;
    const sequence = packet.readUInt16BE(2);
    if (this.#lastSequence !== null) this.packetsLost += (sequence - this.#lastSequence - 1) & 0xffff;
    this.#lastSequence = sequence;
    if (!markTypes.includes(packet.readUInt8(12) & 0x1f)) return;
    const mark = packet.indexOf(pictureMark);
    if (mark !== -1) this.#see(readNumber(packet, mark + pictureMark.length));
  }

  #see(picture: number): void {
    const sentMs = this.#sentMs[picture];
    if (sentMs === undefined) return;
    if (this.#lastPicture !== null) this.picturesLost += picture - this.#lastPicture - 1;
    // A viewer begins with pictures of the past, which were under way for no fault of anybody's.
    if (this.#lastPicture !== null) this.delaysMs.push(performance.now() - sentMs);
    this.#lastPicture = picture;
  }
}
