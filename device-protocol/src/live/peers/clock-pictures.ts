import type { Writable } from 'node:stream';
import { drawClockPattern } from './clock-pattern.ts';

/** Raw pictures (I420) with the time in them, as fast as they are due, until the taker is gone. */
export class ClockPictures {
  readonly #into: Writable;
  readonly #width: number;
  readonly #height: number;
  readonly #ground: Buffer;
  readonly #timer: NodeJS.Timeout;
  #count = 0;

  constructor(into: Writable, size: { width: number; height: number; framesPerSecond: number }) {
    this.#into = into;
    this.#width = size.width;
    this.#height = size.height;
    this.#ground = Buffer.alloc((size.width * size.height * 3) / 2, 128);
    this.#timer = setInterval(() => this.#picture(), 1000 / size.framesPerSecond);
    into.once('close', () => this.stop());
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #picture(): void {
    // What a slow coder has not taken is not made to wait: a picture that is late tells a wrong time.
    if (!this.#into.writable || this.#into.writableNeedDrain) return;
    const picture = Buffer.from(this.#ground);
    this.#count += 1;
    // Something moves, so that a still picture is seen for what it is.
    const bar = (this.#count * 8) % this.#width;
    for (let y = Math.floor(this.#height / 2); y < this.#height; y += 1)
      picture.fill(200, y * this.#width + bar, y * this.#width + Math.min(this.#width, bar + 16));
    drawClockPattern(picture, this.#width, this.#height, Date.now());
    this.#into.write(picture);
  }
}
