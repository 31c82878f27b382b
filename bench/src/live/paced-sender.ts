import { randomBytes } from 'node:crypto';
import type { Film } from './film.ts';
import { RtspLine } from './rtsp-line.ts';

const clockRateHz = 90_000;

/** Pushes a film over and over, picture by picture, each when it is due. */
export class PacedSender {
  readonly #film: Film;
  readonly #line: RtspLine;
  readonly #sentMs: number[];
  readonly #ssrc = randomBytes(4).readUInt32BE(0);
  #sequenceNumber = randomBytes(2).readUInt16BE(0);
  #timer: NodeJS.Timeout | undefined;
  #startedMs = 0;
  /** The most that waited in our own hands because the other side did not read. */
  mostWaitingBytes = 0;

  /** `sentMs`: when each picture was written, by its number. */
  constructor(film: Film, line: RtspLine, sentMs: number[]) {
    this.#film = film;
    this.#line = line;
    this.#sentMs = sentMs;
  }

  static async open(film: Film, url: string, sentMs: number[]): Promise<PacedSender> {
    const line = await RtspLine.open(url);
    await line.push(film.sdp);
    return new PacedSender(film, line, sentMs);
  }

  get sentPictures(): number {
    return this.#sentMs.length;
  }

  start(afterMs: number): void {
    this.#startedMs = performance.now() + afterMs;
    this.#timer = setTimeout(() => this.#send(), afterMs);
  }

  /** Resolves once the last picture has left and the connection is closed. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    await new Promise<void>((resolve) => this.#line.socket.end(resolve));
    this.#line.close();
  }

  #send(): void {
    const { pictures, framesPerSecond } = this.#film;
    const number = this.#sentMs.length;
    const picture = pictures[number % pictures.length];
    if (picture === undefined) return;
    const bytes = Buffer.from(picture.bytes);
    for (const at of picture.packetsAt) {
      bytes.writeUInt16BE(this.#sequenceNumber, at + 2);
      bytes.writeUInt32BE(((number * clockRateHz) / framesPerSecond) >>> 0, at + 4);
      bytes.writeUInt32BE(this.#ssrc, at + 8);
      this.#sequenceNumber = (this.#sequenceNumber + 1) & 0xffff;
    }
    writeNumber(bytes, picture.numberAt, number);
    this.#sentMs.push(performance.now());
    this.#line.socket.write(bytes);
    this.mostWaitingBytes = Math.max(this.mostWaitingBytes, this.#line.socket.writableLength);
    const dueMs = this.#startedMs + ((number + 1) * 1_000) / framesPerSecond;
    this.#timer = setTimeout(() => this.#send(), Math.max(0, dueMs - performance.now()));
  }
}

/** Seven bits a byte with the highest set: no start code can come of it. */
export function writeNumber(bytes: Buffer, at: number, number: number): void {
  for (let place = 0; place < 8; place++) {
    bytes[at + place] = 0x80 | (Math.floor(number / 128 ** (7 - place)) % 128);
  }
}

export function readNumber(bytes: Buffer, at: number): number {
  let number = 0;
  for (let place = 0; place < 8; place++) number = number * 128 + ((bytes[at + place] ?? 0) & 0x7f);
  return number;
}
